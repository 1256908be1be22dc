"""Gives code without a request argument, such as signal receivers and model methods, access to the current request."""

from __future__ import annotations

from contextvars import ContextVar

from django.http import HttpRequest

_current: ContextVar[HttpRequest | None] = ContextVar("current_request", default=None)


def current_request() -> HttpRequest | None:
    """Return the request that this thread handles, or None in commands and background tasks."""
    return _current.get()


def set_current_request(request: HttpRequest | None) -> None:
    _current.set(request)
