"""Responses in the form in which the page cache stores them, and a small cache of them in the memory of each process."""

from __future__ import annotations

import datetime
import gzip
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

import brotli
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers, set_response_etag

from home.http.compression import TEXTS
from home.http.recently_used import RecentlyUsed

# About as fast as gzip at its usual level, and the result is a sixth smaller.
BROTLI_QUALITY = 5
GZIP_LEVEL = 6
# Bytes. Compression makes shorter texts hardly smaller.
SHORTEST_TEXT = 200
# Content codings, best first. The empty string means uncompressed.
CODINGS = ("br", "gzip", "")
# The bytes of responses that each process keeps in memory.
MEMORY = 4 * 1024 * 1024


class CachedFragment(Protocol):
    """A stored response with placeholders that are filled for each visitor. It is pickled, so its data must allow that."""

    def fill(self, request: HttpRequest) -> HttpResponse | None:
        """Return the response for a visitor, or None if the stored data is outdated and the page must be rendered."""


@dataclass(frozen=True)
class CachedResponse:
    """A stored response. It belongs to one generation of the content."""

    generation: str
    valid_until: datetime.datetime
    headers: dict[str, str]
    # The content by coding. Compressed content is not also stored uncompressed; `headers` are those of the uncompressed
    # content.
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
        """Return the response for a visitor, or None if the page must be rendered again."""
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
            # A weak ETag, as Django sets it on compressed responses: the other codings of the same content count as equal.
            response["ETag"] = f"W/{self.headers['ETag']}"
        return response

    @property
    def size(self) -> int:
        return sum(map(len, self.contents.values()))


def compressed(response: HttpResponse) -> dict[str, bytes]:
    """Return the content by coding: compressed if it is a text that is long enough, else unchanged.

    Unlike other responses, these have no padding against BREACH: they contain nothing secret, and no text that the request
    chooses freely.
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
    """Return the codings of CODINGS that the header `Accept-Encoding` of a client allows, best first (RFC 9110)."""
    weights: dict[str, bool] = {}
    for part in accept_encoding.lower().split(","):
        name, _separator, parameter = part.partition(";")
        weight = parameter.replace(" ", "").removeprefix("q=")
        weights[name.strip()] = not weight or weight.strip("0.") != ""
    others = weights.get("*", False)
    return tuple(coding for coding in CODINGS if not coding or weights.get(coding, others))


class ResponsesInMemory(RecentlyUsed[CachedResponse]):
    """The most recently served responses of a process. The page cache has them as well."""

    def __init__(self, limit: int = MEMORY) -> None:
        super().__init__(limit, lambda response: response.size)

    def put(self, key: str, response: CachedResponse) -> None:
        # Do not store fragments: they belong to forms, which change with each registration and are seldom requested.
        if response.fragment is None and response.size <= self._limit // 8:
            super().put(key, response)
