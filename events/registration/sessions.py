"""The sessions of an event with what organisers have set for them, and how long participants attended."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.formats import time_format

from events.dates import format_short_day
from events.models import Event, EventSession, Registration, SessionAttendance
from events.registration.seats import settings_of
from events.timetable.announced import AnnouncedSession, announced_sessions
from home.text_normalization import fold


@dataclass(frozen=True)
class SessionDetail:
    """A session of the timetable. `stored` is not saved yet where organisers have set nothing for it."""

    announced: AnnouncedSession
    stored: EventSession

    @property
    def pk(self) -> int:
        return self.stored.pk or 0

    @property
    def key(self) -> uuid.UUID:
        return self.announced.key

    @property
    def title(self) -> str:
        return self.announced.title

    @property
    def starts_at(self) -> datetime.datetime:
        return self.announced.starts_at

    @property
    def ends_at(self) -> datetime.datetime | None:
        return self.announced.ends_at

    @property
    def day(self) -> datetime.date:
        return self.announced.day

    @property
    def takes_place(self) -> bool:
        return self.announced.takes_place

    @property
    def is_counted(self) -> bool:
        return self.stored.is_counted

    @property
    def is_chosen(self) -> bool:
        return self.stored.is_chosen

    @property
    def capacity(self) -> int | None:
        """The places on site; None for no limit."""
        return self.stored.capacity

    @property
    def room(self) -> str:
        return self.announced.room

    @property
    def place(self) -> str:
        """Where it is, for participants: the room, or the track. Empty for a track of one letter, which says nothing."""
        return "" if len(self.room) == 1 and self.room.isalpha() else self.room

    @property
    def label(self) -> str:
        """Time and title in the active language, with the day where the event has several."""
        time = time_format(self.starts_at)
        if self.ends_at:
            time = f"{time}–{time_format(self.ends_at)}"
        day = f"{format_short_day(self.day)} " if self.stored.event.is_several_days else ""
        return f"{day}{time} {self.title}"


def sessions_of(event: Event, language: str) -> list[SessionDetail]:
    """Return the sessions of the timetable, and removed ones for which something is stored. Two queries."""
    stored = _stored(event, EventSession.objects.filter(event=event))
    return [
        SessionDetail(session, stored.get(session.key) or EventSession(event=event, key=session.key))
        for session in announced_sessions(event, language)
        if session.key in stored or not session.is_removed
    ]


def counted_sessions(event: Event, language: str) -> list[SessionDetail]:
    """Return the sessions for which attendance is counted. Two queries, and one where there are none."""
    return stored_sessions(event, language, EventSession.objects.filter(event=event, is_counted=True))


def stored_sessions(event: Event, language: str, rows: Iterable[EventSession]) -> list[SessionDetail]:
    """Return these sessions of the event, in the order of the timetable. One query besides that for the rows."""
    stored = _stored(event, rows)
    if not stored:
        return []
    return [
        SessionDetail(session, stored[session.key])
        for session in announced_sessions(event, language)
        if session.key in stored
    ]


def _stored(event: Event, rows: Iterable[EventSession]) -> dict[uuid.UUID, EventSession]:
    found = {row.key: row for row in rows}
    for row in found.values():
        # With its settings, which the end of a code word depends on.
        row.event = event
    return found


def attended_sessions(registration: Registration) -> list[tuple[SessionDetail, SessionAttendance, int]]:
    """Return the sessions that a participant attended, with the record and the minutes, in the participant's language."""
    rows = {row.session_id: row for row in registration.session_attendances.all()}
    if not rows:
        return []
    leaving = records_leaving(registration.event)
    return [
        (session, rows[session.pk], minutes_of(rows[session.pk], session, records_leaving=leaving))
        for session in counted_sessions(registration.event, registration.language)
        if session.pk in rows
    ]


# Minutes


def minutes_of(attendance: SessionAttendance, session: SessionDetail, *, records_leaving: bool) -> int:
    """Return how many minutes of the session a participant attended. 0 if the end of the session is not known.

    Minutes that somebody counted or entered come first. With `records_leaving`, the times of entering and leaving count;
    otherwise a participant who came has attended the whole session.
    """
    if attendance.minutes is not None:
        return attendance.minutes
    length = session.announced.minutes
    if length is None:
        return 0
    if not records_leaving or attendance.entered_at is None:
        return length
    stay = stay_minutes(attendance.entered_at, attendance.left_at, session)
    return min(length, attendance.earlier_minutes + stay)


def stay_minutes(entered_at: datetime.datetime, left_at: datetime.datetime | None, session: SessionDetail) -> int:
    """Return the minutes of the session between entering and leaving; until its end if nobody saw the participant leave."""
    if session.ends_at is None:
        return 0
    begin = max(entered_at, session.starts_at)
    end = min(left_at or session.ends_at, session.ends_at)
    return max(0, round((end - begin).total_seconds() / 60))


def total_minutes(attended: Iterable[tuple[SessionDetail, int]]) -> int:
    """Return the minutes of these sessions together. Time that sessions have in common counts once."""
    total = minutes = 0
    begin: datetime.datetime | None = None
    end: datetime.datetime | None = None
    for session, number in sorted(attended, key=lambda item: item[0].starts_at):
        finish = session.ends_at or session.starts_at
        if begin is None or end is None or session.starts_at >= end:
            total += minutes
            begin, end, minutes = session.starts_at, finish, number
        else:
            end = max(end, finish)
            minutes = min(minutes + number, round((end - begin).total_seconds() / 60))
    return total + minutes


def records_leaving(event: Event) -> bool:
    settings = settings_of(event)
    return settings is not None and settings.records_leaving


# Code words


def code_ends_at(session: SessionDetail) -> datetime.datetime | None:
    """Return until when the code word can be entered: until the session and some minutes are over, by the event's settings.

    None if the word is not in use. Without a known end of the session it can be entered until the event ends.
    """
    event = session.stored.event
    if session.stored.code_started_at is None:
        return None
    settings = settings_of(event)
    end = session.ends_at or event.ends_at
    grace = datetime.timedelta(minutes=settings.code_grace_minutes if settings else 0)
    return end + grace if end else None


def accepts_code(session: SessionDetail, now: datetime.datetime) -> bool:
    end = code_ends_at(session)
    return session.is_counted and session.takes_place and end is not None and now < end


def session_with_code(sessions: Iterable[SessionDetail], text: str, now: datetime.datetime) -> SessionDetail | None:
    """Return the session whose code word this is and can be entered now. Case, accents and spaces do not matter."""
    word = _plain(text)
    return next(
        (
            session
            for session in sessions
            if word and accepts_code(session, now) and _plain(session.stored.code_word) == word
        ),
        None,
    )


def _plain(text: str) -> str:
    return "".join(letter for letter in fold(text) if letter.isalnum())
