"""The actions of people at the door: find participants, check them in by their ticket, and undo a check-in."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from events.attendance.points import CheckInPoint
from events.enums import Mode, SeatStatus
from events.models import CheckIn, Door, Event, Registration, SessionAttendance, SessionSeat
from events.registration import commands, tickets
from events.registration.actor import Actor
from events.registration.errors import BusyError, NotPossibleError, RegistrationError
from events.registration.queries import matches
from events.registration.seats import SeatCount, session_counts
from events.states import ADMITTED
from home.collation import sort_key

# The record that a participant was present: on a day, or in a session.
Presence = CheckIn | SessionAttendance
MAX_RESULTS = 30
# Minimum length of a search text in characters: a shorter one would list most participants.
MIN_SEARCH = 2
LATEST = 8


class Result(StrEnum):
    """The result of a check-in. Screens show a word, a colour and a sound for each."""

    WELCOME = "welcome"
    ALREADY_IN = "already_in"
    # The participant has a place online and not on site.
    ONLINE = "online"
    # The registration has no place: it is on the waiting list, withdrawn, cancelled and so on.
    NO_PLACE = "no_place"
    # The code is that of an old ticket: the participant has a newer one.
    REPLACED = "replaced"
    OTHER_EVENT = "other_event"
    UNKNOWN = "unknown"
    # The check character is wrong: the code was misread or mistyped.
    MISREAD = "misread"
    BUSY = "busy"
    UNDONE = "undone"
    # The participant has left the session.
    LEFT = "left"
    NOT_IN = "not_in"


@dataclass(frozen=True)
class Scan:
    """The result of a check-in, with the data that the screen shows.

    `registration` is None if the code does not belong to a registration of the event.
    """

    result: Result
    registration: Registration | None = None
    check_in: Presence | None = None
    # Whether the session is one that participants choose and the participant has no place in it.
    has_no_seat: bool = False


def scan(event: Event, text: str, point: CheckInPoint, actor: Actor, now: datetime.datetime | None = None) -> Scan:
    """Check in the participant whose ticket code is `text`. It comes from a camera, a hardware scanner or a keyboard."""
    registration = holder_of(event, text)
    if isinstance(registration, Scan):
        return registration
    if registration.status in ADMITTED and registration.effective_mode == Mode.ONLINE and not point.is_leaving:
        return Scan(Result.ONLINE, registration, _presence_of(registration, point))
    return check_in(registration, point, actor, now)


def holder_of(event: Event, text: str) -> Registration | Scan:
    """Return the registration of a ticket of the event.

    If there is none, or the ticket is an old one, return the result that the door shows.
    """
    ticket = tickets.find(text)
    if ticket is None:
        is_wrong = tickets.looks_like_ticket(text) and not tickets.is_ticket(text)
        return Scan(Result.MISREAD if is_wrong else Result.UNKNOWN)
    if ticket.registration.event_id != event.pk:
        return Scan(Result.OTHER_EVENT)
    if ticket.replaced_at is not None:
        return Scan(Result.REPLACED, ticket.registration)
    return ticket.registration


def check_in(
    registration: Registration, point: CheckInPoint, actor: Actor, now: datetime.datetime | None = None
) -> Scan:
    """Record that a participant comes or leaves. The result also states whether this was recorded before."""
    now = now or timezone.now()
    try:
        row = _record(registration, point, actor, now)
    except BusyError:
        return Scan(Result.BUSY, registration)
    except RegistrationError:
        registration.refresh_from_db(fields=["status"])
        return Scan(Result.NO_PLACE, registration)
    if row is None:
        return Scan(Result.NOT_IN, registration)
    if point.is_leaving:
        return Scan(Result.LEFT, registration, row)
    if row.at != now:
        return Scan(Result.ALREADY_IN, registration, row)
    return Scan(Result.WELCOME, registration, row, has_no_seat=_lacks_seat(registration, point))


def _lacks_seat(registration: Registration, point: CheckInPoint) -> bool:
    if point.session is None or not point.session.is_chosen:
        return False
    held = SessionSeat.objects.filter(registration=registration, session=point.session.pk, status=SeatStatus.HELD)
    return not held.exists()


def _record(registration: Registration, point: CheckInPoint, actor: Actor, now: datetime.datetime) -> Presence | None:
    if point.session is None:
        commands.check_in(registration.pk, point.day, actor, now)
    elif point.is_leaving:
        commands.leave_session(registration.pk, point.session.pk, actor, now)
    else:
        commands.enter_session(registration.pk, point.session.pk, actor, now=now)
    return _presence_of(registration, point)


def undo(registration: Registration, point: CheckInPoint, actor: Actor) -> Scan:
    """Undo a check-in, the attendance of a session, or the record that someone left it.

    Raises NotPossibleError if the actor is a helper and another door or an account has made the record.
    """
    if actor.door is not None:
        row = _presence_of(registration, point)
        if row is not None and row.door_id != actor.door.pk:
            raise NotPossibleError
    try:
        if point.session is None:
            commands.undo_check_in(registration.pk, point.day, actor)
        else:
            commands.undo_session(registration.pk, point.session.pk, actor, only_leaving=point.is_leaving)
    except BusyError:
        return Scan(Result.BUSY, registration)
    return Scan(Result.UNDONE, registration)


def _presences(point: CheckInPoint) -> QuerySet[CheckIn] | QuerySet[SessionAttendance]:
    if point.session is None:
        return CheckIn.objects.filter(day=point.day).select_related("user", "door")
    return SessionAttendance.objects.filter(session=point.session.pk).select_related("user", "door")


def _presence_of(registration: Registration, point: CheckInPoint) -> Presence | None:
    return _presences(point).filter(registration=registration).first()


def person_of(event: Event, pk: int) -> Registration | None:
    """Return a registration of the event that is not anonymised."""
    return Registration.objects.filter(event=event, pk=pk, anonymised_at=None).select_related("event").first()


def people_like(event: Event, search: str, point: CheckInPoint) -> tuple[Sequence[Registration], int]:
    """Return participants with a place whose names match, at most `MAX_RESULTS`, and the number of all matches.

    `today_of` returns the records at the point for each of them.
    """
    people = Registration.objects.filter(event=event, status__in=ADMITTED, anonymised_at=None)
    rows = people.filter(matches(search, "searchable_name"))
    relation = "check_ins" if point.session is None else "session_attendances"
    shown = rows.prefetch_related(Prefetch(relation, queryset=_presences(point), to_attr="today")).order_by(
        "name", "pk"
    )
    found = sorted(shown[: MAX_RESULTS + 1], key=lambda person: sort_key(person.sort_name))
    return found[:MAX_RESULTS], rows.count()


def today_of(person: Registration) -> list[Presence]:
    """Return the records at the point for a participant that `people_like` has found."""
    return list(getattr(person, "today", ()))


def is_recorded(person: Registration, point: CheckInPoint) -> bool:
    """Return whether there is a record to undo at the point, for a participant that `people_like` has found."""
    rows = today_of(person)
    if point.is_leaving:
        return any(isinstance(row, SessionAttendance) and row.left_at is not None for row in rows)
    return bool(rows)


def latest(event: Event, point: CheckInPoint, door: Door | None = None) -> list[Presence]:
    """Return the latest records at the point, newest first: those of all doors, or those of `door`."""
    rows = _presences(point).filter(registration__event=event)
    if door is not None:
        rows = rows.filter(door=door)
    if point.is_leaving:
        rows = rows.filter(pk__in=SessionAttendance.objects.exclude(left_at=None).values("pk"))
    return list(rows.select_related("registration", "user", "door").order_by("-at", "-pk")[:LATEST])


@dataclass(frozen=True)
class DoorCount:
    """The numbers of people who have arrived and who are expected on site; for a session, of those who are in the room.

    `seats` are the places in a session that participants choose; None for other sessions.
    """

    arrived: int
    expected: int
    is_session: bool = False
    seats: SeatCount | None = None

    @property
    def places_taken(self) -> str:
        """How many places of the session are taken; empty if their number is not limited."""
        if self.seats is None or self.seats.capacity is None:
            return ""
        return _("%(held)d of %(capacity)d places taken") % {"held": self.seats.held, "capacity": self.seats.capacity}


def count_at(event: Event, point: CheckInPoint) -> DoorCount:
    people = Registration.objects.filter(event=event, status__in=ADMITTED, mode=Mode.ON_SITE)
    if point.session is None:
        return DoorCount(people.filter(check_ins__day=point.day).count(), people.count())
    inside = SessionAttendance.objects.filter(session=point.session.pk, left_at=None)
    seats = session_counts(event).get(point.session.pk) if point.session.is_chosen else None
    return DoorCount(inside.count(), 0, is_session=True, seats=seats)
