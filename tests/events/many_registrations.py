"""An event with many registrations, and emails that wait, for benchmarks and for looking at screens."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterator

from django.utils import timezone

from events.models import CheckIn, Event, HistoryEntry, OutboxMail, Registration

GIVEN = ["Anna", "Jüri", "Mikko", "Σωτηρία", "Łukasz", "Maria", "Θεόδωρος", "Åsa", "Liis", "Νίκος"]
FAMILY = ["Virtanen", "Tamm", "Παπαδοπούλου", "O’Neill", "Kõiv", "Järvinen", "Αγγελίδης", "Nowak", "Öberg", "Mägi"]
COUNTRIES = ["FI", "EE", "GR", "CY", "PL", "SE", "ES"]
LANGUAGES = ["en", "fi", "et", "el"]
# Of twenty registrations.
STATUSES = ["confirmed"] * 12 + ["attended"] * 4 + ["waiting"] * 2 + ["withdrawn"] + ["pending"]
BATCH = 2_000
HOUR = datetime.timedelta(hours=1)


def add_registrations(event: Event, number: int, first: int = 0) -> None:
    """Add registrations with a history entry each, and check-ins of those who attended. `first` is their first number."""
    for numbers in _batches(first, first + number):
        people = Registration.objects.bulk_create([_registration(event, count) for count in numbers])
        HistoryEntry.objects.bulk_create(
            [HistoryEntry(registration=person, actor="participant", action="register") for person in people]
        )
        CheckIn.objects.bulk_create(
            [CheckIn(registration=person, day=event.first_day) for person in people if person.status == "attended"]
        )


def _batches(first: int, end: int) -> Iterator[range]:
    for start in range(first, end, BATCH):
        yield range(start, min(end, start + BATCH))


def _registration(event: Event, number: int) -> Registration:
    given, family = GIVEN[number % 10], f"{FAMILY[number // 10 % 10]} {number}"
    address = f"person{number}@example.org"
    status = STATUSES[number % len(STATUSES)]
    at = timezone.now() - HOUR * (1 + number % 1000)
    return Registration(
        event=event,
        status=status,
        mode="online" if number % 3 and status != "waiting" else "on_site",
        language=LANGUAGES[number % 4],
        name=f"{given} {family}",
        given_name=given,
        family_name=family,
        email=address,
        email_key=address,
        organisation=f"University {number % 200}",
        profession="nurse",
        country=COUNTRIES[number % 7],
        created_at=at,
        status_since=at,
        queued_at=at if status == "waiting" else None,
    )


def add_mails(event: Event, number: int) -> None:
    """Add emails that wait, one for each of the first registrations."""
    due = timezone.now() - HOUR
    people = Registration.objects.filter(event=event).order_by("pk").values_list("pk", "language")[:number]
    rows = people.iterator(BATCH)
    while batch := list(itertools.islice(rows, BATCH)):
        OutboxMail.objects.bulk_create(
            [
                OutboxMail(event=event, registration_id=pk, kind="event_changed", language=code, next_try_at=due)
                for pk, code in batch
            ]
        )
