"""Commands for sessions with places: set which can be chosen, store choices of participants, and email about changes."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Iterable, Mapping

from django.db.models import QuerySet
from django.utils import timezone

from events.enums import INACTIVE_PHASES, MailKind, MailStatus
from events.models import CalendarEntry, Event, OutboxMail, Registration, TimetableChange
from events.models.announcements import MERGE_TIME
from events.registration import locking, session_seats, transitions
from events.registration.actor import PARTICIPANT, Actor
from events.registration.commands.registration_emails import notify
from events.registration.deadlines import refuse_if_ended, refuse_if_late
from events.registration.errors import NotPossibleError
from events.registration.mail import queue
from events.registration.seats import settings_of
from events.registration.sessions import sessions_of
from events.registration.waiting_list import seats_change
from home.http import page_cache


def set_chosen(event_id: int, capacities: Mapping[uuid.UUID, int | None], now: datetime.datetime | None = None) -> None:
    """Let participants choose the sessions with these keys, and no others.

    The values are the places on site; None for no limit. A session that someone has chosen can still be chosen, and
    nobody loses their place. Free places are given to people who wait for them. Raises BusyError.
    """
    now = now or timezone.now()
    with locking.locked(event_id) as event, seats_change(event, now):
        for session in sessions_of(event, ""):
            stored = session.stored
            is_chosen = session.key in capacities or (bool(session.pk) and stored.seats.exists())
            capacity = capacities.get(session.key, stored.capacity) if is_chosen else None
            if (is_chosen, capacity) != (stored.is_chosen, stored.capacity):
                stored.is_chosen, stored.capacity = is_chosen, capacity
                stored.save()
        page_cache.purge()


def choose_sessions(
    registration_pk: int,
    keys: Collection[uuid.UUID],
    actor: Actor = PARTICIPANT,
    now: datetime.datetime | None = None,
    *,
    force: bool = False,
) -> Registration:
    """Choose exactly these sessions for a participant. Nothing is written if the choice is the same as before.

    Places that are given up go to people who wait. `force` lets staff exceed the number of places. Raises
    EventOffError, TooLateError, NotPossibleError (closed, or an invitation that is not answered), SessionsChangedError,
    SessionsClashError and BusyError.
    """
    now = now or timezone.now()
    with locking.lock_registration(registration_pk) as registration:
        settings = settings_of(registration.event)
        refuse_if_ended(actor, registration.event, now)
        refuse_if_late(actor, settings.changes_end_at if settings else None, now)
        if not registration.is_active or (registration.is_invited and not actor.is_staff):
            raise NotPossibleError
        with seats_change(registration.event, now):
            is_changed = session_seats.choose(registration, keys, now, force=force and actor.is_staff)
        if is_changed:
            detail = {"sessions": sorted(str(key) for key in keys)}
            transitions.record(registration, actor, "choose_sessions", now, detail=detail)
            notify(registration, MailKind.CHANGED)
        return registration


def notify_session_changes(event_id: int, now: datetime.datetime | None = None) -> int:
    """Email participants about a session that they chose and that has just been moved, cancelled or removed.

    Returns how many emails. Call it after the change was announced. The emails wait for `MERGE_TIME`: several changes
    in a row lead to one email, and a change that is undone to none. No emails are sent if the event does not take
    place, because another email states that.
    """
    now = now or timezone.now()
    with locking.locked(event_id) as event:
        chosen = set(event.sessions.filter(is_chosen=True, seats__isnull=False).values_list("key", flat=True))
        if not chosen or event.phase(now) in INACTIVE_PHASES:
            return 0
        entries = {entry.key: entry for entry in CalendarEntry.objects.filter(event=event, key__in=chosen)}
        changes = TimetableChange.objects.filter(event=event, row_key__in=chosen, changed_at=now)
        before: dict[uuid.UUID, object] = {line.row_key: line.before for line in changes if line.row_key}
        before |= {uuid.UUID(mail.payload["session"]): mail.payload["before"] for mail in _unsent(event, chosen)}
        _unsent(event, before).delete()
        # None if the session is not in the timetable.
        present = {key: None if entry.removed_at else entry.slot for key, entry in entries.items()}
        return sum(_notify(event, key, told, now) for key, told in before.items() if told != present.get(key))


def _notify(event: Event, key: uuid.UUID, before: object, now: datetime.datetime) -> int:
    people = Registration.objects.filter(event=event, session_seats__session__key=key, is_address_confirmed=True)
    payload = {"session": str(key), "before": before}
    count = queue.enqueue_all(
        event, MailKind.SESSION_CHANGED, list(people.active().exclude(email="").order_by("pk")), payload
    )
    _unsent(event, [key]).update(next_try_at=now + MERGE_TIME)
    return count


def _unsent(event: Event, keys: Iterable[uuid.UUID]) -> QuerySet[OutboxMail]:
    unsent = OutboxMail.objects.filter(event=event, kind=MailKind.SESSION_CHANGED, status=MailStatus.QUEUED, attempts=0)
    return unsent.filter(payload__session__in=[str(key) for key in keys])
