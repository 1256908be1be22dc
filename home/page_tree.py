"""The pages around a page: the home page, its children, the page's ancestors, and the translations of these."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Q
from wagtail.models import Page, Site

from home.http import page_cache
from home.http.routing import root_path
from home.site_context import SiteContext

if TYPE_CHECKING:
    from django.http import HttpRequest

    from home.models import BasePage

# Wagtail's root page has depth 1, home pages depth 2.
HOME_DEPTH = 2


@dataclass(frozen=True)
class TreePage:
    """The details of a live page for menus, breadcrumbs, language switcher and metadata. It can be shared by requests."""

    pk: int
    path: str
    depth: int
    title: str
    language_code: str
    translation_key: UUID
    is_alias: bool
    show_in_menus: bool
    expire_at: datetime.datetime | None
    model: type[Page]
    # The addresses without and with the host; empty for a page outside of the site.
    url: str
    full_url: str

    @classmethod
    def of(cls, page: Page, request: HttpRequest) -> TreePage:
        _site, root_url, url = page.get_url_parts(request) or (None, "", "")
        return cls(
            pk=page.pk,
            path=page.path,
            depth=page.depth,
            title=page.title,
            language_code=page.locale.language_code,
            translation_key=page.translation_key,
            is_alias=page.alias_of_id is not None,
            show_in_menus=page.show_in_menus,
            expire_at=page.expire_at,
            model=page.specific_class,
            url=url or "",
            full_url=f"{root_url}{url}" if url else "",
        )

    def deferred(self) -> Page:
        """Return an instance of the page's type without a query. Fields other than these are loaded when they are read."""
        options = self.model._meta
        known = {
            "id": self.pk,
            options.pk.attname: self.pk,
            "path": self.path,
            "depth": self.depth,
            "title": self.title,
        }
        names = [field.attname for field in options.concrete_fields if field.attname in known]
        return self.model.from_db(DEFAULT_DB_ALIAS, names, [known[name] for name in names])


class PageTree:
    """The pages around `page`; for a view without a page, those around the home page of its language.

    Runs at most two queries.
    """

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
    def _pages(self) -> tuple[TreePage, ...]:
        """Return the live pages that header, footer and breadcrumbs need, in tree order.

        They are the home page and its children, the page's ancestors, and the translations of all these and of the page. The
        home page and its children are the same for many pages, so they are cached until content changes.
        """
        if self.page and self.page.path:
            lineage = [self.page.path[: depth * Page.steplen] for depth in range(HOME_DEPTH, self.page.depth + 1)]
            find = partial(_top_pages, self.request, lineage[0])
            top = page_cache.cached(f"top-pages-{lineage[0]}", find, is_immutable=True)
            known = {page.path for page in top}
            others = [path for path in lineage if path not in known]
            if not others:
                return top
            return tuple(sorted([*top, *self._below_top(self.page, others, known)], key=lambda page: page.path))
        if self.site:
            root = root_path(self.request, self.language_code)
            key = self.site.root_page.translation_key
            find = partial(_top_pages_of_site, self.request, key, root)
            return page_cache.cached(f"top-pages-{key}-{root}", find, is_immutable=True)
        return ()

    def _below_top(self, page: BasePage, paths: list[str], known: set[str]) -> tuple[TreePage, ...]:
        """Return the result of `_deeper` for the page: from the cache, or without it for a preview."""
        find = partial(self._deeper, page.translation_key, paths, known)
        is_preview = getattr(self.request, "is_preview", False) or not page.pk
        return find() if is_preview else page_cache.cached(f"pages-around-{page.pk}", find, is_immutable=True)

    def _deeper(self, key: UUID, paths: list[str], known: set[str]) -> tuple[TreePage, ...]:
        """Return the live pages at `paths` with their translations, and the pages with `key`, except those in `known`."""
        # By key as well, because a page that was never saved has no row while it is previewed.
        keys = Page.objects.filter(Q(path__in=paths) | Q(translation_key=key)).values("translation_key")
        return tuple(page for page in _live(self.request, Q(translation_key__in=keys)) if page.path not in known)

    @cached_property
    def _home_path(self) -> str:
        """The tree path of the home page in the language of the response; empty if there is none."""
        if self.page and self.page.path:
            return self.page.path[: HOME_DEPTH * Page.steplen]
        homes = [page for page in self._pages if page.depth == HOME_DEPTH]
        return next((page.path for page in homes if page.language_code == self.language_code), "")

    @cached_property
    def _public(self) -> tuple[TreePage, ...]:
        """The home page, its children and the page's ancestors, without those that are not public."""
        return tuple(
            page
            for page in self._pages
            if self._home_path
            and page.path.startswith(self._home_path)
            and (page.depth <= HOME_DEPTH + 1 or self._is_above(page))
            and self.site_context.is_public(page)
        )

    def _is_above(self, page: TreePage) -> bool:
        here = self.page.path if self.page else ""
        return here.startswith(page.path) and here != page.path

    @cached_property
    def home_page(self) -> TreePage | None:
        return next((page for page in self._public if page.path == self._home_path), None)

    @cached_property
    def children_of_home(self) -> tuple[TreePage, ...]:
        """The home page's live, public children."""
        return tuple(page for page in self._public if page.depth == HOME_DEPTH + 1)

    @cached_property
    def ancestors(self) -> tuple[TreePage, ...]:
        """The live, public ancestors of the page, from the home page down."""
        return tuple(page for page in self._public if self._is_above(page))

    @cached_property
    def lineage(self) -> tuple[UUID, ...]:
        """The translation keys of the page and of its ancestors up to the home page, nearest first."""
        if self.page:
            return (self.page.translation_key, *(page.translation_key for page in reversed(self.ancestors)))
        return (self.home_page.translation_key,) if self.home_page else ()

    @cached_property
    def translations(self) -> dict[str, dict[UUID, TreePage]]:
        """By language, the live public translations of the page and its ancestors, by translation key."""
        found: dict[str, dict[UUID, TreePage]] = {code: {} for code, _name in settings.LANGUAGES}
        if not self.lineage:
            return found
        for page in self._pages:
            # A language that was removed from the settings has no addresses.
            is_served = page.language_code in found
            if (
                page.translation_key in self.lineage
                and is_served
                and not page.is_alias
                and self.site_context.is_public(page)
            ):
                found[page.language_code][page.translation_key] = page
        # Without a public home page, a language has no public pages.
        home = self.lineage[-1]
        return {code: pages if home in pages else {} for code, pages in found.items()}


def _live(request: HttpRequest, wanted: Q) -> tuple[TreePage, ...]:
    pages = Page.objects.filter(wanted, live=True).select_related("locale").order_by("path")
    return tuple(TreePage.of(page, request) for page in pages)


def _top_pages(request: HttpRequest, home_path: str) -> tuple[TreePage, ...]:
    """Return the live pages among a home page, its children, and their translations."""
    top = Page.objects.filter(path__startswith=home_path, depth__lte=HOME_DEPTH + 1)
    return _live(request, Q(translation_key__in=top.values("translation_key")))


def _top_pages_of_site(request: HttpRequest, key: UUID, root: str) -> tuple[TreePage, ...]:
    """Return the live home pages with this translation key, and the live children of the home page at the address `root`."""
    wanted = Q(translation_key=key)
    if root:
        wanted |= Q(url_path__startswith=root, depth__lte=HOME_DEPTH + 1)
    return _live(request, wanted)
