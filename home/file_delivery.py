"""Serves a stored file over HTTP: whole, a range of it, or 304 if the client has it already."""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.core.files import File
from django.core.files.storage import Storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, parse_http_date_safe

logger = logging.getLogger(__name__)

CHUNK = 64 * 1024
# A single range (RFC 9110, section 14.1.2). For several ranges the whole file is sent, which the RFC allows. Numbers with
# more digits are larger than any file.
SINGLE_RANGE = re.compile(r"^bytes=([0-9]{0,15})-([0-9]{0,15})$")
LONGEST_NAME = 120
# The content of a file must not run scripts in the origin of the site.
POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"


@dataclass(frozen=True)
class Content:
    """A stored file and the values of its headers. `digest` changes only when the content changes; `size` is in bytes."""

    storage: Storage
    name: str
    size: int
    digest: str
    media_type: str
    modified: datetime

    @property
    def etag(self) -> str:
        return f'"{self.digest[:32]}"'


def readable_name(*parts: str, extension: str) -> str:
    """Return a file name that keeps letters of any script and drops characters that file systems do not allow."""
    joined = unicodedata.normalize("NFC", " – ".join(part for part in parts if part))
    kept = "".join(
        " " if character in '\\/:*?"<>|' or not character.isprintable() else character for character in joined
    )
    stem = " ".join(kept.split()).strip(". ")[:LONGEST_NAME].strip(". ")
    return f"{stem or 'file'}.{extension}"


@contextmanager
def lost_files_are_not_found() -> Iterator[None]:
    """Raise Http404 if the storage does not have a file that is in the database, and log it for the administrator."""
    try:
        yield
    except FileNotFoundError as error:
        logger.exception("a stored file is lost")
        raise Http404("the file is lost") from error


def deliver(request: HttpRequest, content: Content, headers: dict[str, str]) -> HttpResponseBase:
    """Respond to a GET or HEAD request for a file with status 200, 206, 304, 412 or 416. `headers` are set on all of them.

    Raises Http404 if the storage has lost the file.
    """
    modified = int(content.modified.timestamp())
    known = get_conditional_response(request, etag=content.etag, last_modified=modified)
    with lost_files_are_not_found():
        response = _content_response(request, content, modified) if known is None else known
    response.headers.setdefault("ETag", content.etag)
    response.headers.setdefault("Last-Modified", http_date(modified))
    response["Accept-Ranges"] = "bytes"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = POLICY
    for name, value in headers.items():
        response[name] = value
    return response


def _content_response(request: HttpRequest, content: Content, modified: int) -> HttpResponseBase:
    wanted = _range(request, content, modified)
    if wanted == UNSATISFIABLE:
        response: HttpResponseBase = HttpResponse(status=416, content_type=content.media_type)
        response["Content-Range"] = f"bytes */{content.size}"
        return response
    if wanted is None:
        if request.method == "HEAD":
            response = HttpResponse(content_type=content.media_type)
        elif hasattr(content.storage, "stream"):
            whole = content.storage.stream(content.name)
            response = StreamingHttpResponse(whole, content_type=content.media_type)
        else:
            response = FileResponse(content.storage.open(content.name), content_type=content.media_type)
        response["Content-Length"] = str(content.size)
        return response
    first, last = wanted
    response = StreamingHttpResponse(_part(content, first, last), status=206, content_type=content.media_type)
    response["Content-Range"] = f"bytes {first}-{last}/{content.size}"
    response["Content-Length"] = str(last - first + 1)
    return response


def _part(content: Content, first: int, last: int) -> Iterable[bytes]:
    """Return the bytes from `first` to `last`. A storage on another server sends only these bytes."""
    if hasattr(content.storage, "stream"):
        part: Iterable[bytes] = content.storage.stream(content.name, first, last)
        return part
    return _Range(content.storage.open(content.name), first, last - first + 1)


UNSATISFIABLE = (-1, -1)


def _range(request: HttpRequest, content: Content, modified: int) -> tuple[int, int] | None:
    """Return the first and last byte of the requested range, None for the whole file, or UNSATISFIABLE."""
    match = SINGLE_RANGE.match(request.headers.get("Range", "").strip())
    if request.method != "GET" or not match or match.group() == "bytes=-" or not _if_range(request, content, modified):
        return None
    start, end = match.groups()
    if not start:  # "bytes=-500": the last 500 bytes
        length = min(int(end), content.size)
        return (content.size - length, content.size - 1) if length else UNSATISFIABLE
    first = int(start)
    last = min(int(end), content.size - 1) if end else content.size - 1
    if end and int(end) < first:
        return None
    return (first, last) if first < content.size else UNSATISFIABLE


def _if_range(request: HttpRequest, content: Content, modified: int) -> bool:
    """Return whether the If-Range header matches the current version of the file, or is missing."""
    condition = request.headers.get("If-Range", "").strip()
    if not condition:
        return True
    if condition.startswith('"'):
        return condition == content.etag
    # The header is a date. A weak ETag cannot be parsed as a date, so it never matches, as RFC 9110 requires.
    return parse_http_date_safe(condition) == modified


class _Range:
    """Iterates over a part of an open file. Django closes the file with the response."""

    def __init__(self, file: File, first: int, length: int) -> None:
        self.file = file
        self.length = length
        file.seek(first)

    def __iter__(self) -> Iterator[bytes]:
        while self.length > 0 and (chunk := self.file.read(min(CHUNK, self.length))):
            self.length -= len(chunk)
            yield chunk

    def close(self) -> None:
        self.file.close()
