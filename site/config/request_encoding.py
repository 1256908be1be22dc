"""Reads all requests as UTF-8, which is what browsers send, whatever encoding they state."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar
from wsgiref.types import StartResponse

Response = TypeVar("Response")

# Of `Content-Type`, with its separator.
CHARSET = re.compile(r";\s*charset[^;]*", re.IGNORECASE)


def reads_utf8(
    application: Callable[[dict[str, Any], StartResponse], Response],
) -> Callable[[dict[str, Any], StartResponse], Response]:
    """Return the WSGI application, which no longer gets the encoding that a request states in `Content-Type`.

    Django decodes parameters and forms with it, before any middleware runs. Some of Python's encodings are not for text, and
    some take a time that grows with the square of the length.
    """

    def call(environ: dict[str, Any], start_response: StartResponse) -> Response:
        if content_type := environ.get("CONTENT_TYPE"):
            environ["CONTENT_TYPE"] = CHARSET.sub("", content_type)
        return application(environ, start_response)

    return call
