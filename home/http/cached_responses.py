"""Responses as the page cache keeps them: compressed once, and in the memory of the process that serves them most."""

from __future__ import annotations

import datetime
import gzip
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

import brotli
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers, set_response_etag

from home.http.compression import TEXTS

# About as fast as gzip at its usual level, and a sixth smaller.
BROTLI_QUALITY = 5
GZIP_LEVEL = 6
# Shorter texts become hardly shorter.
SHORTEST_TEXT = 200
# Content codings, the best first. The empty one is the plain content.
CODINGS = ("br", "gzip", "")
# Bytes of responses that each process keeps in its memory.
MEMORY = 4 * 1024 * 1024


class CachedFragment(Protocol):
    """A response with placeholders, which are filled in for each visitor. It is stored pickled."""

    def fill(self, request: HttpRequest) -> HttpResponse | None:
        """Return the response for one visitor, or None if it has to be made again."""


@dataclass(frozen=True)
class CachedResponse:
    """A response of one generation of the content."""

    generation: str
    valid_until: datetime.datetime
    headers: dict[str, str]
    # The content by coding. What is kept compressed is not kept plain, too; `headers` are those of the plain content.
    contents: dict[str, bytes] = field(default_factory=dict)
    fragment: CachedFragment | None = None

    @classmethod
    def of(cls, response: HttpResponse, generation: str, valid_until: datetime.datetime) -> CachedResponse:
        fragment: CachedFragment | None = getattr(response, "cached_fragment", None)
        if fragment is not None:
            headers = {name: value for name, value in response.items() if name != "Content-Length"}
            return cls(generation, valid_until, headers, fragment=fragment)
        set_response_etag(response)
        contents = compressed(response)
        if len(contents) > 1:
            patch_vary_headers(response, ["Accept-Encoding"])
        headers = dict(response.items())
        headers.pop("Content-Length", None)
        return cls(generation, valid_until, headers, contents)

    def response(self, request: HttpRequest) -> HttpResponse | None:
        """Return the response for a visitor, or None if it has to be made again."""
        if self.fragment is None:
            return self._answer(best_coding(request.META.get("HTTP_ACCEPT_ENCODING", "")))
        response = self.fragment.fill(request)
        if response is not None:
            for name, value in self.headers.items():
                response.setdefault(name, value)
        return response

    def _answer(self, accepted: tuple[str, ...]) -> HttpResponse:
        coding = next((coding for coding in accepted if coding in self.contents), "")
        content = self.contents.get(coding)
        if content is None:
            content = gzip.decompress(self.contents["gzip"])
        response = HttpResponse(content, headers=self.headers)
        response["Content-Length"] = str(len(content))
        if coding:
            response["Content-Encoding"] = coding
            # Weak, as Django marks a compressed response: a browser that has one coding of it needs no other.
            response["ETag"] = f"W/{self.headers['ETag']}"
        return response

    @property
    def size(self) -> int:
        return sum(map(len, self.contents.values()))


def compressed(response: HttpResponse) -> dict[str, bytes]:
    """Return the content of the response by coding: as it is, or compressed if it is a text.

    Unlike in other responses there is no padding against BREACH: a kept response has nothing secret, and nothing that
    the request chooses freely.
    """
    content = response.content
    is_text = response.get("Content-Type", "").startswith(TEXTS) and not response.has_header("Content-Encoding")
    if not is_text or len(content) < SHORTEST_TEXT:
        return {"": content}
    return {
        "br": brotli.compress(content, mode=brotli.MODE_TEXT, quality=BROTLI_QUALITY),
        "gzip": gzip.compress(content, GZIP_LEVEL, mtime=0),
    }


@lru_cache(maxsize=256)
def best_coding(accept_encoding: str) -> tuple[str, ...]:
    """Return those of CODINGS that a client accepts by its header `Accept-Encoding`, the best first (RFC 9110)."""
    weights: dict[str, bool] = {}
    for part in accept_encoding.lower().split(","):
        name, _separator, parameter = part.partition(";")
        weight = parameter.replace(" ", "").removeprefix("q=")
        weights[name.strip()] = not weight or weight.strip("0.") != ""
    others = weights.get("*", False)
    return tuple(coding for coding in CODINGS if not coding or weights.get(coding, others))


class ResponsesInMemory:
    """The responses that a process served last. It may lose any of them: they are in the page cache as well."""

    def __init__(self, limit: int = MEMORY) -> None:
        self._limit = limit
        self._size = 0
        self._lock = threading.Lock()
        self._responses: OrderedDict[str, CachedResponse] = OrderedDict()

    def get(self, key: str) -> CachedResponse | None:
        with self._lock:
            if key in self._responses:
                self._responses.move_to_end(key)
            return self._responses.get(key)

    def put(self, key: str, response: CachedResponse) -> None:
        # A fragment belongs to a form that changes with each registration, and is seldom asked for.
        if response.fragment is not None or response.size > self._limit // 8:
            return
        with self._lock:
            self._remove(key)
            self._responses[key] = response
            self._size += response.size
            while self._size > self._limit:
                self._remove(next(iter(self._responses)))

    def _remove(self, key: str) -> None:
        removed = self._responses.pop(key, None)
        if removed is not None:
            self._size -= removed.size
