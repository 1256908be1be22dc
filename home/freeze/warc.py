"""Writes the responses of the site to a WARC file (ISO 28500), the format of web archives and national libraries."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from io import BytesIO
from pathlib import Path

from django.conf import settings
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from home.freeze.requests import MEDIA_PATH, Answer

# Headers that are left out: they are about one connection, or wrong for a body that is stored uncompressed.
LEFT_OUT = {"connection", "content-encoding", "content-length", "transfer-encoding", "x-request-id"}


class WebArchive:
    """An open WARC file. The addresses in it are those of the live site."""

    def __init__(self, writer: WARCWriter, origin: str, media_url: str) -> None:
        self._writer = writer
        self._origin, self._media_url = origin, media_url

    def add(self, path: str, answer: Answer) -> None:
        """Add the response to a GET request."""
        headers = [(name.title(), value) for name, value in answer.headers.items() if name not in LEFT_OUT]
        headers.append(("Content-Length", str(len(answer.body))))
        status = f"{answer.status} {HTTPStatus(answer.status).phrase}"
        record = self._writer.create_warc_record(
            self._address(path),
            "response",
            payload=BytesIO(answer.body),
            http_headers=StatusAndHeaders(status, headers, protocol="HTTP/1.1"),
        )
        self._writer.write_record(record)

    def _address(self, path: str) -> str:
        if self._media_url and path.startswith(MEDIA_PATH):
            return self._media_url + path.removeprefix(MEDIA_PATH)
        return self._origin + path


@contextmanager
def web_archive(file: Path, origin: str, media_url: str) -> Iterator[WebArchive]:
    """Create a WARC file with compressed records. It gets its final name when the block ends.

    Raises FileExistsError if there is a file with this name already.
    """
    if file.exists():
        raise FileExistsError(file)
    unfinished = file.with_name(f"{file.name}.unfinished")
    try:
        with unfinished.open("wb") as target:
            writer = WARCWriter(target, gzip=True)
            about = {
                "software": f"manage.py freeze, version {settings.RELEASE}",
                "format": "WARC File Format 1.0",
                "description": f"The public pages of {origin}, {datetime.datetime.now(datetime.UTC):%Y-%m-%d}",
            }
            writer.write_record(writer.create_warcinfo_record(file.name, about))
            yield WebArchive(writer, origin, media_url)
        unfinished.rename(file)
    finally:
        unfinished.unlink(missing_ok=True)
