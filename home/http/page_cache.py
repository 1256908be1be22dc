"""Cache for the responses of public pages, for visitors without a session.

A response is valid for one *generation* of the content (`generations.py`), until the next time at which the page changes by
itself, such as the start of registration (`home/validity.py`), and for at most PAGE_CACHE_SECONDS. While one process renders
a response again, other visitors get the earlier one, for at most GRACE seconds. While the database does not respond, an
expired response of the same generation is served. Browsers and other caches must revalidate every response (`no-cache` with
an ETag), so they also show changes at once.
"""

from __future__ import annotations

import datetime
import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from django.conf import settings
from django.core.cache import caches
from django.db import DatabaseError, transaction
from django.db.models import Min
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.http import urlencode
from wagtail.models import Page

from home import validity
from home.cache_backends import FailureTolerantCache
from home.frozen import is_frozen
from home.http import generations, request_counts
from home.http.cached_responses import CachedFragment, CachedResponse, ResponsesInMemory
from home.http.host import has_own_port
from home.http.recently_used import RecentlyUsed
from home.http.release import release
from home.http.request_counts import Address
from home.read_once import for_one_response

# Longer than any query string in links of the site.
MAX_QUERY_LENGTH = 100
# Seconds that a response is stored after it has expired, to be served while the database does not respond.
STORED_SECONDS = 24 * 3600
# Seconds after which another process may render a response, because the process that began may have been killed.
RENDERING_SECONDS = 10
# Seconds that a visitor waits for another process to render a response, and seconds between two checks for it.
LONGEST_WAIT, BETWEEN_LOOKS = 2, 0.01

# The name under which the time of the next expiry is cached.
NEXT_EXPIRY = "next-expiry"
# The number of values that each process keeps in memory.
VALUES_IN_MEMORY = 300

Value = TypeVar("Value")
_in_memory = ResponsesInMemory()


def purge(*, is_withdrawal: bool = False) -> None:
    """Invalidate all responses after the current transaction is committed.

    Before the commit, another request would still read the old rows and cache them again. After a withdrawal, such as a
    page that became private, nobody gets an earlier response while the new one is rendered.
    """
    transaction.on_commit(partial(generations.start, is_withdrawal=is_withdrawal))


def mark_cacheable(response: HttpResponse, fragment: CachedFragment | None = None) -> HttpResponse:
    """Let this cache store a response although its headers forbid it to all other caches (`no-store`).

    The response must be the same for everyone, except for the placeholders of `fragment`, which is stored instead of the
    response's content.
    """
    response.is_cacheable = True  # type: ignore[attr-defined]  # read by the middleware
    response.cached_fragment = fragment  # type: ignore[attr-defined]  # an attribute of our own
    return response


def accept_query(request: HttpRequest, values: Mapping[str, object]) -> None:
    """Let this cache store the response although the address has a query string.

    A list view calls it after it has checked that each parameter has one of the values that the list offers. `values` are
    these parameters in the order of the list's own links; None counts as empty. Responses to other query strings are not
    stored: their number is unlimited, and they would displace other pages.
    """
    canonical = {name: "" if value is None else str(value) for name, value in values.items()}
    present = [(name, value) for name, value in canonical.items() if name in request.GET]
    request.has_accepted_query = urlencode(present) == request.META.get("QUERY_STRING", "")  # type: ignore[attr-defined]  # an attribute of our own


@dataclass(frozen=True)
class CachedValue:
    generation: str
    # The time at which the value changes by itself; None if it never does.
    until: datetime.datetime | None
    value: object

    def is_valid(self, generation: str) -> bool:
        return self.generation == generation and (self.until is None or timezone.now() < self.until)


_values_in_memory: RecentlyUsed[CachedValue] = RecentlyUsed(VALUES_IN_MEMORY)


def cached(
    name: str,
    make: Callable[[], Value],
    *,
    may_cache: Callable[[Value], bool] = lambda value: value is not None,
    is_immutable: bool = False,
) -> Value:
    """Return the value of `make()`, cached under `name` until the content changes or the value expires.

    It is cached only if `may_cache` returns True for it. An immutable value is kept in memory, too, where all requests of
    the process share it; other values are read from the cache anew each time.
    """
    if not settings.PAGE_CACHE_SECONDS or is_frozen():
        return make()
    key, generation = f"{name}-{release()}", generations.read().current
    entry = _values_in_memory.get(key) if is_immutable else None
    if not (entry and entry.is_valid(generation)):
        entry = caches["pages"].get(key)
        if entry and is_immutable:
            _values_in_memory.put(key, entry)
    if entry and entry.is_valid(generation):
        validity.changes_at(entry.until)
        found: Value = entry.value  # type: ignore[assignment]  # the cache has no types
        return found
    with validity.collect_change_times() as collected:
        value = make()
        # The value may show any page, and must not show it after it has expired.
        if name != NEXT_EXPIRY:
            validity.changes_at(_next_expiry())
    if may_cache(value):
        caches["pages"].set(key, CachedValue(generation, collected.until, value), settings.PAGE_CACHE_SECONDS)
    return value


def _next_expiry() -> datetime.datetime | None:
    """Return the time at which the next page of the site expires, or None.

    No response is valid longer, because menus, lists and links leave out expired pages. Few pages expire.
    """

    def find() -> datetime.datetime | None:
        pages = Page.objects.filter(live=True, expire_at__gt=timezone.now())
        moment: datetime.datetime | None = pages.aggregate(next=Min("expire_at"))["next"]
        validity.changes_at(moment)
        return moment

    return cached(NEXT_EXPIRY, find, may_cache=lambda moment: True, is_immutable=True)


class PageCacheMiddleware:
    """Serves cached responses and sets `Cache-Control` on all others.

    It must stand before the middleware that sets headers, so that cached responses contain these headers.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not (settings.PAGE_CACHE_SECONDS and _is_public_address(request) and _is_cacheable_request(request)):
            # A form changes what the response reads from the cache.
            with for_one_response() if request.method in {"GET", "HEAD"} else nullcontext():
                return _with_cache_control(request, self.get_response(request))
        lookup = Lookup(request)
        if found := lookup.find():
            request_counts.count(lookup.address)
            return found
        if request.method == "HEAD":
            return self._render(lookup)
        with _single_rendering(lookup.key) as may_render:
            # Another process may have stored the response in the meantime.
            found = lookup.find() if may_render else lookup.find_earlier() or lookup.wait()
            return found or self._render(lookup)

    def _render(self, lookup: Lookup) -> HttpResponseBase:
        request, entry = lookup.request, lookup.entry
        with validity.collect_change_times() as collected, for_one_response():
            response = self.get_response(request)
        if response.status_code == 503 and entry and entry.generation == lookup.generation and not entry.fragment:
            return entry.response(request) or response
        may_store = (
            request.method == "GET"
            and (not request.META.get("QUERY_STRING") or getattr(request, "has_accepted_query", False))
            and _is_cacheable_response(response)
        )
        _with_cache_control(request, response)
        if may_store and isinstance(response, HttpResponse):
            return _store(lookup, response, collected)
        if entry and request.method == "GET":
            lookup.forget()
        return response


class Lookup:
    """The cached entry for a request, and the generation that was current before the response is rendered.

    If the content changes during rendering, the response is stored under the ended generation, so it is not served later.
    """

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.address = Address.of(request)
        self.key = _key(self.address)
        self.generations = generations.read()
        self.entry: CachedResponse | None = _in_memory.get(self.key)
        if not self._is_valid():
            self._read()

    @property
    def generation(self) -> str:
        return self.generations.current

    def find(self) -> HttpResponse | None:
        """Return the valid response from the cache, or None."""
        if not self._is_valid():
            self.generations = generations.read()
            self._read()
        return self.entry.response(self.request) if self.entry and self._is_valid() else None

    def find_earlier(self) -> HttpResponse | None:
        """Return a response that expired at most GRACE seconds ago, or None.

        Visitors get it while another process renders the new response.
        """
        entry, now = self.entry, timezone.now()
        if entry is None or entry.fragment:
            return None
        is_recent = now - entry.valid_until <= datetime.timedelta(seconds=generations.GRACE)
        is_of_now = entry.generation == self.generation or self.generations.is_served(entry.generation, now.timestamp())
        return entry.response(self.request) if is_recent and is_of_now else None

    def wait(self) -> HttpResponse | None:
        """Wait until another process stores the response and return it; None if it stores none within LONGEST_WAIT."""
        end = time.monotonic() + LONGEST_WAIT
        while time.monotonic() < end:
            time.sleep(BETWEEN_LOOKS)
            is_rendered = not caches["pages"].has_key(_rendering_key(self.key))
            found = self.find()
            if found or is_rendered:
                return found
        return None

    def forget(self) -> None:
        """Delete the entry, because the current response of the address must not be cached."""
        caches["pages"].delete(self.key)
        self.entry = None

    def _read(self) -> None:
        self.entry = caches["pages"].get(self.key)
        if self.entry:
            _in_memory.put(self.key, self.entry)

    def _is_valid(self) -> bool:
        entry = self.entry
        return entry is not None and entry.generation == self.generation and timezone.now() < entry.valid_until


def _rendering_key(key: str) -> str:
    return f"rendering-{key}"


@contextmanager
def _single_rendering(key: str) -> Iterator[bool]:
    """Yield True if this process may render the response of `key`. While it does, other processes get False."""
    store = caches["pages"]
    may_render = store.add(_rendering_key(key), 1, RENDERING_SECONDS)
    is_failing = isinstance(store, FailureTolerantCache) and store.is_failing()
    try:
        yield may_render or is_failing
    finally:
        if may_render:
            store.delete(_rendering_key(key))


def _store(lookup: Lookup, response: HttpResponse, collected: validity.Validity) -> HttpResponse:
    """Store the response, and return it as later visitors get it."""
    try:
        expiry = _next_expiry()
    except DatabaseError:  # it has stopped responding since
        return response
    longest = collected.since + datetime.timedelta(seconds=settings.PAGE_CACHE_SECONDS)
    valid_until = min(moment for moment in (longest, collected.until, expiry) if moment)
    entry = CachedResponse.of(response, lookup.generation, valid_until)
    seconds = (valid_until - timezone.now()).total_seconds() + STORED_SECONDS
    caches["pages"].set(lookup.key, entry, seconds)
    _in_memory.put(lookup.key, entry)
    request_counts.count(lookup.address)
    return response if entry.fragment else entry.response(lookup.request) or response


def _is_public_address(request: HttpRequest) -> bool:
    """Return whether the path begins with a language code, unlike the admin, files and addresses for crawlers."""
    return request.path_info.split("/", 2)[1] in dict(settings.LANGUAGES)


def _has_session(request: HttpRequest) -> bool:
    return settings.SESSION_COOKIE_NAME in request.COOKIES or "HTTP_AUTHORIZATION" in request.META


def _is_cacheable_request(request: HttpRequest) -> bool:
    """Return whether the response depends only on the address. Wagtail marks requests for previews as dummies."""
    return (
        request.method in {"GET", "HEAD"}
        and not is_frozen()
        and not _has_session(request)
        and not getattr(request, "is_dummy", False)
        and _is_short_known_query(request)
        and has_own_port(request)
    )


def _is_short_known_query(request: HttpRequest) -> bool:
    query = request.META.get("QUERY_STRING", "")
    return not query or (len(query) <= MAX_QUERY_LENGTH and set(request.GET) <= settings.PAGE_CACHE_PARAMETERS)


def _key(address: Address) -> str:
    text = f"{release()}\n{address.scheme}\n{address.host}\n{address.path}"
    return hashlib.sha256(text.encode()).hexdigest()


def _is_cacheable_response(response: HttpResponseBase) -> bool:
    if getattr(response, "cached_fragment", None):
        return response.status_code == 200
    return (
        response.status_code == 200
        and not response.streaming
        # A CSRF token in a page also sets a cookie.
        and not response.cookies
        and not response.has_header("Vary")
        # Views that set Cache-Control themselves decide about caching.
        and (getattr(response, "is_cacheable", False) or not response.has_header("Cache-Control"))
    )


def _with_cache_control(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    if not (response.has_header("Cache-Control") or response.streaming):
        is_personal = _has_session(request) or response.cookies or getattr(request, "is_dummy", False)
        response["Cache-Control"] = "private, no-store" if is_personal else "no-cache"
    return response
