"""Attendance of online participants from a report: match its people with registrations, and record the minutes."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.utils import timezone

from events.attendance.reports import Attendee, joined
from events.models import CheckIn, Event, Registration
from events.registration import commands
from events.registration.actor import Actor
from events.registration.addresses import email_key
from events.registration.errors import RegistrationError
from events.registration.sessions import SessionDetail
from events.states import ADMITTED
from home.names import name_key


@dataclass(frozen=True)
class Match:
    """A person of the report with their registration. `is_sure` is true if the email addresses are the same.

    `is_partly_by_name` is true if the person joined under this address, and also with the same name without it.
    """

    attendee: Attendee
    registration: Registration
    is_sure: bool
    is_partly_by_name: bool = False


@dataclass(frozen=True)
class Matches:
    found: list[Match] = field(default_factory=list)
    unknown: list[Attendee] = field(default_factory=list)


def match(event: Event, attendees: Sequence[Attendee]) -> Matches:
    """Match people with registrations: by email address, else by name if exactly one participant has that name.

    Someone who joined under several addresses or names is one person, unless the report has only durations: these
    would count twice what overlaps. One query.
    """
    people = list(Registration.objects.filter(event=event, status__in=ADMITTED, anonymised_at=None).order_by("pk"))
    by_email = {person.email_key: person for person in people if person.email_key and not person.address_name}
    names = Counter(name_key(person.name) for person in people)
    by_name = {name_key(person.name): person for person in people}
    result = Matches()
    taken: dict[int, int] = {}
    for attendee in sorted(attendees, key=lambda item: not item.email):
        person = by_email.get(email_key(attendee.email)) if attendee.email else None
        is_sure = person is not None
        if person is None and names[name_key(attendee.name)] == 1:
            person = by_name[name_key(attendee.name)]
        if person is None:
            result.unknown.append(attendee)
        elif person.pk not in taken:
            taken[person.pk] = len(result.found)
            result.found.append(Match(attendee, person, is_sure))
        elif attendee.spans and result.found[taken[person.pk]].attendee.spans:
            place = taken[person.pk]
            result.found[place] = _joined(result.found[place], attendee, is_sure=is_sure)
        else:
            result.unknown.append(attendee)
    return result


def _joined(known: Match, attendee: Attendee, *, is_sure: bool) -> Match:
    by_name = known.is_partly_by_name or (known.is_sure and not is_sure)
    return replace(known, attendee=joined(known.attendee, attendee), is_partly_by_name=by_name)


def session_minutes(attendee: Attendee, sessions: Sequence[SessionDetail], zone: datetime.tzinfo) -> dict[int, int]:
    """Return the minutes that a person attended of each session, by the primary key of the session.

    `zone` is the time zone of the report. Sessions without a known end, and sessions that the person did not attend,
    are left out.
    """
    found = {}
    for session in sessions:
        if session.ends_at is None:
            continue
        seconds = 0.0
        for start, end in attendee.spans:
            begin = max(start.replace(tzinfo=zone), session.starts_at)
            seconds += max(0.0, (min(end.replace(tzinfo=zone), session.ends_at) - begin).total_seconds())
        if minutes := round(seconds / 60):
            found[session.pk] = minutes
    return found


@dataclass(frozen=True)
class AttendanceMinutes:
    """The minutes of a participant: of the whole day, and of each session by its primary key."""

    minutes: int
    sessions: Mapping[int, int] = field(default_factory=dict)


def record(
    event: Event,
    day: datetime.date,
    counted: Mapping[int, AttendanceMinutes],
    actor: Actor,
    *,
    least: int = 1,
    now: datetime.datetime | None = None,
) -> int:
    """Check in participants who were online for at least `least` minutes, and store their minutes.

    `counted` has the minutes by the primary key of the registration. Importing a report again corrects the minutes.
    Returns how many participants were recorded; participants without a place are left out.
    """
    now = now or timezone.now()
    count = 0
    enough = {pk: item for pk, item in counted.items() if item.minutes >= least}
    for pk in Registration.objects.filter(event=event, pk__in=enough, anonymised_at=None).values_list("pk", flat=True):
        try:
            commands.check_in(pk, day, actor, now)
            if enough[pk].sessions:
                commands.record_report(pk, enough[pk].sessions, actor, now)
        except RegistrationError:
            continue
        CheckIn.objects.filter(registration=pk, day=day).update(minutes=enough[pk].minutes)
        count += 1
    return count
