"""The base class of the sections' Atom feeds. Each language has its own feed while its list page is public."""

from __future__ import annotations

import re
from html import unescape
from typing import Any, ClassVar

from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from wagtail.models import Locale, Page, Site

from home.expiry import unexpired
from home.layout import Layout
from home.models import BasePage
from home.source_texts import source_texts

ENTRIES = 30
# Control characters, which word processors paste as line breaks. XML cannot contain them.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def printable(text: str) -> str:
    """Return `text` without characters that XML 1.0 (section 2.2) does not allow."""
    return CONTROL.sub(" ", text)


def as_html(text: str) -> str:
    """Return a plain text as HTML, for the element `<summary type="html">` of a feed."""
    return escape(printable(text))


def entry_id(page: Page, *parts: object) -> str:
    """Return the permanent id of an entry (RFC 4287, section 4.2.6). It does not change with the slug or the domain."""
    return ":".join(map(str, [page.translation_key.urn, page.locale.language_code, *parts]))


class LanguageTaggingXmlGenerator:
    """Wraps an XML generator: it adds `xml:lang` to elements whose text is not in `language`, the language of the feed."""

    def __init__(self, handler: Any, language: str) -> None:
        self.handler = handler
        self.texts = source_texts(language)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.handler, name)

    def addQuickElement(self, name: str, contents: str | None = None, attrs: dict[str, str] | None = None) -> None:  # noqa: N802  (Django's name)
        attributes = dict(attrs or {})
        text = unescape(contents or "") if attributes.get("type") == "html" else contents or ""
        if code := self.texts.language_of(text):
            attributes["xml:lang"] = code
        self.handler.addQuickElement(name, contents, attributes)


class MarkedFeed(Atom1Feed):
    def add_root_elements(self, handler: Any) -> None:
        marked: Any = LanguageTaggingXmlGenerator(handler, self.feed["language"])
        super().add_root_elements(marked)

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        marked: Any = LanguageTaggingXmlGenerator(handler, self.feed["language"])
        super().add_item_elements(marked, item)


class SectionFeed(Feed):
    """A feed of the newest entries below the page of type `index_model` in one language.

    Raises Http404 if the language has no public page of that type, or no public home page.
    """

    feed_type = MarkedFeed
    index_model: ClassVar[type[Page]]

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Layout:
        site = Site.find_for_request(request)
        pages = self.index_model.objects.live().public().filter(unexpired()).select_related("locale")
        page = pages.filter(locale=Locale.get_active()).first() if site else None
        layout = Layout(request, page) if page else None
        if layout is None or layout.home_page is None:
            raise Http404("no such list in this language")
        return layout

    def title(self, layout: Layout) -> str:
        return f"{layout.site_name}: {_index(layout).title}"

    def subtitle(self, layout: Layout) -> str:
        return printable(_index(layout).teaser_text)

    def link(self, layout: Layout) -> str:
        return layout.canonical_url

    def feed_guid(self, layout: Layout) -> str:
        return _index(layout).translation_key.urn

    def author_name(self, layout: Layout) -> str:
        return layout.site_name


def _index(layout: Layout) -> BasePage:
    assert layout.page, "a feed is made of a page"  # noqa: S101  (for the reader and the type checker)
    return layout.page
