"""Sitemaps: an index, and sitemaps for each language with its public pages and their translations.

Wagtail's sitemap class does not link translations, and Django's expects one object with an address in each language, while
Wagtail has a page for each. The sitemaps are therefore our own views. Each file has a limited number of pages, and the
number of queries does not depend on it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Max, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.encoding import escape_uri_path
from django.views.decorators.http import require_safe
from wagtail.models import Page, Site, get_page_models
from wagtail.query import PageQuerySet

from home.hreflang import Alternate, alternates
from home.http import page_cache
from home.models import HomePage, SectionIndexMixin
from home.page_tree import HOME_DEPTH
from home.site_context import public

XML = "application/xml"
# The pages of a file. The standard allows 50,000, but a request must not take long.
PAGES_PER_FILE = 500
# A larger number in an address is refused before the database has to calculate with it.
MOST_FILES = 10_000


@dataclass(frozen=True)
class Entry:
    url: str
    changed_at: datetime | None
    alternates: list[Alternate]


@dataclass(frozen=True)
class Sitemap:
    url: str
    changed_at: datetime | None


@dataclass(frozen=True)
class Home:
    """The live home page of a language, below which its pages are."""

    path: str
    # The part of `Page.url_path` that all pages below the home page have, and the address that takes its place.
    url_path: str
    url: str

    def address(self, url_path: str) -> str:
        """Return the address of a page below this one, as `Page.get_full_url` does, which takes much longer."""
        return self.url + escape_uri_path(url_path.removeprefix(self.url_path))


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Return the index: the sitemaps of each language that has public pages.

    The time of the latest change is given if there is only one for the language.
    """
    site = _site(request)
    name = f"sitemaps-{site.root_url}"
    sitemaps = page_cache.cached(name, partial(_sitemaps, request, site), is_immutable=True)
    return render(request, "sitemap_index.xml", {"sitemaps": sitemaps}, content_type=XML)


def _sitemaps(request: HttpRequest, site: Site) -> tuple[Sitemap, ...]:
    homes = _homes(request, site)
    found = _indexable(homes.values()).order_by().values("locale__language_code")
    sitemaps = []
    for row in sorted(
        found.annotate(number=Count("pk"), changed_at=Max("last_published_at")),
        key=lambda row: list(homes).index(row["locale__language_code"]),
    ):
        files = math.ceil(row["number"] / PAGES_PER_FILE)
        changed_at = row["changed_at"] if files == 1 else None
        for number in range(1, files + 1):
            url = site.root_url + _path(row["locale__language_code"], number)
            sitemaps.append(Sitemap(url, changed_at))
    return tuple(sitemaps)


@require_safe
def sitemap(request: HttpRequest, language: str, number: int = 1) -> HttpResponse:
    """Return a sitemap of a language. Its pages are in the order of the tree."""
    site = _site(request)
    homes = _homes(request, site)
    if language not in homes or not 1 <= number <= MOST_FILES:
        raise Http404("no pages in this language")
    first = (number - 1) * PAGES_PER_FILE
    pages = list(_indexable([homes[language]]).only(*FIELDS).order_by("path")[first : first + PAGES_PER_FILE])
    if not pages:
        raise Http404("no such file")
    changes = _latest_changes(homes[language], pages)
    addresses = _addresses(homes, {page.translation_key for page in pages})
    entries = [
        Entry(
            homes[language].address(page.url_path),
            changes[page.pk],
            alternates(addresses[page.translation_key], site.root_url, is_home=page.depth == HOME_DEPTH),
        )
        for page in pages
    ]
    return render(request, "sitemap.xml", {"entries": entries}, content_type=XML)


FIELDS = ("path", "depth", "url_path", "translation_key", "last_published_at", "content_type")


def _path(language: str, number: int) -> str:
    return reverse("sitemap", args=[language] if number == 1 else [language, number])


def _site(request: HttpRequest) -> Site:
    site = Site.find_for_request(request)
    if site is None:
        raise Http404("no site")
    return site


def _homes(request: HttpRequest, site: Site) -> dict[str, Home]:
    """Return the public home pages by language, in the order of the tree.

    A language that was removed from the settings is left out, because its pages have no addresses.
    """
    pages = Page.objects.filter(
        translation_key=site.root_page.translation_key,
        live=True,
        alias_of=None,
        locale__language_code__in=dict(settings.LANGUAGES),
    )
    return {
        page.locale.language_code: Home(page.path, page.url_path, url)
        for page in public(pages.select_related("locale").order_by("path"))
        if (url := page.get_full_url(request))
    }


def _indexable(homes: Iterable[Home]) -> PageQuerySet:
    """Return the pages that search engines may index: live and public pages of an indexable type, without aliases."""
    models = [model for model in get_page_models() if getattr(model, "is_indexable", False)]
    below = Q(pk=None)
    for home in homes:
        below |= Q(path__startswith=home.path)
    types = ContentType.objects.get_for_models(*models).values()
    return public(Page.objects.filter(below, live=True, alias_of=None, content_type__in=types))


def _addresses(homes: dict[str, Home], keys: set[UUID]) -> dict[UUID, dict[str, str]]:
    """Return the addresses of the pages with these translation keys, by key and language."""
    found: dict[UUID, dict[str, str]] = {key: {} for key in keys}
    pages = _indexable(homes.values()).filter(translation_key__in=keys).order_by("path")
    for key, code, url_path in pages.values_list("translation_key", "locale__language_code", "url_path"):
        found[key][code] = homes[code].address(url_path)
    return found


def _latest_changes(home: Home, pages: list[Page]) -> dict[int, datetime | None]:
    """Return the time of the last change by primary key; list pages and home pages include the pages below them."""
    changes = {page.pk: page.last_published_at for page in pages}
    lists = [page for page in pages if issubclass(page.specific_class, HomePage | SectionIndexMixin)]
    if lists:
        latest = {f"below_{page.pk}": Max("last_published_at", filter=Q(path__startswith=page.path)) for page in lists}
        found = _indexable([home]).order_by().aggregate(**latest)
        changes |= {page.pk: found[f"below_{page.pk}"] for page in lists}
    return changes
