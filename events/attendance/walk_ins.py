"""People who come without a registration: added at the door, or later by a device that had no connection then."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass, field, replace
from enum import StrEnum, auto

from django.utils import timezone

from events.attendance.points import CheckInPoint
from events.models import Door, Event, OfflineScan, Registration
from events.registration import commands, locking, rate_limits
from events.registration.actor import Actor
from events.registration.addresses import email_key, mailbox_key
from events.registration.commands import Applicant, GivenScan
from events.registration.commands.offline_scans import Presence
from events.registration.errors import FullError, NotPossibleError
from events.states import ACTIVE, ADMITTED
from home.names import name_key


def add_walk_in(
    event: Event,
    applicant: Applicant,
    point: CheckInPoint,
    actor: Actor,
    *,
    key: uuid.UUID | None = None,
    force: bool = False,
    now: datetime.datetime | None = None,
) -> Registration:
    """Register a person at the door and check them in, also in the session of the point.

    They get the usual email if they have entered an address. `force` also admits them over the capacity. `key` is the
    key of the form: sending the same form again adds nobody. Raises what `add_registration`, `check_in` and
    `enter_session` raise; then nothing is stored.
    """
    now = now or timezone.now()
    with locking.locked(event.pk):
        registration = commands.add_registration(event.pk, applicant, actor, submission_key=key, force=force, now=now)
        if registration.event_id != event.pk:
            raise NotPossibleError
        checked_in = commands.check_in(registration.pk, point.day, actor, now)
        if point.session is not None:
            commands.enter_session(registration.pk, point.session.pk, actor, now=now)
        return checked_in


def exceeded_limit(door: Door, address: str, now: datetime.datetime) -> str:
    """Count a person whom a door adds for the rate limits, and the email to them if they have an address.

    Returns the scope whose limit is exceeded ("door", "address" or "mailbox"), or an empty text. Raises BusyError.
    """
    if exceeded := rate_limits.count({"door": str(door.pk)}, now):
        return exceeded
    shared = {"address": email_key(address), "mailbox": mailbox_key(address)}
    return rate_limits.count(shared, now) if address else ""


# Without a connection


class Note(StrEnum):
    """A note for the helper about a person whom a device has added without a connection."""

    # Nobody is added: the address was registered in the meantime, or another device has added the person.
    KNOWN = auto()
    OVER_CAPACITY = auto()
    SAME_NAME = auto()
    # The address belongs to a participant with another name. The person is added without it.
    FOREIGN_ADDRESS = auto()
    # The text is not an email address. The person is added without it.
    WRONG_ADDRESS = auto()


@dataclass(frozen=True)
class MergedWalkIn:
    registration: Registration
    scan: OfflineScan
    # The other check-in of the same person, if there is one.
    other: Presence | None = None
    notes: list[Note] = field(default_factory=list)


def is_known(door: Door, key: uuid.UUID) -> bool:
    """Return whether the person with this key was added before.

    A device sends a person again if it got no answer.
    """
    return (
        OfflineScan.objects.filter(door=door, key=key).exists()
        or Registration.objects.filter(event=door.event_id, submission_key=key).exists()
    )


def merge_walk_in(
    applicant: Applicant, scan: GivenScan, actor: Actor, now: datetime.datetime, notes: list[Note]
) -> MergedWalkIn:
    """Register a person whom a device has added before, and merge their check-in as that of any other scan.

    The device belongs to the actor's door. The person is already at the event, so they are added even over the
    capacity. A person who is registered already is not added again. Raises what `add_registration` raises except
    FullError and AlreadyRegisteredError; then nothing is stored.
    """
    door = actor.door
    if door is None:
        raise NotPossibleError
    with locking.locked(door.event_id) as event:
        earlier = OfflineScan.objects.filter(door=door, key=scan.key).select_related("registration").first()
        if earlier is not None:
            person, notes = earlier.registration, []
        else:
            person, notes = _person_for(event, applicant, scan, actor, notes)
        row, other = commands.record_offline_scan(person.pk, scan, actor, now)
        return MergedWalkIn(person, row, other, notes)


def _person_for(
    event: Event, applicant: Applicant, scan: GivenScan, actor: Actor, notes: list[Note]
) -> tuple[Registration, list[Note]]:
    """Return the registration of the person, which is added if there is none, and the notes for the helper."""
    notes = [*notes]
    holders = _holders_of(event, applicant.email)
    same = next((person for person in holders if name_key(person.name) == name_key(applicant.name)), None)
    if same is not None:
        return same, [*notes, Note.KNOWN] if same.submission_key != scan.key else notes
    if holders:
        applicant = replace(applicant, email="")
        notes.append(Note.FOREIGN_ADDRESS)
    namesakes = _namesakes(event, applicant.name)
    added = [person for person in namesakes if not applicant.email and _is_of_other_device(person, scan)]
    if added:
        return added[0], [*notes, Note.KNOWN]
    if any(person.submission_key != scan.key for person in namesakes):
        notes.append(Note.SAME_NAME)
    try:
        person = commands.add_registration(event.pk, applicant, actor, submission_key=scan.key, now=scan.at)
    except FullError:
        notes.append(Note.OVER_CAPACITY)
        person = commands.add_registration(event.pk, applicant, actor, submission_key=scan.key, force=True, now=scan.at)
    if person.event_id != event.pk:
        raise NotPossibleError
    return person, notes


def _holders_of(event: Event, address: str) -> list[Registration]:
    if not address:
        return []
    people = Registration.objects.filter(event=event, email_key=email_key(address), status__in=ACTIVE | ADMITTED)
    return list(people.order_by("pk"))


def _namesakes(event: Event, name: str) -> list[Registration]:
    people = Registration.objects.filter(event=event, status__in=ADMITTED, anonymised_at=None, name__iexact=name)
    return list(people.order_by("pk"))


def _is_of_other_device(person: Registration, scan: GivenScan) -> bool:
    """Return whether another device than that of the scan has added the person while it had no connection.

    If one device adds a name twice, these are two people.
    """
    if person.submission_key is None:
        return False
    return OfflineScan.objects.filter(key=person.submission_key).exclude(device=scan.device).exists()
