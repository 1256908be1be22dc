"""Places in sessions: taking them, giving them up, and passing free ones on. Call everything under the event's lock.

The rules are the same as for places at the event (`seats.SeatCount`, `waiting_order`), with two differences: a free
place is assigned and not offered, and only participants on site need one.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Iterable
from dataclasses import replace

from events.enums import INACTIVE_PHASES, MailKind, Mode, SeatStatus
from events.models import Event, EventSession, Registration, SessionSeat
from events.registration import transitions
from events.registration.actor import SCHEDULER
from events.registration.chosen_sessions import chosen_sessions, clashes, open_sessions
from events.registration.errors import SessionsChangedError, SessionsClashError
from events.registration.mail import queue
from events.registration.seats import session_counts
from events.registration.waiting_order import after_last, first_in_line
from events.states import HOLDS_SEAT
from home.http import page_cache


def choose(
    registration: Registration, keys: Collection[uuid.UUID], now: datetime.datetime, *, force: bool = False
) -> bool:
    """Give a participant places in exactly these sessions, or put them on the waiting lists. Returns whether it changed.

    Sessions that have begun or do not take place do not change. `force` assigns a place even if none is free. Raises
    SessionsChangedError (a session is no longer offered) or SessionsClashError, and then writes nothing.
    """
    present = {seat.session_id: seat for seat in registration.session_seats.all()}
    if not keys and not present:
        return False
    sessions = chosen_sessions(registration.event, "")
    offered = {session.key: session for session in open_sessions(sessions, now)}
    if set(keys) - offered.keys():
        raise SessionsChangedError
    kept = [session for session in sessions if session.pk in present and session.key not in offered]
    wanted = [session for session in sessions if session.key in set(keys)]
    if clashes(sorted([*wanted, *kept], key=lambda session: session.starts_at)):
        raise SessionsClashError
    wanted_pks = {session.pk for session in wanted}
    dropped = [pk for pk in present if pk in {session.pk for session in offered.values()} - wanted_pks]
    added = [session.stored for session in wanted if session.pk not in present]
    SessionSeat.objects.filter(registration=registration, session__in=dropped).delete()
    _take(registration, added, now, force=force)
    return bool(dropped or added)


def check(event: Event, keys: Collection[uuid.UUID], now: datetime.datetime) -> None:
    """Raise the exceptions of `choose` for a new registration with these sessions. Writes nothing."""
    if not keys:
        return
    offered = {session.key: session for session in open_sessions(chosen_sessions(event, ""), now)}
    if set(keys) - offered.keys():
        raise SessionsChangedError
    if clashes([session for key, session in offered.items() if key in keys]):
        raise SessionsClashError


def reassign(registration: Registration, now: datetime.datetime) -> None:
    """Assign the places again, for a participant whose attendance mode has changed."""
    sessions = [seat.session for seat in registration.session_seats.select_related("session")]
    if sessions:
        SessionSeat.objects.filter(registration=registration).delete()
        _take(registration, sessions, now)


def _take(
    registration: Registration, sessions: Iterable[EventSession], now: datetime.datetime, *, force: bool = False
) -> None:
    counts = session_counts(registration.event) if sessions else {}
    for session in sessions:
        is_free = registration.effective_mode == Mode.ONLINE or force or not counts[session.pk].is_full
        seat = SessionSeat(registration=registration, session=session, status=SeatStatus.HELD)
        if not is_free or registration.status not in HOLDS_SEAT:
            seat.status = SeatStatus.WAITING
            seat.queued_at = after_last(SessionSeat.objects.filter(session=session), now)
        elif counts[session.pk].with_one_more().places != counts[session.pk].places:
            page_cache.purge()
        seat.save()


def promote(event: Event, now: datetime.datetime) -> list[SessionSeat]:
    """Assign every free place in a session to the next person who waits for it, and email them. Returns these places.

    Sessions that have begun or are cancelled are left out, and so are events that do not take place.
    """
    waiting = SessionSeat.objects.filter(
        session__event=event,
        session__is_chosen=True,
        status=SeatStatus.WAITING,
        registration__status__in=HOLDS_SEAT,
    )
    if event.phase(now) in INACTIVE_PHASES or not waiting.exists():
        return []
    counts = session_counts(event)
    promoted: list[SessionSeat] = []
    for session in open_sessions(chosen_sessions(event, ""), now):
        line = waiting.filter(session=session.pk).select_related("registration")
        # The number of online places is not limited.
        unlimited = replace(counts[session.pk], capacity=None)
        online = list(first_in_line(line.filter(registration__mode=Mode.ONLINE), unlimited))
        on_site = list(first_in_line(line.filter(registration__mode=Mode.ON_SITE), counts[session.pk]))
        for seat in [*online, *on_site]:
            _give(event, seat, session.key, now)
        promoted += [*online, *on_site]
    return promoted


def _give(event: Event, seat: SessionSeat, key: uuid.UUID, now: datetime.datetime) -> None:
    seat.status, seat.queued_at = SeatStatus.HELD, None
    seat.save(update_fields=["status", "queued_at"])
    registration = seat.registration
    registration.event = event
    transitions.record(registration, SCHEDULER, "promote_session", now, detail={"session": str(key)})
    if registration.email:
        queue.enqueue(event, MailKind.SESSION_PLACE, registration, payload={"session": str(key)})
