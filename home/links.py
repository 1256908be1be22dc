"""Addresses of pages: of those that texts link to, and public addresses for use outside the site."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import partial

from django.conf import settings
from django.http import HttpRequest
from django.utils.html import escape
from django.utils.translation import get_language
from wagtail.models import Page
from wagtail.rich_text.pages import PageLinkHandler

from home.http import page_cache


def addresses(keys: Iterable[int]) -> dict[int, str]:
    """Return addresses by primary key: of the page's live translation in the active language, else of the page itself.

    Runs one query. A page that is live in neither language is left out.
    """
    wanted = sorted({int(key) for key in keys})
    if not wanted:
        return {}
    name = f"links-{get_language()}-{'-'.join(map(str, wanted))}"
    return page_cache.cached(name, partial(_find_addresses, wanted))


def _find_addresses(wanted: Collection[int]) -> dict[int, str]:
    linked = Page.objects.filter(pk__in=wanted)
    pages = list(
        Page.objects.filter(translation_key__in=linked.values("translation_key"))
        .select_related("locale")
        .order_by("pk")
    )
    language = get_language()
    translated = {page.translation_key: page for page in pages if page.live and page.locale.language_code == language}
    found = {page.pk: translated.get(page.translation_key, page) for page in pages if page.pk in wanted}
    return {key: page.url or "" for key, page in found.items() if page.live}


def public_url(path: str) -> str:
    """Return the public address of a path, for texts that are read outside the site: emails, calendars, PDF files.

    It begins with `BASE_URL`, whatever host the request or the site in the database has.
    """
    return settings.PUBLIC_BASE_URL + path


def public_page_url(page: Page, request: HttpRequest | None = None) -> str:
    """Return the public address of a page as `public_url` does; empty if the page has no address.

    With `request`, the paths of the sites are read once for all pages.
    """
    parts = page.get_url_parts(request)
    return public_url(parts[2]) if parts and parts[2] else ""


class LinkHandler(PageLinkHandler):
    """Renders links to pages in rich text. A link to a page that is not live gets no address, as for deleted pages."""

    @classmethod
    def expand_db_attributes_many(cls, attrs_list):
        keys = [str(attrs.get("id", "")) for attrs in attrs_list]
        urls = addresses(int(key) for key in keys if key.isdecimal())
        found = [urls.get(int(key), "") if key.isdecimal() else "" for key in keys]
        return [f'<a href="{escape(url)}">' if url else "<a>" for url in found]
