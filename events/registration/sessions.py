"""The sessions of an event with the settings of organisers, and how long participants attended."""

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
    """A session of the timetable. `stored` is an unsaved object if organisers have made no settings for it."""

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
        """The room for participants, or the track if no room is set.

        Empty for a single letter, which is the name of a track and not of a room.
        """
        return "" if len(self.room) == 1 and self.room.isalpha() else self.room

    @property
    def label(self) -> str:
        """Time and title in the active language. The day is included if the event has several days."""
        time = time_format(self.starts_at)
        if self.ends_at:
            time = f"{time}–{time_format(self.ends_at)}"
        day = f"{format_short_day(self.day)} " if self.stored.event.is_several_days else ""
        return f"{day}{time} {self.title}"


def sessions_of(event: Event, language: str) -> list[SessionDetail]:
    """Return the sessions of the timetable, and removed sessions that have stored settings. Two queries."""
    stored = _stored(event, EventSession.objects.filter(event=event))
    return [
        SessionDetail(session, stored.get(session.key) or EventSession(event=event, key=session.key))
        for session in announced_sessions(event, language)
        if session.key in stored or not session.is_removed
    ]


def counted_sessions(event: Event, language: str) -> list[SessionDetail]:
    """Return the sessions for which attendance is counted. Two queries, or one if there are none."""
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
        # The event includes its settings, on which the end of a code word depends.
        row.event = event
    return found


def attended_sessions(registration: Registration) -> list[tuple[SessionDetail, SessionAttendance, int]]:
    """Return the sessions that a participant attended, each with the record and the minutes.

    The titles are in the participant's language.
    """
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
    """Return how many minutes of the session a participant attended; 0 if the end of the session is not known.

    Minutes that someone counted or entered have priority. Otherwise, with `records_leaving`, the times of entering and
    leaving count. Without it, a participant who entered has attended the whole session.
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
    """Return the minutes of the session between entering and leaving.

    If the leaving was not recorded, the participant stayed until the end.
    """
    if session.ends_at is None:
        return 0
    begin = max(entered_at, session.starts_at)
    end = min(left_at or session.ends_at, session.ends_at)
    return max(0, round((end - begin).total_seconds() / 60))


def total_minutes(attended: Iterable[tuple[SessionDetail, int]]) -> int:
    """Return the total minutes of these sessions. Time during which sessions overlap counts once."""
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
    """Return until when the code word can be entered: some minutes after the session, as the event's settings say.

    Returns None if the word is not in use. If the end of the session is not known, the word can be entered until the
    event ends.
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
    """Return the session with this code word if the word can be entered now, or None.

    Case, accents and spaces make no difference.
    """
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
