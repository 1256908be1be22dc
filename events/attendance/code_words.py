"""Code words: participants who attend online type the word that is shown in a session."""

from __future__ import annotations

import datetime

from events.enums import AttendanceSource, Mode
from events.models import Registration
from events.registration import commands
from events.registration.actor import PARTICIPANT
from events.registration.sessions import SessionDetail, accepts_code, counted_sessions, session_with_code
from events.states import ADMITTED


def may_enter_code(registration: Registration, now: datetime.datetime) -> bool:
    """Return whether the participant attends online and a code word of the event can be entered now."""
    if registration.status not in ADMITTED or registration.effective_mode != Mode.ONLINE:
        return False
    sessions = counted_sessions(registration.event, registration.language)
    return any(accepts_code(session, now) for session in sessions)


def enter_code(registration: Registration, text: str, now: datetime.datetime) -> SessionDetail | None:
    """Record that the participant attends the session with this code word, and return the session.

    Returns None if the text is not the code word of a session that accepts code words now, or if the participant has no
    place online. Raises NotPossibleError and BusyError as `commands.enter_session` does.
    """
    session = session_with_code(counted_sessions(registration.event, registration.language), text, now)
    if session is None or not may_enter_code(registration, now):
        return None
    commands.enter_session(registration.pk, session.pk, PARTICIPANT, AttendanceSource.CODE, now)
    return session
