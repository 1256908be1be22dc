"""The empty registration form with a cache: hundreds of people may open it in the first minute of registration.

The form is the same for everyone except for the CSRF token, the form token and the text about places. The cached form
has marks in place of these. Without the cache, each visitor costs a rendering of the form instead of one query.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware, get_token
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import override

from events.models import Event
from events.registration import form_tokens
from events.registration.labels import seats_label
from events.registration.seats import SeatCount, refreshed_seats, session_counts

CSRF_TOKEN_MARK = "csrf-token-6f0d3a52c9e84b17"  # noqa: S105  (a mark, not a password)
FORM_TOKEN_MARK = "form-token-b81e47f52d0c4a96"  # noqa: S105  (a mark, not a password)


def places_mark(seat: SeatCount) -> str:
    """Return the mark that stands for the text about the places in a mode."""
    return f"places-{seat.mode}-91c5d60b7e2af384"


def session_mark(pk: int, count: SeatCount) -> str:
    """Return the mark that stands for the text about the places in a session."""
    return f"session-{pk}-91c5d60b7e2af384"


@dataclass(frozen=True)
class CachedForm:
    """The form of an event in one language, with marks in it (`home.http.cached_responses.CachedFragment`)."""

    content: str
    event_id: int
    language: str
    # The numbers with which the form was rendered. A mode that has become full needs another text and cannot be chosen.
    seats: tuple[SeatCount, ...]
    # When the form must be rendered again: registration or the waiting list ends, or the first session begins.
    until: datetime.datetime | None
    has_sessions: bool = False

    def fill(self, request: HttpRequest) -> HttpResponse | None:
        """Return the form for one visitor, or None if it must be rendered again.

        Runs one query, and two more for an event with sessions that participants choose.
        """
        seats = refreshed_seats(self.event_id, self.seats)
        is_over = self.until is not None and timezone.now() >= self.until
        if is_over or any(now.is_full != then.is_full for now, then in zip(seats, self.seats, strict=True)):
            return None
        # The page cache answers before the CSRF middleware runs, so the middleware is called here to set its cookie.
        counts = session_counts(Event.objects.get(pk=self.event_id)) if self.has_sessions else {}
        response = CsrfViewMiddleware(lambda inner_request: self.show(inner_request, seats, counts))(request)
        return response if isinstance(response, HttpResponse) else None

    def show(self, request: HttpRequest, seats: Iterable[SeatCount], sessions: Mapping[int, SeatCount]) -> HttpResponse:
        """Return the form with texts about these places, and with new tokens."""
        content = self.content
        with override(self.language):
            for seat in seats:
                content = content.replace(places_mark(seat), escape(seats_label(seat)))
            for pk, seat in sessions.items():
                content = content.replace(session_mark(pk, seat), escape(seats_label(seat)))
        content = content.replace(FORM_TOKEN_MARK, form_tokens.new_form_token(self.event_id))
        return HttpResponse(content.replace(CSRF_TOKEN_MARK, get_token(request)))
