"""Sitemaps: an index, and a sitemap for each language with its public pages and their translations.

Wagtail's sitemap class does not link translations, and Django's expects one object with an address in each language, while
Wagtail has a page for each. The sitemaps are therefore our own views, which run two queries.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from wagtail.models import Page, Site

from home.hreflang import Alternate, alternates
from home.models import HomePage, SectionIndexMixin
from home.page_tree import HOME_DEPTH
from home.site_context import SiteContext

XML = "application/xml"


@dataclass(frozen=True)
class Entry:
    url: str
    changed_at: datetime | None
    alternates: list[Alternate]


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Return the index, with the sitemap of each language that has public pages, and the time of its latest change."""
    site = _site(request)
    sitemaps = [
        {
            "url": site.root_url + reverse("sitemap", args=[code]),
            "changed_at": max((entry.changed_at for entry in entries if entry.changed_at), default=None),
        }
        for code, entries in _entries(request, site).items()
        if entries
    ]
    return render(request, "sitemap_index.xml", {"sitemaps": sitemaps}, content_type=XML)


@require_safe
def sitemap(request: HttpRequest, language: str) -> HttpResponse:
    entries = _entries(request, _site(request)).get(language)
    if not entries:
        raise Http404("no pages in this language")
    return render(request, "sitemap.xml", {"entries": entries}, content_type=XML)


def _site(request: HttpRequest) -> Site:
    site = Site.find_for_request(request)
    if site is None:
        raise Http404("no site")
    return site


def _entries(request: HttpRequest, site: Site) -> dict[str, list[Entry]]:
    """Return the sitemap entries of each language in tree order. Runs two queries for any number of pages."""
    pages = _pages(site)
    changes = _latest_changes(pages)
    found: dict[str, list[Entry]] = {code: [] for code, _name in settings.LANGUAGES}
    translations: dict[object, dict[str, str]] = {}
    for page in pages:
        translations.setdefault(page.translation_key, {})[page.locale.language_code] = page.get_full_url(request) or ""
    for page in pages:
        urls = translations[page.translation_key]
        code = page.locale.language_code
        if urls[code]:
            entry = Entry(
                urls[code], changes[page.pk], alternates(urls, site.root_url, is_home=page.depth == HOME_DEPTH)
            )
            found.setdefault(code, []).append(entry)
    return found


def _pages(site: Site) -> list[Page]:
    """Return the pages that search engines may index: live and public pages of an indexable type, without aliases."""
    context = SiteContext.of(site)
    # Pages in a language that was removed from the settings have no addresses.
    served = Page.objects.filter(locale__language_code__in=dict(settings.LANGUAGES))
    homes = served.filter(translation_key=site.root_page.translation_key, live=True)
    pages = (
        Page.objects.filter(live=True, alias_of__isnull=True, depth__gte=HOME_DEPTH)
        .select_related("locale")
        .order_by("path")
    )
    roots = tuple(homes.values_list("path", flat=True))
    return [
        page
        for page in pages
        if page.path.startswith(roots)
        and context.is_public(page)
        and getattr(page.specific_class, "is_indexable", False)
    ]


def _latest_changes(pages: list[Page]) -> dict[int, datetime | None]:
    """Return the time of the last change by primary key; list pages and home pages include the pages below them."""
    changes = {page.pk: page.last_published_at for page in pages}
    for page in pages:
        if issubclass(page.specific_class, HomePage | SectionIndexMixin):
            below = [other.last_published_at for other in pages if other.path.startswith(page.path)]
            changes[page.pk] = max((moment for moment in below if moment), default=None)
    return changes
