"""Cache for the responses of public pages, served to visitors without a session.

A cached response is valid for one *generation* of the content and until the next moment at which the time changes it
(`home/validity.py`), such as the start of registration, but at most PAGE_CACHE_SECONDS. A change of content starts a new
generation in all processes at once. While the database does not respond, a response of the same generation that is no longer
valid is served. Browsers and other caches must revalidate each time (`no-cache` with an ETag), so they see a change as well.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar
from uuid import uuid4

from django.conf import settings
from django.core.cache import cache, caches
from django.db import DatabaseError, transaction
from django.db.models import Min
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import set_response_etag
from django.utils.http import urlencode
from wagtail.models import Page

from home import validity
from home.cache_backends import FailureTolerantCache
from home.http.release import release

GENERATION_KEY = "page-cache-generation"
# Longer than any query string that the site itself links to.
MAX_QUERY_LENGTH = 100
# Seconds that a response is stored after it was valid: as long as the site can do without its database.
STORED_SECONDS = 24 * 3600

Value = TypeVar("Value")


class CachedFragment(Protocol):
    """A response with placeholders, which are filled in for each visitor. It is stored pickled."""

    def fill(self, request: HttpRequest) -> HttpResponse | None:
        """Return the response for one visitor, or None if it has to be made again."""


@dataclass(frozen=True)
class CachedResponse:
    generation: str
    valid_until: datetime.datetime
    headers: dict[str, str]
    content: bytes
    fragment: CachedFragment | None = None

    def response(self, request: HttpRequest) -> HttpResponse | None:
        if self.fragment is None:
            return HttpResponse(self.content, headers=self.headers)
        response = self.fragment.fill(request)
        if response is not None:
            for name, value in self.headers.items():
                response.setdefault(name, value)
        return response


def purge() -> None:
    """Invalidate all responses after the current transaction is committed.

    Before the commit, another request would still read the old rows and cache them again.
    """
    transaction.on_commit(start_generation)


def start_generation() -> None:
    """Invalidate all responses at once."""
    cache.set(GENERATION_KEY, uuid4().hex, None)


def current_generation() -> str:
    """Return a text that changes with the content.

    While the cache fails, a new generation may not have reached it: then each call returns another text.
    """
    if isinstance(cache, FailureTolerantCache) and cache.is_failing():
        return uuid4().hex
    generation: str = cache.get_or_set(GENERATION_KEY, lambda: uuid4().hex, None)
    return generation


def mark_cacheable(response: HttpResponse, fragment: CachedFragment | None = None) -> HttpResponse:
    """Let this cache store a response although its headers tell all other caches not to (`no-store`).

    The response must be the same for everybody, except for the placeholders of `fragment`, which is stored instead of
    the response's content.
    """
    response.is_cacheable = True  # type: ignore[attr-defined]  # read by the middleware
    response.cached_fragment = fragment  # type: ignore[attr-defined]
    return response


def accept_query(request: HttpRequest, values: Mapping[str, object]) -> None:
    """Let this cache store the response to the query string of the request.

    A list calls it once it has found that each of its parameters has one of the values that it offers itself. `values`
    are these parameters in the order of the list's own links; empty ones may be None. Otherwise the response is not
    stored: there would be no end of query strings, and they would displace other pages.
    """
    canonical = {name: "" if value is None else str(value) for name, value in values.items()}
    asked = [(name, value) for name, value in canonical.items() if name in request.GET]
    request.has_accepted_query = urlencode(asked) == request.META.get("QUERY_STRING", "")  # type: ignore[attr-defined]


@dataclass(frozen=True)
class CachedValue:
    generation: str
    # When the time changes the value; None if it never does.
    until: datetime.datetime | None
    value: object


def cached(
    name: str, make: Callable[[], Value], *, may_cache: Callable[[Value], bool] = lambda value: value is not None
) -> Value:
    """Return the value of `make()`, cached under `name` until content or time change it.

    It is cached only if `may_cache` returns True for it.
    """
    if not settings.PAGE_CACHE_SECONDS:
        return make()
    key, generation = f"{name}-{release()}", current_generation()
    entry: CachedValue | None = caches["pages"].get(key)
    if entry and entry.generation == generation and (entry.until is None or timezone.now() < entry.until):
        validity.changes_at(entry.until)
        found: Value = entry.value  # type: ignore[assignment]  # the cache has no types
        return found
    with validity.collected() as collected:
        value = make()
    if may_cache(value):
        caches["pages"].set(key, CachedValue(generation, collected.until, value), settings.PAGE_CACHE_SECONDS)
    return value


def _next_expiry() -> datetime.datetime | None:
    """Return the next moment at which a page of the site expires.

    No response is valid beyond it: menus, lists and links leave an expired page out, and the site has few that expire.
    """

    def find() -> datetime.datetime | None:
        pages = Page.objects.filter(live=True, expire_at__gt=timezone.now())
        moment: datetime.datetime | None = pages.aggregate(next=Min("expire_at"))["next"]
        validity.changes_at(moment)
        return moment

    return cached("next-expiry", find, may_cache=lambda moment: True)


class PageCacheMiddleware:
    """Serves cached responses and sets `Cache-Control` on all others.

    It must stand before the middleware that sets headers, so that cached responses contain these headers.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not (settings.PAGE_CACHE_SECONDS and _is_public_address(request) and _is_cacheable_request(request)):
            return _with_cache_control(request, self.get_response(request))
        # The generation is read first: if content changes meanwhile, the response is stored under the old one.
        generation, key = current_generation(), _key(request)
        entry: CachedResponse | None = caches["pages"].get(key)
        if entry and entry.generation != generation:
            entry = None
        if entry and timezone.now() < entry.valid_until and (cached_response := entry.response(request)):
            return cached_response
        with validity.collected() as collected:
            response = self.get_response(request)
        if response.status_code == 503 and entry and (earlier := _earlier_response(request, entry)):
            return earlier
        may_store = (
            request.method == "GET"
            and (not request.META.get("QUERY_STRING") or getattr(request, "has_accepted_query", False))
            and _is_cacheable_response(response)
        )
        _with_cache_control(request, response)
        if may_store and isinstance(response, HttpResponse):
            _store(key, response, generation, collected)
        return response


def _earlier_response(request: HttpRequest, entry: CachedResponse) -> HttpResponse | None:
    """Return a response that is no longer valid. One with placeholders needs the database."""
    return None if entry.fragment else entry.response(request)


def _store(key: str, response: HttpResponse, generation: str, collected: validity.Validity) -> None:
    try:
        expiry = _next_expiry()
    except DatabaseError:  # it has stopped responding since
        return
    longest = collected.since + datetime.timedelta(seconds=settings.PAGE_CACHE_SECONDS)
    valid_until = min(moment for moment in (longest, collected.until, expiry) if moment)
    seconds = (valid_until - timezone.now()).total_seconds() + STORED_SECONDS
    caches["pages"].set(key, _entry(response, generation, valid_until), seconds)


def _entry(response: HttpResponse, generation: str, valid_until: datetime.datetime) -> CachedResponse:
    fragment: CachedFragment | None = getattr(response, "cached_fragment", None)
    if fragment is None:
        set_response_etag(response)
        return CachedResponse(generation, valid_until, dict(response.items()), response.content)
    headers = {name: value for name, value in response.items() if name != "Content-Length"}
    return CachedResponse(generation, valid_until, headers, b"", fragment)


def _is_public_address(request: HttpRequest) -> bool:
    """Return whether the path starts with a language, unlike the admin, files and addresses for crawlers."""
    return request.path_info.split("/", 2)[1] in dict(settings.LANGUAGES)


def _has_session(request: HttpRequest) -> bool:
    return settings.SESSION_COOKIE_NAME in request.COOKIES or "HTTP_AUTHORIZATION" in request.META


def _is_cacheable_request(request: HttpRequest) -> bool:
    """Return whether the response to the request depends on the address alone. Wagtail marks preview requests as dummies."""
    return (
        request.method in {"GET", "HEAD"}
        and not _has_session(request)
        and not getattr(request, "is_dummy", False)
        and len(request.META.get("QUERY_STRING", "")) <= MAX_QUERY_LENGTH
        and set(request.GET) <= settings.PAGE_CACHE_PARAMETERS
    )


def _key(request: HttpRequest) -> str:
    # get_host() raises for an unknown host, which must not fill the cache.
    address = "\n".join([release(), request.scheme or "", request.get_host(), request.get_full_path()])
    return hashlib.sha256(address.encode()).hexdigest()


def _is_cacheable_response(response: HttpResponseBase) -> bool:
    if getattr(response, "cached_fragment", None):
        return response.status_code == 200
    return (
        response.status_code == 200
        and not response.streaming
        # A CSRF token sets a cookie, too.
        and not response.cookies
        and not response.has_header("Vary")
        # A view that sets Cache-Control itself decides about caching.
        and (getattr(response, "is_cacheable", False) or not response.has_header("Cache-Control"))
    )


def _with_cache_control(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    if not (response.has_header("Cache-Control") or response.streaming):
        is_personal = _has_session(request) or response.cookies or getattr(request, "is_dummy", False)
        response["Cache-Control"] = "private, no-store" if is_personal else "no-cache"
    return response
