"""The table of participants and counted sessions: the minutes of each session, and totals in hours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from events.models import Event, Registration, SessionAttendance
from events.registration.queries import matches
from events.registration.sessions import SessionDetail, minutes_of, records_leaving, total_minutes
from events.states import ADMITTED


@dataclass(frozen=True)
class Row:
    """A participant with their minutes in each session; None for a session that they did not attend."""

    person: Registration
    minutes: list[int | None]
    # The total of all sessions. Time during which sessions overlap counts once.
    hours: Decimal


@dataclass(frozen=True)
class SessionTotal:
    """The number of participants who attended a session, and the sum of their hours."""

    session: SessionDetail
    people: int
    hours: Decimal


def hours_of(minutes: int) -> Decimal:
    """Return minutes converted to hours, with two decimals."""
    return (Decimal(minutes) / 60).quantize(Decimal("0.01"))


def people_of(event: Event, search: str = "") -> QuerySet[Registration]:
    """Return the participants with a place whose names match, sorted by family name."""
    people = Registration.objects.filter(event=event, status__in=ADMITTED, anonymised_at=None)
    if search:
        people = people.filter(matches(search, "searchable_name"))
    return people.order_by("family_name", "name", "pk")


def rows_of(event: Event, sessions: Sequence[SessionDetail], people: Iterable[Registration]) -> list[Row]:
    """Return a row for each of these participants. One query."""
    people = list(people)
    attended: dict[tuple[int, int], SessionAttendance] = {
        (row.registration_id, row.session_id): row
        for row in SessionAttendance.objects.filter(registration__in=[person.pk for person in people])
    }
    leaving = records_leaving(event)

    def minutes(person: Registration, session: SessionDetail) -> int | None:
        row = attended.get((person.pk, session.pk))
        return minutes_of(row, session, records_leaving=leaving) if row else None

    def row(person: Registration) -> Row:
        found = [minutes(person, session) for session in sessions]
        total = total_minutes((session, number) for session, number in zip(sessions, found, strict=True) if number)
        return Row(person, found, hours_of(total))

    return [row(person) for person in people]


def totals_of(event: Event, sessions: Sequence[SessionDetail]) -> list[SessionTotal]:
    """Return the totals of each session. Anonymised participants count too. One query."""
    by_session: dict[int, list[SessionAttendance]] = {}
    for row in SessionAttendance.objects.filter(session__event=event):
        by_session.setdefault(row.session_id, []).append(row)
    leaving = records_leaving(event)
    found = []
    for session in sessions:
        rows = by_session.get(session.pk, [])
        minutes = sum(minutes_of(row, session, records_leaving=leaving) for row in rows)
        found.append(SessionTotal(session, len(rows), hours_of(minutes)))
    return found
