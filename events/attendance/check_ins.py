"""What people at the door see and do: find participants, check them in by their ticket, and undo it."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Prefetch
from django.utils import timezone

from events.enums import Mode
from events.models import CheckIn, Door, Event, Registration
from events.registration import commands, tickets
from events.registration.actor import Actor
from events.registration.errors import BusyError, NotPossibleError, RegistrationError
from events.registration.queries import matches
from events.states import ADMITTED
from home.collation import sort_key

MAX_RESULTS = 30
# Shorter searches would list the participants.
MIN_SEARCH = 2
LATEST = 8


class Result(StrEnum):
    """What the door answers. Screens show a word, a colour and a sound for each."""

    WELCOME = "welcome"
    ALREADY_IN = "already_in"
    # With a place online, but at the door.
    ONLINE = "online"
    # On the waiting list, withdrawn, cancelled and so on.
    NO_PLACE = "no_place"
    # The participant has got a new ticket since.
    REPLACED = "replaced"
    OTHER_EVENT = "other_event"
    UNKNOWN = "unknown"
    # The check character does not fit: misread or mistyped.
    MISREAD = "misread"
    BUSY = "busy"
    UNDONE = "undone"


@dataclass(frozen=True)
class Scan:
    """The result with what the screen shows. There is no registration where the code does not lead to one of the event."""

    result: Result
    registration: Registration | None = None
    check_in: CheckIn | None = None


def scan(event: Event, text: str, day: datetime.date, actor: Actor, now: datetime.datetime | None = None) -> Scan:
    """Check the participant of a ticket in. The text comes from a camera, a hardware scanner or a keyboard."""
    ticket = tickets.find(text)
    if ticket is None:
        is_wrong = tickets.looks_like_ticket(text) and not tickets.is_ticket(text)
        return Scan(Result.MISREAD if is_wrong else Result.UNKNOWN)
    registration = ticket.registration
    if registration.event_id != event.pk:
        return Scan(Result.OTHER_EVENT)
    if ticket.replaced_at is not None:
        return Scan(Result.REPLACED, registration)
    if registration.status in ADMITTED and registration.effective_mode == Mode.ONLINE:
        return Scan(Result.ONLINE, registration, _check_in_of(registration, day))
    return check_in(registration, day, actor, now)


def check_in(
    registration: Registration, day: datetime.date, actor: Actor, now: datetime.datetime | None = None
) -> Scan:
    """Check a participant in, and tell whether they were already."""
    now = now or timezone.now()
    try:
        commands.check_in(registration.pk, day, actor, now)
    except BusyError:
        return Scan(Result.BUSY, registration)
    except RegistrationError:
        registration.refresh_from_db(fields=["status"])
        return Scan(Result.NO_PLACE, registration)
    row = _check_in_of(registration, day)
    is_new = row is not None and row.at == now
    return Scan(Result.WELCOME if is_new else Result.ALREADY_IN, registration, row)


def undo(registration: Registration, day: datetime.date, actor: Actor) -> Scan:
    """Undo a check-in. Helpers at a door undo only those of their own door."""
    if actor.door is not None:
        row = _check_in_of(registration, day)
        if row is not None and row.door_id != actor.door.pk:
            raise NotPossibleError
    try:
        commands.undo_check_in(registration.pk, day, actor)
    except BusyError:
        return Scan(Result.BUSY, registration)
    return Scan(Result.UNDONE, registration)


def _check_in_of(registration: Registration, day: datetime.date) -> CheckIn | None:
    return CheckIn.objects.filter(registration=registration, day=day).select_related("user", "door").first()


def person_of(event: Event, pk: int) -> Registration | None:
    """Return a registration of the event that is not anonymised."""
    return Registration.objects.filter(event=event, pk=pk, anonymised_at=None).select_related("event").first()


def people_like(event: Event, search: str, day: datetime.date) -> tuple[Sequence[Registration], int]:
    """Return participants with a place whose names match, at most `MAX_RESULTS`, and the number of all matches.

    `today_of` returns the check-in of the day for each.
    """
    people = Registration.objects.filter(event=event, status__in=ADMITTED, anonymised_at=None)
    rows = people.filter(matches(search, "searchable_name"))
    today = CheckIn.objects.filter(day=day).select_related("user", "door")
    shown = rows.prefetch_related(Prefetch("check_ins", queryset=today, to_attr="today")).order_by("name", "pk")
    found = sorted(shown[: MAX_RESULTS + 1], key=lambda person: sort_key(person.sort_name))
    return found[:MAX_RESULTS], rows.count()


def today_of(person: Registration) -> list[CheckIn]:
    """Return the check-in of the day for a participant that `people_like` has found."""
    return list(getattr(person, "today", ()))


def latest(event: Event, day: datetime.date, door: Door | None = None) -> list[CheckIn]:
    """Return the last check-ins of the day, of all or of one door."""
    rows = CheckIn.objects.filter(registration__event=event, day=day)
    if door is not None:
        rows = rows.filter(door=door)
    return list(rows.select_related("registration", "user", "door").order_by("-at", "-pk")[:LATEST])


@dataclass(frozen=True)
class DoorCount:
    """How many of the participants with a place on site have come on a day."""

    arrived: int
    expected: int


def count_on_site(event: Event, day: datetime.date) -> DoorCount:
    people = Registration.objects.filter(event=event, status__in=ADMITTED, mode=Mode.ON_SITE)
    return DoorCount(people.filter(check_ins__day=day).count(), people.count())
