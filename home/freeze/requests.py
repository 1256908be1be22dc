"""Calls the WSGI application in this process to get the responses that a visitor would get."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.storage import default_storage
from django.core.handlers.wsgi import WSGIHandler

# A robot, so that downloads are not counted.
USER_AGENT = "freeze-bot"
# The path of scaled images in the copy, including those of a bucket with an address of its own.
MEDIA_PATH = "/media/"


@dataclass(frozen=True)
class Answer:
    status: int
    # The names are in lower case.
    headers: dict[str, str]
    body: bytes

    @property
    def type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip()


class Site:
    """Returns the responses of the site at its public address. Reads static and media files directly from their storage."""

    def __init__(self, address: str) -> None:
        self._address = urlsplit(address)
        self._application = WSGIHandler()

    def get(self, path: str) -> Answer:
        """Return the response to a path, which may have a query string."""
        plain = unquote(path.partition("?")[0])
        if plain.startswith(settings.STATIC_URL):
            return _file_answer(plain, _static_file(plain.removeprefix(settings.STATIC_URL)))
        if plain.startswith(MEDIA_PATH):
            return _file_answer(plain, _media_file(plain.removeprefix(MEDIA_PATH)))
        return self._ask(path)

    def _ask(self, path: str) -> Answer:
        found: dict[str, Any] = {}

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> None:
            found["status"] = int(status.split(maxsplit=1)[0])
            found["headers"] = {name.lower(): value for name, value in headers}

        result = self._application(self._environ(path), start_response)  # type: ignore[arg-type]  # without `write`
        try:
            body = b"".join(result)
        finally:
            close = getattr(result, "close", None)
            if close is not None:
                close()
        return Answer(found["status"], found["headers"], body)

    def _environ(self, path: str) -> dict[str, Any]:
        plain, _mark, query = path.partition("?")
        scheme, host = self._address.scheme, self._address.hostname or ""
        return {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            # WSGI requires the bytes of the path decoded as Latin-1.
            "PATH_INFO": unquote(plain, "latin-1") if "%" in plain else plain.encode().decode("latin-1"),
            "QUERY_STRING": query,
            "SERVER_NAME": host,
            "SERVER_PORT": str(self._address.port or (443 if scheme == "https" else 80)),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": self._address.netloc,
            "HTTP_USER_AGENT": USER_AGENT,
            "HTTP_X_FORWARDED_PROTO": scheme,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": scheme,
            "wsgi.input": BytesIO(),
            "wsgi.errors": BytesIO(),
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }


def _file_answer(path: str, content: bytes | None) -> Answer:
    if content is None:
        return Answer(404, {}, b"")
    kind, _encoding = mimetypes.guess_type(path)
    return Answer(200, {"content-type": kind or "application/octet-stream"}, content)


def _static_file(name: str) -> bytes | None:
    try:
        if staticfiles_storage.exists(name):
            with staticfiles_storage.open(name) as file:
                return bytes(file.read())
    except OSError:
        return None
    # If `collectstatic` has not run, as in development, find the file in its app.
    found = finders.find(name)
    if not isinstance(found, str):
        return None
    with open(found, "rb") as source:  # noqa: PTH123  (a path from the finder)
        return source.read()


def _media_file(name: str) -> bytes | None:
    try:
        with default_storage.open(name) as file:
            return bytes(file.read())
    except OSError:
        return None


def quoted(path: str) -> str:
    """Return a path percent-encoded in one way, so that paths can be compared."""
    plain, mark, query = path.partition("?")
    return quote(unquote(plain), safe="/:@!$&'()*+,;=~-._") + mark + query
