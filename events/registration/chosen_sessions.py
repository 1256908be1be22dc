"""The sessions that participants can choose, which of them are at the same time, and who chose which."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, groupby

from django.utils.translation import gettext as _

from events.enums import Mode
from events.models import Event, EventSession, Registration, SessionSeat
from events.registration.sessions import SessionDetail, stored_sessions


@dataclass(frozen=True)
class ChosenSession:
    """A session that a participant has chosen, with their place in it."""

    session: SessionDetail
    seat: SessionSeat
    # People who attend online do not need a room.
    is_online: bool = False

    @property
    def is_waiting(self) -> bool:
        return self.seat.is_waiting

    @property
    def place(self) -> str:
        """The room to which the participant has to go; empty if there is none."""
        return "" if self.is_online or not self.session.takes_place else self.session.place

    @property
    def label(self) -> str:
        """Time, title and place of the session, with notes about its status, in the active language."""
        label = ", ".join(filter(None, [self.session.label, self.place]))
        if not self.session.takes_place:
            return _("%(label)s (cancelled)") % {"label": label}
        if self.is_waiting:
            return _("%(label)s (on the waiting list)") % {"label": label}
        return label


@dataclass(frozen=True)
class Slot:
    """The sessions that begin at the same time. A participant chooses one of them, or none."""

    starts_at: datetime.datetime
    sessions: list[SessionDetail]


def chosen_sessions(event: Event, language: str) -> list[SessionDetail]:
    """Return the sessions that can be chosen, including cancelled ones.

    Two queries, or one if there are no such sessions.
    """
    return stored_sessions(event, language, EventSession.objects.filter(event=event, is_chosen=True))


def open_sessions(sessions: Iterable[SessionDetail], now: datetime.datetime) -> list[SessionDetail]:
    """Return the given sessions that are not cancelled or removed and have not begun."""
    return [session for session in sessions if session.takes_place and now < session.starts_at]


def slots(sessions: Sequence[SessionDetail]) -> list[Slot]:
    """Group the sessions by start time. `sessions` must be in the order of the timetable."""
    return [Slot(starts_at, list(found)) for starts_at, found in groupby(sessions, key=lambda item: item.starts_at)]


def clashes(sessions: Iterable[SessionDetail]) -> list[tuple[SessionDetail, SessionDetail]]:
    """Return the pairs of sessions that overlap, each in the order of time."""
    return [
        (first, second)
        for first, second in combinations(sessions, 2)
        if first.takes_place and second.takes_place and first.announced.overlaps(second.announced)
    ]


def seats_of(registration: Registration, language: str = "") -> list[ChosenSession]:
    """Return the sessions that a participant has chosen, in the order of time.

    Three queries, or one if there are none.
    """
    rows = {row.session_id: row for row in registration.session_seats.all()}
    if not rows:
        return []
    sessions = chosen_sessions(registration.event, language or registration.language)
    is_online = registration.effective_mode == Mode.ONLINE
    return [ChosenSession(session, rows[session.pk], is_online) for session in sessions if session.pk in rows]
