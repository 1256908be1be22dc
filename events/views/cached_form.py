"""The empty form, kept until something of it changes: hundreds of people ask for it in the minute in which it opens.

Everybody gets the same form but for the token against forged posts, the stamp, and how many seats are left at the
moment. The form that the page cache keeps has marks in their places.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware, get_token
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import override

from events.registration import form_tokens
from events.registration.labels import seats_label
from events.registration.seats import SeatCount, refreshed_seats

TOKEN_MARK = "token-6f0d3a52c9e84b17"  # noqa: S105  (where the token goes)
SUBMISSION_MARK = "submission-b81e47f52d0c4a96"


def seats_mark(seat: SeatCount) -> str:
    """Return what stands where the form says how many seats are left."""
    return f"seats-{seat.mode}-91c5d60b7e2af384"


@dataclass(frozen=True)
class CachedForm:
    """The form of an event in one language, with marks in it."""

    content: str
    event_id: int
    language: str
    # As they were when the form was made: what is full is told in other words, and cannot be chosen.
    seats: tuple[SeatCount, ...]
    # When registration, or waiting, ends.
    until: datetime.datetime | None

    def fill(self, request: HttpRequest) -> HttpResponse | None:
        """Return the form for one visitor (`home.http.page_cache.Blanks`). One query."""
        seats = refreshed_seats(self.event_id, self.seats)
        is_over = self.until is not None and timezone.now() >= self.until
        if is_over or any(now.is_full != then.is_full for now, then in zip(seats, self.seats, strict=True)):
            return None
        # What the page cache answers with has not been through the middleware that sends the cookie of the token.
        return CsrfViewMiddleware(lambda asked: self.show(asked, seats))(request)  # type: ignore[return-value]

    def show(self, request: HttpRequest, seats: Iterable[SeatCount]) -> HttpResponse:
        """Return the form with these seats."""
        content = self.content
        with override(self.language):
            for seat in seats:
                content = content.replace(seats_mark(seat), escape(seats_label(seat)))
        content = content.replace(SUBMISSION_MARK, form_tokens.new_form_token(self.event_id))
        return HttpResponse(content.replace(TOKEN_MARK, get_token(request)))
