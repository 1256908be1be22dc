"""The empty form, kept until something of it changes: hundreds of people ask for it in the minute in which it opens.

Everybody gets the same form but for two values, the token against forged posts and the stamp. What is kept has marks in
their places. Seats and settings are part of the key, so that the numbers in it are those of the moment.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest
from django.middleware.csrf import get_token

from events.enums import Mode
from events.models import RegistrationSettings
from events.registration.seats import SeatCount
from home import page_cache

TOKEN_MARK = "token-6f0d3a52c9e84b17"  # noqa: S105  (where the token goes)
STAMP_MARK = "stamp-b81e47f52d0c4a96"


def key_of(request: HttpRequest, asked: RegistrationSettings, seats: Mapping[Mode, SeatCount]) -> str:
    """Return what the form is kept under; empty for a form that is not everybody's."""
    if not settings.PAGE_CACHE_SECONDS or request.GET or not page_cache.is_plain(request):
        return ""
    values = [str(getattr(asked, field.attname)) for field in asked._meta.concrete_fields]
    address = [request.scheme or "", request.get_host(), request.path]
    return _hash([*address, page_cache.stamp(), *map(str, seats.values()), *values])


def get(key: str) -> str | None:
    found: str | None = caches["pages"].get(key) if key else None
    return found


def put(key: str, content: str) -> None:
    if key:
        caches["pages"].set(key, content, settings.PAGE_CACHE_SECONDS)


def filled(content: str, request: HttpRequest, stamp: str) -> str:
    """Return the form for one visitor. Her browser gets the cookie that belongs to the token."""
    return content.replace(TOKEN_MARK, get_token(request)).replace(STAMP_MARK, stamp)


def _hash(parts: Iterable[str]) -> str:
    return "form-" + hashlib.sha256("\n".join(parts).encode()).hexdigest()
