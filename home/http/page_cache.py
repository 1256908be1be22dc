"""Answers of public pages, kept for visitors without a session until content or the clock changes.

An answer is kept with a stamp made of the site's *generation* and the present minute. A change of content begins a new
generation, in every process at once; a new minute shows what the clock has changed. Browsers and other caches are told
to ask each time (`no-cache` with an ETag), so a change reaches them as well.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar
from uuid import uuid4

from django.conf import settings
from django.core.cache import cache, caches
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import set_response_etag

GENERATION_KEY = "page-cache-generation"
# Longer than any query that a page of ours links to.
LONGEST_QUERY = 100


Kept = TypeVar("Kept")


class CachedFragment(Protocol):
    """An answer with blanks in it, which are filled in for each visitor. It is kept pickled."""

    def fill(self, request: HttpRequest) -> HttpResponse | None:
        """Return the answer for one visitor, or None when it has to be made anew."""


@dataclass(frozen=True)
class Answer:
    stamp: str
    headers: dict[str, str]
    content: bytes
    blanks: CachedFragment | None = None

    def response(self, request: HttpRequest) -> HttpResponse | None:
        if self.blanks is None:
            return HttpResponse(self.content, headers=self.headers)
        response = self.blanks.fill(request)
        if response is not None:
            for name, value in self.headers.items():
                response.setdefault(name, value)
        return response


def purge() -> None:
    """Forget every answer, once the running transaction is committed: a reader before that would keep the old rows."""
    transaction.on_commit(_begin_generation)


def _begin_generation() -> None:
    cache.set(GENERATION_KEY, uuid4().hex, None)


def stamp() -> str:
    """Return what changes with the content and with the clock."""
    generation = cache.get_or_set(GENERATION_KEY, lambda: uuid4().hex, None)
    return f"{generation}:{int(time.time()) // settings.PAGE_CACHE_SECONDS}"


def mark_cacheable(response: HttpResponse, blanks: CachedFragment | None = None) -> HttpResponse:
    """Let this cache keep an answer that no other may keep (`no-store`).

    It has to be the same for everybody, but for the `blanks`: with them, they are kept instead of what `response` says.
    """
    response.is_kept_here = True  # type: ignore[attr-defined]  # marks for the middleware
    response.blanks = blanks  # type: ignore[attr-defined]
    return response


def cached(name: str, make: Callable[[], Kept]) -> Kept:
    """Return what `make` returns, kept under `name` until content or the clock changes. None is not kept."""
    if not settings.PAGE_CACHE_SECONDS:
        return make()
    now = stamp()
    kept = caches["pages"].get(name)
    if kept is not None and kept[0] == now:
        found: Kept = kept[1]
        return found
    made = make()
    if made is not None:
        caches["pages"].set(name, (now, made), settings.PAGE_CACHE_SECONDS)
    return made


class PageCacheMiddleware:
    """Answers from the cache where the answer is the same for everybody, and says how long others may keep it.

    Stands around the middleware that set headers: what is kept has them already.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not (settings.PAGE_CACHE_SECONDS and _is_public_address(request) and _is_plain(request)):
            return _with_cache_control(request, self.get_response(request))
        # The stamp is read first: content that changes meanwhile is kept under the generation before it.
        now, key = stamp(), _key(request)
        kept = caches["pages"].get(key)
        if kept and kept.stamp == now and (answer := kept.response(request)):
            return answer
        response = self.get_response(request)
        is_kept = request.method == "GET" and _is_the_same_for_everybody(response)
        _with_cache_control(request, response)
        if is_kept and isinstance(response, HttpResponse):
            caches["pages"].set(key, _to_keep(response, now), settings.PAGE_CACHE_SECONDS)
        return response


def _to_keep(response: HttpResponse, now: str) -> Answer:
    blanks: CachedFragment | None = getattr(response, "blanks", None)
    if blanks is None:
        set_response_etag(response)
        return Answer(now, dict(response.items()), response.content)
    headers = {name: value for name, value in response.items() if name != "Content-Length"}
    return Answer(now, headers, b"", blanks)


def _is_public_address(request: HttpRequest) -> bool:
    """Tell whether the path stands below a language: the editor's side, files and machines' addresses do not."""
    return request.path_info.split("/", 2)[1] in dict(settings.LANGUAGES)


def _has_session(request: HttpRequest) -> bool:
    return settings.SESSION_COOKIE_NAME in request.COOKIES or "HTTP_AUTHORIZATION" in request.META


def _is_plain(request: HttpRequest) -> bool:
    """Tell whether the address alone decides about the answer. Wagtail marks the requests of previews as dummies."""
    return (
        request.method in {"GET", "HEAD"}
        and not _has_session(request)
        and not getattr(request, "is_dummy", False)
        and len(request.META.get("QUERY_STRING", "")) <= LONGEST_QUERY
        and set(request.GET) <= settings.PAGE_CACHE_PARAMETERS
    )


def _key(request: HttpRequest) -> str:
    # The host is checked here, before it can fill the cache.
    address = "\n".join([request.scheme or "", request.get_host(), request.get_full_path()])
    return hashlib.sha256(address.encode()).hexdigest()


def _is_the_same_for_everybody(response: HttpResponseBase) -> bool:
    if getattr(response, "blanks", None):
        return response.status_code == 200
    return (
        response.status_code == 200
        and not response.streaming
        # The token of a form is a cookie, too.
        and not response.cookies
        and not response.has_header("Vary")
        # A view that says how long its answer may be kept knows why.
        and (getattr(response, "is_kept_here", False) or not response.has_header("Cache-Control"))
    )


def _with_cache_control(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    if not (response.has_header("Cache-Control") or response.streaming):
        is_personal = _has_session(request) or response.cookies or getattr(request, "is_dummy", False)
        response["Cache-Control"] = "private, no-store" if is_personal else "no-cache"
    return response
