"""Attendance of sessions: which sessions are counted, their code words, and how long participants attended."""

from __future__ import annotations

import datetime
import secrets
import uuid
from collections.abc import Collection, Mapping

from django.utils import timezone

from events.enums import AttendanceSource
from events.models import EventSession, Registration, SessionAttendance
from events.registration import locking, transitions
from events.registration.actor import Actor
from events.registration.commands.check_in import check_in
from events.registration.errors import NotPossibleError
from events.registration.sessions import (
    SessionDetail,
    counted_sessions,
    minutes_of,
    records_leaving,
    sessions_of,
    stay_minutes,
)

# Generated words of these letters are easy to pronounce and to spell in every language of the site.
CONSONANTS, VOWELS, SYLLABLES = "BDFGKLMNPRSTV", "AEIOU", 3


def set_counted(event_id: int, keys: Collection[uuid.UUID]) -> None:
    """Count attendance for the sessions with these keys and for no others.

    A session that someone has attended stays counted. Raises BusyError.
    """
    with locking.locked(event_id) as event:
        for session in sessions_of(event, ""):
            is_counted = session.key in keys or (bool(session.pk) and session.stored.attendances.exists())
            if is_counted != session.is_counted:
                session.stored.is_counted = is_counted
                session.stored.save()


def start_code(session_pk: int, word: str = "", now: datetime.datetime | None = None) -> EventSession:
    """Start a code word for a counted session: `word`, or a random one. Participants can enter it from now on.

    An earlier word of the session stops working. Raises NotPossibleError if attendance is not counted, and BusyError.
    """
    with locking.locked(_event_of(session_pk)):
        session = EventSession.objects.get(pk=session_pk)
        if not session.is_counted:
            raise NotPossibleError
        session.code_word, session.code_started_at = word.strip() or _new_word(), now or timezone.now()
        session.save(update_fields=["code_word", "code_started_at"])
        return session


def stop_code(session_pk: int) -> None:
    """Stop the code word, so that nobody can enter it. Calling it twice has no further effect."""
    EventSession.objects.filter(pk=session_pk).update(code_started_at=None)


def _new_word() -> str:
    return "".join(secrets.choice(CONSONANTS) + secrets.choice(VOWELS) for _number in range(SYLLABLES))


def enter_session(
    registration_pk: int,
    session_pk: int,
    actor: Actor,
    source: AttendanceSource = AttendanceSource.SCAN,
    now: datetime.datetime | None = None,
) -> SessionAttendance:
    """Record that a participant has come to a session, and check them in for its day.

    A second call has no further effect. If the participant had left, they have come back, and the minutes before that
    are kept. Raises NotPossibleError (no place, or a session that is not counted or does not take place) and BusyError.
    """
    now = now or timezone.now()
    with locking.lock_registration(registration_pk) as registration:
        session = _session_of(registration, session_pk)
        if not session.takes_place:
            raise NotPossibleError
        check_in(registration_pk, session.day, actor, now)
        row = SessionAttendance.objects.filter(registration=registration, session=session_pk).first()
        if row is not None and row.left_at is None:
            return row
        if row is None:
            row = SessionAttendance(registration=registration, session=session.stored, source=source)
        elif row.entered_at is not None:
            row.earlier_minutes += stay_minutes(row.entered_at, row.left_at, session)
        row.entered_at, row.left_at, row.at, row.user, row.door = now, None, now, actor.user, actor.door
        row.save()
        _record(registration, actor, "enter_session", session, now)
        return row


def leave_session(
    registration_pk: int, session_pk: int, actor: Actor, now: datetime.datetime | None = None
) -> SessionAttendance | None:
    """Record that a participant leaves a session. Returns None if they were not there.

    A second call has no further effect.
    """
    now = now or timezone.now()
    with locking.lock_registration(registration_pk) as registration:
        session = _session_of(registration, session_pk)
        row = SessionAttendance.objects.filter(registration=registration, session=session_pk).first()
        if row is None or row.entered_at is None or row.left_at is not None:
            return row
        row.left_at, row.at, row.user, row.door = max(now, row.entered_at), now, actor.user, actor.door
        row.save()
        _record(registration, actor, "leave_session", session, now)
        return row


def undo_session(
    registration_pk: int,
    session_pk: int,
    actor: Actor,
    now: datetime.datetime | None = None,
    *,
    only_leaving: bool = False,
) -> None:
    """Delete the attendance of a session, or with `only_leaving` only the record that the participant left.

    The check-in of the day stays. Calling it twice has no further effect. Raises NotPossibleError if the session is not
    counted, and BusyError.
    """
    now = now or timezone.now()
    with locking.lock_registration(registration_pk) as registration:
        session = _session_of(registration, session_pk)
        rows = SessionAttendance.objects.filter(registration=registration, session=session_pk)
        count = rows.exclude(left_at=None).update(left_at=None) if only_leaving else rows.delete()[0]
        if count:
            _record(registration, actor, "undo_session", session, now)


def record_report(
    registration_pk: int, minutes: Mapping[int, int], actor: Actor, now: datetime.datetime | None = None
) -> int:
    """Store the minutes of sessions (by primary key) from the report of a meeting. Returns the number of sessions.

    They replace the minutes from code words and earlier reports, but not minutes that an organiser has entered.
    Sessions that are not counted are left out. Raises NotPossibleError (no place) and BusyError.
    """
    now = now or timezone.now()
    with locking.lock_registration(registration_pk) as registration:
        sessions = {session.pk: session for session in counted_sessions(registration.event, "")}
        rows = {row.session_id: row for row in registration.session_attendances.all()}
        found = {
            pk: number
            for pk, number in minutes.items()
            if pk in sessions and not (pk in rows and rows[pk].source == AttendanceSource.ORGANISER)
        }
        for pk, number in found.items():
            _store_minutes(registration, sessions[pk], number, AttendanceSource.REPORT, actor, now)
        return len(found)


def edit_sessions(
    registration_pk: int,
    minutes: Mapping[int, int | None],
    actor: Actor,
    reason: str,
    now: datetime.datetime | None = None,
) -> int:
    """Set the minutes of a participant in counted sessions (by primary key); None if they did not attend.

    The history keeps the reason and the values before and after. Returns how many sessions changed. Raises
    NotPossibleError (no place, or longer than the session) and BusyError.
    """
    now = now or timezone.now()
    with locking.lock_registration(registration_pk) as registration:
        leaving = records_leaving(registration.event)
        rows = {row.session_id: row for row in registration.session_attendances.all()}
        changes: dict[str, list[int | None]] = {}
        for session in counted_sessions(registration.event, ""):
            row = rows.get(session.pk)
            before = minutes_of(row, session, records_leaving=leaving) if row else None
            after = minutes.get(session.pk, before)
            if after == before:
                continue
            length = session.announced.minutes
            if after is not None and length is not None and after > length:
                raise NotPossibleError
            if after is None:
                SessionAttendance.objects.filter(registration=registration, session=session.pk).delete()
            else:
                _store_minutes(registration, session, after, AttendanceSource.ORGANISER, actor, now)
            changes[str(session.key)] = [before, after]
        if changes:
            detail = {"reason": reason, "sessions": changes}
            transitions.record(registration, actor, "edit_sessions", now, detail=detail)
        return len(changes)


def _store_minutes(
    registration: Registration,
    session: SessionDetail,
    minutes: int,
    source: AttendanceSource,
    actor: Actor,
    now: datetime.datetime,
) -> None:
    length = session.announced.minutes
    values = {
        "minutes": minutes if length is None else min(minutes, length),
        "source": source,
        "at": now,
        "user": actor.user,
        "door": actor.door,
    }
    check_in(registration.pk, session.day, actor, now)
    SessionAttendance.objects.update_or_create(registration=registration, session=session.stored, defaults=values)


def _session_of(registration: Registration, session_pk: int) -> SessionDetail:
    for session in counted_sessions(registration.event, ""):
        if session.pk == session_pk:
            return session
    raise NotPossibleError


def _record(
    registration: Registration, actor: Actor, action: str, session: SessionDetail, now: datetime.datetime
) -> None:
    transitions.record(registration, actor, action, now, detail={"session": str(session.key)})


def _event_of(session_pk: int) -> int:
    return EventSession.objects.values_list("event_id", flat=True).get(pk=session_pk)
