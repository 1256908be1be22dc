"""Suggests pages when an address does not exist: the pages with the same path in other languages."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from wagtail.models import Page

from home.languages import own_language_name
from home.layout import Layout
from home.page_tree import HOME_DEPTH

# Longer paths than any page of a site has are not looked up.
MAX_PATH_PARTS = 8


@dataclass(frozen=True)
class SuggestedPage:
    """A translation of the requested page. `name` is the name of its language."""

    code: str
    name: str
    title: str
    url: str


def suggest_pages(layout: Layout) -> list[SuggestedPage]:
    """Return the public translations of the page that has the request's path in any language; the active language first.

    This finds the page if the visitor changed the language in `/en/news/` to `/fi/news/`, or left it out (`/news/`). Runs
    one query.
    """
    parts = _path_parts(layout.request.path_info)
    if not (layout.home_page and 0 < len(parts) <= MAX_PATH_PARTS):
        return []
    home = layout.home_page.translation_key
    same_path = Page.objects.filter(
        slug=parts[-1], depth=HOME_DEPTH + len(parts), url_path__endswith=f"/{'/'.join(parts)}/", live=True
    )
    homes = Page.objects.filter(translation_key=home).order_by()
    # One list of keys, because the database uses no index for one of two conditions.
    keys = same_path.order_by().values("translation_key").union(homes.values("translation_key"))
    pages = Page.objects.filter(translation_key__in=keys, live=True, alias_of__isnull=True).select_related("locale")
    found = {page.locale.language_code: page for page in pages if page.translation_key != home}
    # A language whose home page is not live has no public pages.
    served = {page.locale.language_code for page in pages if page.translation_key == home}
    # The visitor's own language comes first.
    order = sorted((code for code, _name in settings.LANGUAGES), key=lambda code: code != layout.language_code)
    return [
        SuggestedPage(code, own_language_name(code), found[code].title, found[code].get_url(layout.request))
        for code in order
        if code in found and code in served and layout.site_context.is_public(found[code])
    ]


def _path_parts(path: str) -> list[str]:
    # PostgreSQL refuses NUL in a text. No page has one in its address.
    parts = [part for part in path.replace("\0", "").split("/") if part]
    return parts[1:] if parts and parts[0] in dict(settings.LANGUAGES) else parts
