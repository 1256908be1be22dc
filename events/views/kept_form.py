"""The empty form, kept until something of it changes: hundreds of people ask for it in the minute in which it opens.

Everybody gets the same form but for the token against forged posts, the stamp, and how many seats are left at the
moment. What is kept has marks in their places. The settings, and which ways of taking part are full, are part of the
key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils.html import escape

from events.enums import Mode
from events.models import RegistrationSettings
from events.registration.seats import SeatCount
from events.registration.wordings import seats_in_words
from home import page_cache

TOKEN_MARK = "token-6f0d3a52c9e84b17"  # noqa: S105  (where the token goes)
STAMP_MARK = "stamp-b81e47f52d0c4a96"


def key_of(request: HttpRequest, asked: RegistrationSettings, seats: Mapping[Mode, SeatCount]) -> str:
    """Return what the form is kept under; empty for a form that is not everybody's."""
    if not settings.PAGE_CACHE_SECONDS or request.GET or not page_cache.is_plain(request):
        return ""
    values = [str(getattr(asked, field.attname)) for field in asked._meta.concrete_fields]
    address = [request.scheme or "", request.get_host(), request.path]
    shapes = [f"{seat.mode}:{seat.is_full}:{seat.has_waiting_list}" for seat in seats.values()]
    return _hash([*address, page_cache.stamp(), *shapes, *values])


def get(key: str) -> str | None:
    found: str | None = caches["pages"].get(key) if key else None
    return found


def put(key: str, content: str) -> None:
    if key:
        caches["pages"].set(key, content, settings.PAGE_CACHE_SECONDS)


def seats_mark(seat: SeatCount) -> str:
    """Return what stands where the form says how many seats are left."""
    return f"seats-{seat.mode}-91c5d60b7e2af384"


def filled(content: str, request: HttpRequest, stamp: str, seats: Mapping[Mode, SeatCount]) -> str:
    """Return the form for one visitor. Her browser gets the cookie that belongs to the token."""
    for seat in seats.values():
        content = content.replace(seats_mark(seat), escape(seats_in_words(seat)))
    return content.replace(TOKEN_MARK, get_token(request)).replace(STAMP_MARK, stamp)


def _hash(parts: Iterable[str]) -> str:
    return "form-" + hashlib.sha256("\n".join(parts).encode()).hexdigest()
