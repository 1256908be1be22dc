"""The pages around a page: the home page, its children, the page's ancestors, and the translations of these."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Q
from wagtail.models import Page, Site

from home.http import page_cache
from home.http.routing import root_path
from home.site_context import SiteContext

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

    from home.models import BasePage, HomePage

# Wagtail's root page has depth 1, home pages depth 2.
HOME_DEPTH = 2


class PageTree:
    """The pages around `page` or, for a view without a page, the language's home page. Runs at most two queries."""

    def __init__(
        self,
        request: HttpRequest,
        page: BasePage | None,
        site: Site | None,
        site_context: SiteContext,
        language_code: str,
    ) -> None:
        self.request = request
        self.page = page
        self.site = site
        self.site_context = site_context
        self.language_code = language_code

    @cached_property
    def _pages(self) -> list[Page]:
        """Return the live pages that header, footer and breadcrumbs need, in tree order.

        They are the home page and its children, the page's ancestors, and the translations of all these and of the page. The
        home page and its children are the same for many pages, so they are cached until content changes.
        """
        if self.page and self.page.path:
            lineage = [self.page.path[: depth * Page.steplen] for depth in range(HOME_DEPTH, self.page.depth + 1)]
            top = page_cache.cached(f"top-pages-{lineage[0]}", partial(_top_pages, lineage[0]))
            known = {page.path for page in top}
            others = [path for path in lineage if path not in known]
            return (
                sorted([*top, *self._below_top(self.page, others, known)], key=lambda page: page.path)
                if others
                else top
            )
        if self.site:
            root = root_path(self.request, self.language_code)
            key = self.site.root_page.translation_key
            return page_cache.cached(f"top-pages-{key}-{root}", partial(_top_pages_of_site, key, root))
        return []

    def _below_top(self, page: BasePage, paths: list[str], known: set[str]) -> list[Page]:
        """Return the result of `_deeper` for the page: from the cache, or without it for a preview."""
        find = partial(self._deeper, page.translation_key, paths, known)
        is_preview = getattr(self.request, "is_preview", False) or not page.pk
        return find() if is_preview else page_cache.cached(f"pages-around-{page.pk}", find)

    def _deeper(self, key: UUID, paths: list[str], known: set[str]) -> list[Page]:
        """Return the live pages at `paths` with their translations, and the pages with `key`, except those in `known`."""
        keys = Page.objects.filter(path__in=paths).values("translation_key")
        # By key as well, because a page that was never saved has no row while it is previewed.
        wanted = Q(path__in=paths) | Q(translation_key__in=keys) | Q(translation_key=key)
        return [page for page in _live(wanted) if page.path not in known]

    @cached_property
    def _home_path(self) -> str:
        """The tree path of the home page in the language of the response; empty if there is none."""
        if self.page and self.page.path:
            return self.page.path[: HOME_DEPTH * Page.steplen]
        homes = [page for page in self._pages if page.depth == HOME_DEPTH]
        return next((page.path for page in homes if page.locale.language_code == self.language_code), "")

    @cached_property
    def _public(self) -> list[Page]:
        """The home page, its children and the page's ancestors, without those that are not public."""
        return [
            page
            for page in self._pages
            if self._home_path
            and page.path.startswith(self._home_path)
            and (page.depth <= HOME_DEPTH + 1 or self._is_above(page))
            and self.site_context.is_public(page)
        ]

    def _is_above(self, page: Page) -> bool:
        here = self.page.path if self.page else ""
        return here.startswith(page.path) and here != page.path

    @cached_property
    def home_page(self) -> HomePage | None:
        return next((page for page in self._public if page.path == self._home_path), None)

    @cached_property
    def children_of_home(self) -> list[Page]:
        """The home page's live, public children. Only the fields of `Page` are loaded."""
        return [page for page in self._public if page.depth == HOME_DEPTH + 1]

    @cached_property
    def ancestors(self) -> list[Page]:
        """The live, public ancestors of the page, from the home page down."""
        return [page for page in self._public if self._is_above(page)]

    @cached_property
    def lineage(self) -> list[Page]:
        """The page and its ancestors up to the home page, nearest first."""
        if self.page:
            return [self.page, *reversed(self.ancestors)]
        return [self.home_page] if self.home_page else []

    @cached_property
    def translations(self) -> dict[str, dict[str, Page]]:
        """By language, the live public translations of the page and its ancestors, by translation key."""
        found: dict[str, dict[str, Page]] = {code: {} for code, _name in settings.LANGUAGES}
        if not self.lineage:
            return found
        keys = {page.translation_key for page in self.lineage}
        for page in self._pages:
            # A language that was removed from the settings has no addresses.
            is_served = page.locale.language_code in found
            if (
                page.translation_key in keys
                and is_served
                and not page.alias_of_id
                and self.site_context.is_public(page)
            ):
                found[page.locale.language_code][str(page.translation_key)] = page
        # Without a public home page, a language has no public pages.
        home = str(self.lineage[-1].translation_key)
        return {code: pages if home in pages else {} for code, pages in found.items()}


def _live(wanted: Q) -> list[Page]:
    return list(Page.objects.filter(wanted, live=True).select_related("locale").order_by("path"))


def _top_pages(home_path: str) -> list[Page]:
    """Return the live pages among a home page, its children, and their translations."""
    top = Page.objects.filter(path__startswith=home_path, depth__lte=HOME_DEPTH + 1)
    return _live(Q(translation_key__in=top.values("translation_key")))


def _top_pages_of_site(key: UUID, root: str) -> list[Page]:
    """Return the live home pages with this translation key, and the live children of the home page at `root`."""
    wanted = Q(translation_key=key)
    if root:
        wanted |= Q(url_path__startswith=root, depth__lte=HOME_DEPTH + 1)
    return _live(wanted)
