"""Attendance: the check-ins of participants on the days of the event."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.utils import timezone

from events.models import CheckIn, Registration
from events.registration import locking, transitions
from events.registration.actor import Actor
from events.registration.errors import NotPossibleError
from events.states import RegistrationStatus

_S = RegistrationStatus


def check_in(
    registration_pk: int, day: datetime.date, actor: Actor, now: datetime.datetime | None = None
) -> Registration:
    """Check a participant in on a day of the event. Calling it twice, also at the same time, has no further effect.

    Raises NotPossibleError (not confirmed, or not a day of the event), AddressTakenError and BusyError.
    """
    now = now or timezone.now()
    with locking.lock_registration(registration_pk) as registration:
        if day not in registration.event.days:
            raise NotPossibleError
        if registration.status != _S.ATTENDED:
            transitions.move(registration, _S.ATTENDED, actor, "check_in", now, detail={"day": day.isoformat()})
        elif CheckIn.objects.filter(registration=registration, day=day).exists():
            return registration
        else:
            transitions.record(registration, actor, "check_in", now, detail={"day": day.isoformat()})
        CheckIn.objects.create(registration=registration, day=day, at=now, user=actor.user, door=actor.door)
        return registration


def undo_check_in(
    registration_pk: int, day: datetime.date, actor: Actor, now: datetime.datetime | None = None
) -> Registration:
    """Undo a check-in. Calling it twice has no further effect.

    A participant who has no other check-in gets the status CONFIRMED again.
    """
    now = now or timezone.now()
    with locking.lock_registration(registration_pk) as registration:
        check_ins = CheckIn.objects.filter(registration=registration)
        deleted, _rows = check_ins.filter(day=day).delete()
        if not deleted:
            return registration
        detail = {"day": day.isoformat()}
        if check_ins.exists():
            transitions.record(registration, actor, "undo_check_in", now, detail=detail)
        else:
            transitions.move(registration, _S.CONFIRMED, actor, "undo_check_in", now, detail=detail)
        return registration


def mark_absent(event_id: int, registrations: Iterable[int], actor: Actor, now: datetime.datetime | None = None) -> int:
    """Mark registrations (primary keys) as absent. Returns how many were marked.

    Registrations that are not confirmed are left unchanged. Raises NotPossibleError before the event has started, and
    BusyError.
    """
    now = now or timezone.now()
    with locking.locked(event_id) as event:
        if event.starts_at is None or now < event.starts_at:
            raise NotPossibleError
        return transitions.move_all(event, registrations, _S.CONFIRMED, _S.ABSENT, actor, "mark_absent", now)


def undo_absence(
    event_id: int, registrations: Iterable[int], actor: Actor, now: datetime.datetime | None = None
) -> int:
    """Confirm registrations (primary keys) that are marked as absent. Returns how many were confirmed."""
    now = now or timezone.now()
    with locking.locked(event_id) as event:
        return transitions.move_all(event, registrations, _S.ABSENT, _S.CONFIRMED, actor, "undo_absence", now)
