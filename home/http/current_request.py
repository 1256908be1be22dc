"""The request that is being answered, for code that is called without it: receivers of signals, methods of models."""

from __future__ import annotations

from contextvars import ContextVar

from django.http import HttpRequest

_current: ContextVar[HttpRequest | None] = ContextVar("current_request", default=None)


def current_request() -> HttpRequest | None:
    """Return the request that is being answered, or None in commands and background tasks."""
    return _current.get()


def set_current_request(request: HttpRequest | None) -> None:
    _current.set(request)
