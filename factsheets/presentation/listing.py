"""The list of fact sheets: its filters, its pages and its entries."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.paginator import EmptyPage, Paginator
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, When
from django.db.models.functions import Cast, Left
from django.http import Http404, HttpRequest
from django.utils.http import urlencode

from factsheets.forms import FactSheetFilterForm
from factsheets.models import FactSheetIndexPage, FactSheetPage, Publication, PublicationFile, TargetGroup, Topic
from factsheets.presentation.files import Download, cover, downloads, with_current_files
from factsheets.visibility import public_pages
from home.http import page_cache
from home.language_fallback import in_language
from home.languages import own_language_name
from home.models import Teaser
from home.validity import memoized_parts

if TYPE_CHECKING:
    from wagtail.models import PageQuerySet

    from home.models.keywords import Keyword

FACT_SHEETS_PER_PAGE = 12
# The names that the template of the list uses.
LISTING = ("sheets", "form", "is_filtered", "filter_query")


@dataclass(frozen=True)
class FactSheetTeaser(Teaser):
    downloads: list[Download] = field(default_factory=list)


def public_fact_sheets(index: FactSheetIndexPage) -> PageQuerySet:
    """Return the public fact sheets below the list, newest first."""
    newest = [F("publication__first_published_on").desc(nulls_last=True), "-pk"]
    return public_pages(FactSheetPage.objects.child_of(index)).order_by(*newest)


def home_page_teasers(index: FactSheetIndexPage, request: HttpRequest | None, limit: int) -> list[Teaser]:
    return [teaser(page, request) for page in with_current_files(public_fact_sheets(index))[:limit]]


def index_context(index: FactSheetIndexPage, request: HttpRequest) -> dict[str, object]:
    """Return the context of the list. Raises Http404 for an unknown filter value or page number."""
    listing = memoized_parts(LISTING, partial(_listing, index, request))
    # The query string is checked now. Without one, the template caches the list.
    is_whole = not request.GET.keys() & FactSheetFilterForm.parameters
    if not is_whole:
        listing["sheets"]()
    # None means that the template does not cache the list.
    return {**listing, "whole_list": "" if is_whole else None, "clear_url": index.get_url(request)}


def _listing(index: FactSheetIndexPage, request: HttpRequest) -> dict[str, object]:
    fact_sheets = public_fact_sheets(index)
    # The choices depend on all fact sheets, so they are cached until content changes.
    find_choices = partial(_filter_choices, index, fact_sheets)
    choices = page_cache.cached(f"fact-sheet-filters-{index.pk}", find_choices, is_immutable=True)
    form = FactSheetFilterForm(request.GET, **choices)
    if not form.is_valid():
        raise Http404("no such filter or page")
    found = with_current_files(_filtered(fact_sheets, form.cleaned_data))
    try:
        page: Any = Paginator(found, FACT_SHEETS_PER_PAGE).page(form.cleaned_data["page"] or 1)
    except EmptyPage as error:
        raise Http404("no such page of the list") from error
    page.object_list = [teaser(fact_sheet, request) for fact_sheet in page.object_list]
    page_cache.accept_query(request, {name: form[name].value() for name in [*form.chosen, "page"]})
    return {
        "sheets": page,
        "form": form,
        "is_filtered": bool(form.chosen),
        "filter_query": f"{urlencode(form.chosen)}&" if form.chosen else "",
    }


def _filter_choices(index: FactSheetIndexPage, fact_sheets: PageQuerySet) -> dict[str, list[Any]]:
    """Return the choices of the filters. Each one matches at least one fact sheet."""
    publications = fact_sheets.order_by().values("publication")
    pairs = fact_sheets.order_by().annotate(
        # As text, because SQLite calls a Python function for each row to extract the year of a date.
        year=Left(Cast("publication__first_published_on", models.CharField()), 4),
        file_language=Case(When(publication__files__current__isnull=False, then=F("publication__files__language"))),
    )
    years, languages = set(), set()
    for year, language in pairs.values_list("year", "file_language").distinct():
        years.add(year)
        languages.add(language)
    topics = Publication.topics.through.objects.filter(publication__in=publications)
    groups = Publication.target_groups.through.objects.filter(publication__in=publications)
    return {
        "topics": _keywords(index, Topic, topics.values("topic__translation_key")),
        "groups": _keywords(index, TargetGroup, groups.values("targetgroup__translation_key")),
        "languages": sorted(((code, own_language_name(code)) for code in languages if code), key=lambda pair: pair[1]),
        "years": [(year, year) for year in sorted(filter(None, years), reverse=True)],
    }


def _keywords(index: FactSheetIndexPage, model: type[Keyword], keys: models.QuerySet) -> list[Keyword]:
    rows = model._default_manager.filter(translation_key__in=keys).select_related("locale")
    return sorted(in_language(rows, index.locale), key=lambda keyword: keyword.name)


def _filtered(fact_sheets: PageQuerySet, chosen: dict[str, Any]) -> PageQuerySet:
    if chosen["topic"]:
        fact_sheets = fact_sheets.filter(publication__topics__translation_key=chosen["topic"].translation_key)
    if chosen["for"]:
        fact_sheets = fact_sheets.filter(publication__target_groups__translation_key=chosen["for"].translation_key)
    if chosen["language"]:
        files = PublicationFile.objects.filter(language=chosen["language"], current__isnull=False)
        fact_sheets = fact_sheets.filter(Exists(files.filter(publication=OuterRef("publication"))))
    if chosen["year"]:
        fact_sheets = fact_sheets.filter(publication__first_published_on__year=int(chosen["year"]))
    return fact_sheets


def teaser(page: FactSheetPage, request: HttpRequest | None) -> FactSheetTeaser:
    url = page.get_url(request) or ""
    files = downloads(page, url)
    return FactSheetTeaser(
        title=page.title,
        url=url,
        summary=page.teaser_text,
        date=page.publication.first_published_on,
        label=" · ".join(dict.fromkeys(file.name for file in files)),
        motif=page.motif,
        cover=cover(page, url),
        # One file for each language: the PDF, which comes first in `files`, otherwise the editable file.
        downloads=list({file.language: file for file in reversed(files)}.values())[::-1],
    )
