"""Finds the page at an address with two queries, for any depth and language."""

from __future__ import annotations

import hashlib
from http import HTTPMethod

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from wagtail.models import Page, PageViewRestriction, Site
from wagtail.url_routing import RouteResult
from wagtail.views import serve as wagtail_serve

from home.expiry import is_expired
from home.http import page_cache
from home.http.host import has_own_port


def serve(request: HttpRequest, path: str) -> HttpResponse:
    """Serve the page at `path` in the active language with Wagtail's own view and hooks."""
    # Stores the site on the request for the code that follows.
    find_site(request)
    # Wagtail uses this route instead of walking down the tree with two queries for each level. In a language without a live
    # home page, that walk would serve pages of the source language at the wrong address.
    request._wagtail_route_for_request = find_route(request, path)  # type: ignore[attr-defined]  # also set by Wagtail
    return wagtail_serve(request, path)


def find_site(request: HttpRequest) -> Site | None:
    """Return the site of the request from the cache, because Wagtail's query for it is slow."""
    # Wagtail itself uses this attribute for the site.
    site: Site | None = getattr(request, "_wagtail_site", None) or (
        page_cache.cached(f"site-{request.get_host()}", lambda: Site.find_for_request(request))
        if has_own_port(request)
        else Site.find_for_request(request)
    )
    request._wagtail_site = site  # type: ignore[attr-defined]  # where Wagtail keeps it
    return site


def root_path(request: HttpRequest, language_code: str) -> str:
    """Return the `url_path` of a language's home page from the cache; empty if there is none."""
    site = find_site(request)
    return next(
        (
            root.root_path
            for root in Site.get_site_root_paths()
            if site and root.site_id == site.pk and root.language_code == language_code
        ),
        "",
    )


def find_route(request: HttpRequest, path: str) -> RouteResult | None:
    """Return the page at `path` in the active language with the remaining path parts, or None if there is no page.

    The result is cached only for POST requests, such as forms; of other requests, the whole response is cached. Addresses
    that contain values are not cached, because their number is unlimited.
    """
    if request.method != HTTPMethod.POST:
        return _look_up(request, path)

    def may_cache(route: RouteResult | None) -> bool:
        return _has_no_values(route) and has_own_port(request)

    address = hashlib.sha256(f"{request.get_host()}/{get_language()}/{path}".encode()).hexdigest()
    return page_cache.cached(f"route-{address}", lambda: _look_up(request, path), may_cache=may_cache)


def _has_no_values(route: RouteResult | None) -> bool:
    """Return whether the address is that of a page or of its form, and contains no values."""
    return route is not None and not route.args and not route.kwargs


def _specific(page: Page) -> Page:
    """Return the page as an instance of its type, with the related rows in `related_when_served`."""
    model = page.specific_class
    pages = model.objects.all()
    related = getattr(model, "related_when_served", ())
    return (pages.select_related(*related) if related else pages).get(pk=page.pk)


def _with_restrictions(addresses: list[str]) -> QuerySet[Page]:
    """Return the pages at these addresses, from the home page down, each with `is_restricted`.

    The addresses have no index in Wagtail's table, so the slugs are part of the condition, which have one.
    """
    slugs = [address.rstrip("/").rpartition("/")[2] for address in addresses]
    # Wagtail's root page, above the home pages, has depth 1.
    own = PageViewRestriction.objects.filter(Q(page=OuterRef("pk")) | Q(page__depth=1))
    pages: QuerySet[Page] = Page.objects.filter(url_path__in=addresses, slug__in=slugs).select_related("locale")
    pages = pages.only("path", "depth", "url_path", "live", "expire_at", "content_type", "alias_of", "locale")
    return pages.annotate(is_restricted=Exists(own)).order_by("depth")


def _look_up(request: HttpRequest, path: str) -> RouteResult | None:
    root = root_path(request, get_language() or "")
    parts = [part for part in path.split("/") if part]
    addresses = ["/".join([root.rstrip("/"), *parts[:end], ""]) for end in range(len(parts) + 1)]
    found = list(_with_restrictions(addresses)) if root else []
    if not found or found[0].url_path != root or not found[0].live:
        return None
    nearest = found[-1]
    if is_expired(nearest):
        return None
    page = _specific(nearest)
    page.locale = nearest.locale
    page.lineage = found
    # Not for POST: the page with its route is cached for later forms, so the restrictions are read again for each form.
    page.is_known_as_unrestricted = request.method != HTTPMethod.POST and not any(step.is_restricted for step in found)
    try:
        return page.route(request, parts[nearest.depth - found[0].depth :])
    except Http404:
        return None
