"""The data for the parts around a page's content: site name, menus, languages, breadcrumbs and metadata.

Templates use it as `layout` and run no queries of their own. The menu, the page's ancestors and their translations come from
one query (`page_tree.py`), and the project's settings from the cache (`site_context.py`).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from wagtail.models import Site

from home.hreflang import Alternate, alternates
from home.languages import open_graph_locale, own_language_name
from home.models import PrivacyPage
from home.models.images import is_placeholder
from home.page_tree import HOME_DEPTH, PageTree, TreePage
from home.site_context import SiteContext

if TYPE_CHECKING:
    import datetime

    from django.http import HttpRequest

    from home.models import BasePage


@dataclass(frozen=True)
class Link:
    title: str
    url: str


@dataclass(frozen=True)
class MenuItem(Link):
    is_current: bool = False
    is_ancestor: bool = False


@dataclass(frozen=True)
class Language:
    """An entry of the language switcher.

    `nearest_title` is the title of the page that `url` leads to if the current page is not translated.
    """

    code: str
    name: str
    url: str
    is_current: bool
    is_translated: bool
    nearest_title: str = ""


# The sizes of a page's picture in pixels: for social media, and in the ratios that search engines require.
PICTURE_SHAPES = {"wide": (1200, 630), "1x1": (1200, 1200), "4x3": (1200, 900), "16x9": (1200, 675)}
RATIOS = ("1x1", "4x3", "16x9")
# Increase it when the drawing changes, so that all pictures are made again.
PICTURE_VERSION = 2


@dataclass(frozen=True)
class ShareImage:
    url: str
    width: int
    height: int
    alt: str


class Layout:
    """The layout data of one response.

    `page` is the page that is served, or None for views such as the search. For such a view, `title` is its heading
    and `view_name` its URL name, which leads to the same view in each language. With a page and a title, it is the layout
    of a view below the page, such as its form, which is not indexed.
    """

    def __init__(
        self, request: HttpRequest, page: BasePage | None = None, *, title: str = "", view_name: str = ""
    ) -> None:
        self.request = request
        self.page = page
        self.view_title = title
        self.view_name = view_name

    # Language and settings

    @cached_property
    def language_code(self) -> str:
        if self.page:
            return self.page.locale.language_code
        code = (get_language() or settings.LANGUAGE_CODE).split("-")[0]
        return code if code in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE

    @property
    def language_name(self) -> str:
        return own_language_name(self.language_code)

    @cached_property
    def site(self) -> Site | None:
        return Site.find_for_request(self.request)

    @cached_property
    def site_context(self) -> SiteContext:
        return SiteContext.of(self.site)

    @property
    def settings(self):
        """The project's settings, or None if there are none."""
        return self.site_context.settings

    @property
    def texts(self):
        """The project's texts in the language of the response, or None."""
        return self.site_context.texts.get(self.language_code)

    @property
    def site_name(self) -> str:
        return self.settings.acronym if self.settings and self.settings.acronym else settings.WAGTAIL_SITE_NAME

    @property
    def funding_texts(self):
        """The project's texts in the language of the response, else in the source language, else None."""
        return self.texts or self.site_context.texts.get(settings.LANGUAGE_CODE)

    @cached_property
    def coordinator(self):
        """The coordinator in the language of the response, or in another language if it is not translated."""
        return self.site_context.coordinator(self.language_code)

    @property
    def social_accounts(self):
        return self.site_context.social_accounts

    @property
    def project_id(self) -> str:
        """The identifier of the project in JSON-LD. It is the same in every language."""
        return f"{self.root_url}/#project"

    @property
    def grant_id(self) -> str:
        """The identifier of the project's grant in JSON-LD; empty if the project has no grant number."""
        return f"{self.root_url}/#grant" if self.settings and self.settings.grant_number else ""

    # Pages around this one

    @cached_property
    def page_tree(self) -> PageTree:
        return PageTree(self.request, self.page, self.site, self.site_context, self.language_code)

    @property
    def home_page(self) -> TreePage | None:
        return self.page_tree.home_page

    @property
    def children_of_home(self) -> tuple[TreePage, ...]:
        """The home page's live, public children."""
        return self.page_tree.children_of_home

    @property
    def home_url(self) -> str:
        return self.home_page.url if self.home_page else "/"

    def _menu_item(self, page: TreePage) -> MenuItem:
        here = self.page.path if self.page else ""
        return MenuItem(
            page.title,
            page.url,
            is_current=here == page.path,
            is_ancestor=here.startswith(page.path) and here != page.path,
        )

    @cached_property
    def menu(self) -> list[MenuItem]:
        return [self._menu_item(page) for page in self.children_of_home if page.show_in_menus]

    @cached_property
    def legal_pages(self) -> list[MenuItem]:
        """The privacy notice and the accessibility statement, which every page links to."""
        found = (page for page in self.children_of_home if getattr(page.model, "in_legal_menu", False))
        return [self._menu_item(page) for page in found]

    @cached_property
    def privacy_notice(self) -> MenuItem | None:
        """The public privacy notice of the site, or None if there is none."""
        found = (page for page in self.children_of_home if page.model is PrivacyPage)
        return next(map(self._menu_item, found), None)

    @cached_property
    def breadcrumbs(self) -> list[Link]:
        if not self.page:
            return [Link(self.home_page.title, self.home_url)] if self.home_page else []
        return [Link(page.title, page.url) for page in self.page_tree.ancestors]

    # Languages

    @cached_property
    def languages(self) -> list[Language]:
        """The languages with a public home page and the response's language; all languages if there is no home page here."""
        codes = [code for code, _name in settings.LANGUAGES]
        public = [code for code in codes if self.page_tree.translations.get(code) or code == self.language_code]
        return [self._language(code) for code in (public if self.page_tree.lineage else codes)]

    def _language(self, code: str) -> Language:
        name = own_language_name(code)
        if self.view_name:
            with override(code):
                url = reverse(self.view_name)
            return Language(code, name, url, code == self.language_code, is_translated=True)
        if code == self.language_code and self.page:
            return Language(code, name, self._addresses[0], is_current=True, is_translated=True)
        pages = self.page_tree.translations.get(code, {})
        for step, key in enumerate(self.page_tree.lineage):
            translation = pages.get(key)
            if translation:
                exact = step == 0 and self.page is not None
                return Language(
                    code,
                    name,
                    translation.url,
                    code == self.language_code,
                    is_translated=exact or self.page is None,
                    nearest_title="" if exact else translation.title,
                )
        # No page of this language is public. The root redirects to a language with public pages.
        return Language(code, name, "/", code == self.language_code, is_translated=False, nearest_title=self.site_name)

    @cached_property
    def alternates(self) -> list[Alternate]:
        """The `hreflang` entries: every public translation, the page itself included, and `x-default`.

        Empty for a page that search engines must not index.
        """
        if not self.page or self.noindex or self.page.alias_of_id:
            return []
        key = self.page.translation_key
        urls = {code: pages[key].full_url for code, pages in self.page_tree.translations.items() if key in pages}
        return alternates(urls, self.root_url, is_home=self.page.depth == HOME_DEPTH)

    # Metadata

    @cached_property
    def root_url(self) -> str:
        return self.site.root_url if self.site else ""

    @cached_property
    def _addresses(self) -> tuple[str, str]:
        """The address of the page without and with the host; empty if it has none."""
        _site, root_url, path = (self.page and self.page.get_url_parts(self.request)) or (None, "", "")
        return (path, root_url + path) if path else ("", "")

    @cached_property
    def canonical_url(self) -> str:
        """The page's own address without the query string; empty for a view that is not a page."""
        if not self.page or self.view_title:
            return ""
        return (self.page.alias_of.get_full_url(self.request) or "") if self.page.alias_of_id else self._addresses[1]

    @cached_property
    def heading(self) -> str:
        return self.view_title or (self.page.title if self.page else "")

    @cached_property
    def title(self) -> str:
        """The document's title: page, section, site (WCAG 2.4.2)."""
        if self.page and self.page.depth == HOME_DEPTH and not self.view_title:
            full = self.texts.project_title if self.texts else ""
            return self.page.seo_title or " – ".join(filter(None, [self.site_name, full]))
        own = (self.page.seo_title if self.page and not self.view_title else "") or self.heading
        section = self.breadcrumbs[-1].title if self.page and len(self.breadcrumbs) > 1 else ""
        return " – ".join(filter(None, [own, section, self.site_name]))

    @property
    def description(self) -> str:
        if not self.page:
            return ""
        return self.page.search_description or self.page.teaser_text

    @property
    def noindex(self) -> bool:
        return (
            self.page is None
            or bool(self.view_title)
            or not self.page.is_indexable
            or not self.page.live
            or not self.site_context.is_public(self.page)
        )

    @cached_property
    def share_image(self) -> ShareImage | None:
        """The image of the page for social media: its own, or the picture with its title. None if there is no page."""
        if self.page is None:
            return None
        image = self.page.social_image
        rendition = image.get_rendition("fill-1200x630|format-jpeg") if image else None
        if rendition is None or is_placeholder(rendition):
            # The preview of a page that was never saved has no key, so its picture has no address.
            if self.noindex or self.page.pk is None:
                return None
            return ShareImage(self.picture_url("wide"), *PICTURE_SHAPES["wide"], self.page.share_title)
        return ShareImage(self.absolute(rendition.url), rendition.width, rendition.height, self.page.social_image_alt)

    @cached_property
    def images(self) -> list[str]:
        """The addresses of the page's image in the ratios that search engines require."""
        image = self.page.social_image if self.page else None
        if image is None:
            return [self.picture_url(shape) for shape in RATIOS]
        filters = [f"fill-{width}x{height}|format-jpeg" for width, height in map(PICTURE_SHAPES.__getitem__, RATIOS)]
        renditions = image.get_renditions(*filters).values()
        own = [self.absolute(rendition.url) for rendition in renditions if not is_placeholder(rendition)]
        return own or [self.picture_url(shape) for shape in RATIOS]

    def picture_url(self, shape: str) -> str:
        return self.absolute(
            reverse("share_picture", args=[(self.page and self.page.pk) or 0, self.picture_digest, shape])
        )

    @cached_property
    def picture_digest(self) -> str:
        """A digest of what the picture of the page shows. The address of the picture contains it."""
        page = self.page
        cover = page.share_cover if page else ""
        shown = [
            PICTURE_VERSION,
            page.share_title if page else self.view_title,
            str(page.kind) if page else "",
            cover,
            self.site_name,
            self.language_code,
        ]
        return hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:20]

    @property
    def open_graph_locale(self) -> str:
        return open_graph_locale(self.language_code)

    @property
    def open_graph_alternates(self) -> list[str]:
        return [
            open_graph_locale(item.code)
            for item in self.alternates
            if item.code not in {"x-default", self.language_code}
        ]

    @property
    def open_graph_type(self) -> str:
        return getattr(self.page, "open_graph_type", "website")

    @property
    def published_time(self) -> datetime.datetime | datetime.date | None:
        """When an article was published, for Open Graph."""
        return getattr(self.page, "published_time", None) if self.open_graph_type == "article" else None

    @property
    def last_updated(self) -> datetime.datetime | None:
        return self.page.last_published_at if self.page else None

    @cached_property
    def feeds(self) -> list[Link]:
        """The Atom feeds of the site's sections, for autodiscovery and the footer."""
        found = []
        for page in self.children_of_home:
            name = getattr(page.model, "feed_view_name", "")
            if name:
                found.append(Link(_("%(title)s (Atom feed)") % {"title": page.title}, self._reverse(name)))
        return found

    @property
    def search_url(self) -> str:
        return self._reverse("search")

    @property
    def manifest_url(self) -> str:
        return self._reverse("manifest")

    @property
    def footer_text(self) -> str:
        return self.texts.footer_text if self.texts else ""

    def _reverse(self, name: str) -> str:
        with override(self.language_code):
            return reverse(name)

    def absolute(self, url: str) -> str:
        """Return an address of this site with its host. An address on another host is returned unchanged."""
        return url if url.startswith("http") else self.root_url + url
