"""Where a page that an address does not lead to may be found: under the same address in another language."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q
from wagtail.models import Page

from home.languages import own_language_name
from home.layout import Layout
from home.page_tree import HOME_DEPTH

# Deeper than any page of a site that people find their way in.
DEEPEST = 8


@dataclass(frozen=True)
class Elsewhere:
    """A translation of what the visitor asked for, by the name of its language."""

    code: str
    name: str
    title: str
    url: str


def pages_elsewhere(layout: Layout) -> list[Elsewhere]:
    """Return the page that has the request's address in any language, in each language in which it can be read.

    A visitor comes to `/fi/news/` by changing the language in `/en/news/`, or to `/news/` by leaving it out. One query.
    """
    steps = _steps(layout.request.path_info)
    if not (layout.home_page and 0 < len(steps) <= DEEPEST):
        return []
    home = layout.home_page.translation_key
    named_so = Page.objects.filter(
        slug=steps[-1], depth=HOME_DEPTH + len(steps), url_path__endswith=f"/{'/'.join(steps)}/", live=True
    )
    pages = Page.objects.filter(
        Q(translation_key__in=named_so.values("translation_key")) | Q(translation_key=home),
        live=True,
        alias_of__isnull=True,
    ).select_related("locale")
    found = {page.locale.language_code: page for page in pages if page.translation_key != home}
    # Nothing is served in a language whose home page is not.
    served = {page.locale.language_code for page in pages if page.translation_key == home}
    # The language in which the visitor reads comes first.
    order = sorted((code for code, _name in settings.LANGUAGES), key=lambda code: code != layout.language_code)
    return [
        Elsewhere(code, own_language_name(code), found[code].title, found[code].get_url(layout.request))
        for code in order
        if code in found and code in served and layout.facts.is_public(found[code])
    ]


def _steps(path: str) -> list[str]:
    # PostgreSQL takes no NUL in a text; no page has one in its address.
    steps = [step for step in path.replace("\0", "").split("/") if step]
    return steps[1:] if steps and steps[0] in dict(settings.LANGUAGES) else steps
