"""Merges check-ins that devices recorded without a connection, by the time at which they happened.

The first valid check-in of a participant counts, in whatever order they are sent. Each scan has a key made by its
device, so sending it again has no further effect.
"""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone

from events.enums import AttendanceSource, OfflineOutcome
from events.models import CheckIn, Door, HistoryEntry, OfflineScan, Registration, SessionAttendance
from events.registration import locking, transitions
from events.registration.actor import Actor
from events.registration.commands.check_in import check_in, undo_check_in
from events.registration.commands.sessions import enter_session, leave_session, undo_session
from events.registration.errors import BusyError, NotPossibleError, RegistrationError

if TYPE_CHECKING:
    from django.contrib.auth.models import User

# Two check-ins at the same door within this time are the same one, whose answer was lost on the way to the device.
SAME = datetime.timedelta(minutes=2)
Presence = CheckIn | SessionAttendance
Merged = tuple[OfflineOutcome, Presence | None]
# The time of a check-in, and the account or the door link that made it.
Recorded = tuple[datetime.datetime, "User | None", Door | None]
COUNTED = frozenset({OfflineOutcome.RECORDED, OfflineOutcome.EARLIER, OfflineOutcome.KNOWN})


@dataclass(frozen=True)
class GivenScan:
    """A check-in that a device has sent. `at` is by the clock of the server; `session` is a primary key."""

    key: uuid.UUID
    device: uuid.UUID
    at: datetime.datetime
    day: datetime.date
    session: int | None = None
    is_leaving: bool = False
    # When it was undone on the device; None if it was not.
    undone_at: datetime.datetime | None = None


def record_offline_scan(
    registration_pk: int, scan: GivenScan, actor: Actor, now: datetime.datetime | None = None
) -> tuple[OfflineScan, Presence | None]:
    """Merge a scan of the actor's door, or undo one that was sent before.

    Returns the stored scan, and the other check-in if the participant was checked in twice. After an undo, the next
    check-in of the participant counts if there is one. Raises NotPossibleError (anonymised) and BusyError.
    """
    with locking.lock_registration(registration_pk) as registration:
        row = OfflineScan.objects.filter(door=actor.door, key=scan.key).first()
        if row is not None:
            if scan.undone_at is not None and row.undone_at is None:
                _undo(registration, row, actor, scan.undone_at)
            return row, None
        outcome, other = _outcome_of(registration, scan, actor)
        row = OfflineScan.objects.create(
            door=_door_of(actor),
            key=scan.key,
            device=scan.device,
            registration=registration,
            day=scan.day,
            session_id=scan.session if outcome != OfflineOutcome.REFUSED else None,
            is_leaving=scan.is_leaving,
            at=scan.at,
            received_at=now or timezone.now(),
            outcome=outcome,
            undone_at=scan.undone_at,
        )
        return row, other


def _outcome_of(registration: Registration, scan: GivenScan, actor: Actor) -> Merged:
    if scan.undone_at is not None:
        return OfflineOutcome.UNDONE, None
    try:
        return _merge(registration, scan, actor)
    except BusyError:
        raise
    except RegistrationError:
        return OfflineOutcome.REFUSED, None


def _undo(registration: Registration, scan: OfflineScan, actor: Actor, at: datetime.datetime) -> None:
    scan.undone_at, scan.outcome = max(at, scan.at), OfflineOutcome.UNDONE
    scan.save(update_fields=["undone_at", "outcome"])
    if scan.session_id is None:
        _undo_check_in(registration, scan, actor)
        return
    row = SessionAttendance.objects.filter(registration=registration, session=scan.session_id).first()
    if _is_of(row, scan):
        undo_session(registration.pk, scan.session_id, actor, at, only_leaving=scan.is_leaving)


def _door_of(actor: Actor) -> Door:
    if actor.door is None:
        raise NotPossibleError
    return actor.door


def _is_of(row: Presence | None, scan: OfflineScan) -> bool:
    return row is not None and row.at == scan.at and row.door_id == scan.door_id


def _merge(registration: Registration, scan: GivenScan, actor: Actor) -> Merged:
    if scan.session is None:
        return _merge_check_in(registration, scan, actor)
    if scan.is_leaving:
        return _merge_leaving(registration, scan, actor)
    return _merge_entering(registration, scan, actor)


def _merge_check_in(registration: Registration, scan: GivenScan, actor: Actor) -> Merged:
    row = CheckIn.objects.filter(registration=registration, day=scan.day).first()
    if row is None:
        check_in(registration.pk, scan.day, actor, scan.at)
        return OfflineOutcome.RECORDED, None
    if scan.at >= row.at:
        return _later(row, scan, actor)
    later = CheckIn(registration=registration, day=row.day, at=row.at, user=row.user, door=row.door)
    _replace(registration, row, scan.at, actor)
    return OfflineOutcome.EARLIER, later


def _replace(registration: Registration, row: CheckIn, at: datetime.datetime, actor: Actor) -> None:
    row.at, row.user, row.door = at, actor.user, actor.door
    row.save(update_fields=["at", "user", "door"])
    transitions.record(registration, actor, "check_in", at, detail={"day": row.day.isoformat()})


def _later(row: Presence, scan: GivenScan, actor: Actor) -> Merged:
    if row.door == actor.door and scan.at - row.at <= SAME:
        return OfflineOutcome.RECORDED, None
    return OfflineOutcome.KNOWN, row


def _merge_entering(registration: Registration, scan: GivenScan, actor: Actor) -> Merged:
    rows = SessionAttendance.objects.filter(registration=registration, session=scan.session)
    row = rows.first()
    merged: Merged = OfflineOutcome.RECORDED, None
    if row is None or (row.left_at is not None and scan.at > row.left_at):
        enter_session(registration.pk, scan.session or 0, actor, now=scan.at)
    elif row.entered_at is not None and scan.at < row.entered_at and not row.earlier_minutes:
        later = SessionAttendance(at=row.at, user=row.user, door=row.door)
        row.entered_at = scan.at
        if row.left_at is None and row.source == AttendanceSource.SCAN:
            row.at, row.user, row.door = scan.at, actor.user, actor.door
        row.save()
        transitions.record(registration, actor, "enter_session", scan.at, detail={"session": str(row.session.key)})
        merged = OfflineOutcome.EARLIER, later
    else:
        merged = _later(row, scan, actor)
    # From this time on, the participant was also at the event.
    _merge_check_in(registration, scan, actor)
    _leave_as_sent_before(registration, scan)
    return merged


def _leave_as_sent_before(registration: Registration, scan: GivenScan) -> None:
    """Apply a leaving that another device had sent before this device sent the entering. It uses the first one."""
    leaving = OfflineScan.objects.filter(
        registration=registration,
        session=scan.session,
        is_leaving=True,
        outcome=OfflineOutcome.NOT_IN,
        undone_at=None,
        at__gte=scan.at,
    ).first()
    if leaving is not None:
        actor = Actor(HistoryEntry.Actor.DOOR, door=leaving.door)
        leave_session(registration.pk, leaving.session_id or 0, actor, leaving.at)
        leaving.outcome = OfflineOutcome.RECORDED
        leaving.save(update_fields=["outcome"])


def _merge_leaving(registration: Registration, scan: GivenScan, actor: Actor) -> Merged:
    row = SessionAttendance.objects.filter(registration=registration, session=scan.session).first()
    if row is not None and row.entered_at is not None and row.entered_at > scan.at:
        # The participant came back before this scan was sent.
        return OfflineOutcome.KNOWN, None
    left_before = row.left_at if row else None
    row = leave_session(registration.pk, scan.session or 0, actor, scan.at)
    if row is None:
        return OfflineOutcome.NOT_IN, None
    return (OfflineOutcome.RECORDED, None) if left_before is None else (OfflineOutcome.KNOWN, row)


def _undo_check_in(registration: Registration, scan: OfflineScan, actor: Actor) -> None:
    row = CheckIn.objects.filter(registration=registration, day=scan.day).first()
    if row is None or not _is_of(row, scan):
        return
    undone_at = scan.undone_at or scan.at
    other = _next_check_in(registration, scan)
    if other is None:
        undo_check_in(registration.pk, scan.day, actor, undone_at)
        return
    transitions.record(registration, actor, "undo_check_in", undone_at, detail={"day": scan.day.isoformat()})
    row.at, row.user, row.door = other
    row.save(update_fields=["at", "user", "door"])


def _next_check_in(registration: Registration, scan: OfflineScan) -> Recorded | None:
    """Return the check-in that counts if this scan is left out; None if there is none."""
    scans = list(registration.offline_scans.filter(day=scan.day, is_leaving=False).select_related("door"))
    found: list[Recorded] = [
        (other.at, None, other.door) for other in scans if other.undone_at is None and other.outcome in COUNTED
    ]
    undone = {(other.at, other.door_id) for other in scans if other.undone_at is not None}
    # Check-ins made with a connection are in the history.
    entries = registration.history.filter(
        detail__day=scan.day.isoformat(), action__in=["check_in", "undo_check_in"]
    ).select_related("user", "door")
    recorded: Recorded | None = None
    for entry in entries:
        if (entry.at, entry.door_id) not in undone:
            recorded = (entry.at, entry.user, entry.door) if entry.action == "check_in" else None
    if recorded is not None:
        found.append(recorded)
    return min(found, key=lambda item: item[0], default=None)
