"""The list of people as a table: chosen columns, one for each question, row by row.

As many queries for one person as for thousands: people and answers are read side by side in the same order.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import cast

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from events import timezones
from events.enums import ConsentPurpose, Mode, Profession
from events.models import Answer, Consent, Event, Registration, SensitiveAnswer
from events.registration.encryption import unseal_or_none
from events.registration.labels import answer_in_words
from events.registration.queries import AskedQuestion, Filters, asked_questions, registrations_of
from events.states import RegistrationStatus
from home.countries import countries
from home.languages import language_name

CHUNK = 500
ANSWER = "answer-"
CONSENT = "consent-"
# What is chosen when nobody has said otherwise. No more than what a list of participants needs.
DEFAULT_COLUMNS = ["name", "email", "organisation", "country", "mode", "status"]


@dataclass(frozen=True)
class Column:
    key: str
    label: str
    is_sensitive: bool = False


def columns_of(event: Event, language: str, *, with_sensitive: bool) -> list[Column]:
    """Return what may be chosen, in the active language; answers by the words of the page in `language`."""
    fixed = [
        Column("name", pgettext("person", "Name")),
        Column("email", _("E-mail")),
        Column("organisation", _("Organisation")),
        Column("profession", _("Profession")),
        Column("country", _("Country")),
        Column("mode", _("How to take part")),
        Column("status", _("Status")),
        Column("language", _("Language")),
        Column("created_at", _("Registered")),
        Column("days", _("Attended on")),
        Column("note", _("Note of the organiser")),
        Column("key", _("Number of the registration")),
    ]
    purposes = set(Consent.objects.filter(registration__event=event).order_by().values_list("purpose", flat=True))
    consents = [
        Column(f"{CONSENT}{purpose}", _("Consent: %(purpose)s") % {"purpose": purpose.label})
        for purpose in ConsentPurpose
        if purpose in purposes
    ]
    asked = [
        Column(f"{ANSWER}{question.key}", question.label, question.is_sensitive)
        for question in asked_questions(event, language)
        if with_sensitive or not question.is_sensitive
    ]
    return [*fixed, *consents, *asked]


def rows_of(event: Event, filters: Filters, columns: list[Column], language: str) -> Iterator[list[object]]:
    """Yield a row for each person who passes the filters, in the order in which they came."""
    keys = {column.key for column in columns}
    is_sensitive = any(column.is_sensitive for column in columns)
    people = registrations_of(event, filters).order_by("pk")
    asked = asked_questions(event, language) if any(key.startswith(ANSWER) for key in keys) else []
    questions = {f"{ANSWER}{question.key}": question for question in asked}
    plain = _by_person(Answer.objects.filter(registration__in=people)) if _asks(columns) else iter(())
    secret = _by_person(SensitiveAnswer.objects.filter(registration__in=people)) if is_sensitive else iter(())
    days = _days(people) if "days" in keys else {}
    consents = _consents(people) if any(key.startswith(CONSENT) for key in keys) else {}
    given, sealed = _Beside(plain), _Beside(secret)
    for person in people.iterator(CHUNK):
        answers = {f"{ANSWER}{row.question_key}": row for row in [*given.of(person.pk), *sealed.of(person.pk)]}
        yield [_cell(event, person, column, answers, questions, days, consents) for column in columns]


def _asks(columns: list[Column]) -> bool:
    return any(column.key.startswith(ANSWER) and not column.is_sensitive for column in columns)


def _by_person(
    rows: QuerySet[Answer] | QuerySet[SensitiveAnswer],
) -> Iterator[tuple[int, list[Answer | SensitiveAnswer]]]:
    ordered = rows.order_by("registration_id", "pk").iterator(CHUNK)
    for pk, group in groupby(cast(Iterator[Answer | SensitiveAnswer], ordered), key=lambda row: row.registration_id):
        yield pk, list(group)


class _Beside:
    """Reads a second list in step with the first: both go by rising ids of people."""

    def __init__(self, groups: Iterator[tuple[int, list[Answer | SensitiveAnswer]]]) -> None:
        self._groups = groups
        self._next = next(groups, None)

    def of(self, pk: int) -> list[Answer | SensitiveAnswer]:
        # Somebody may have been deleted, or have arrived, between the two queries.
        while self._next is not None and self._next[0] < pk:
            self._next = next(self._groups, None)
        if self._next is None or self._next[0] != pk:
            return []
        return self._next[1]


def _days(people: QuerySet[Registration]) -> dict[int, list[datetime.date]]:
    found: dict[int, list[datetime.date]] = {}
    came = people.exclude(check_ins=None).order_by("check_ins__day").values_list("pk", "check_ins__day")
    for pk, day in came:
        found.setdefault(pk, []).append(day)
    return found


def _consents(people: QuerySet[Registration]) -> dict[tuple[int, str], Consent]:
    """Return what each person answered last, by person and purpose."""
    rows = Consent.objects.filter(registration__in=people).order_by("at", "pk").defer("wording")
    return {(row.registration_id, row.purpose): row for row in rows.iterator(CHUNK)}


def _cell(
    event: Event,
    person: Registration,
    column: Column,
    answers: dict[str, Answer | SensitiveAnswer],
    questions: dict[str, AskedQuestion],
    days: dict[int, list[datetime.date]],
    consents: dict[tuple[int, str], Consent],
) -> object:
    if column.key.startswith(ANSWER):
        return _answer(answers.get(column.key), questions[column.key])
    if column.key.startswith(CONSENT):
        consent = consents.get((person.pk, column.key.removeprefix(CONSENT)))
        return consent.in_words() if consent else ""
    if column.key == "days":
        return ", ".join(day.isoformat() for day in days.get(person.pk, []))
    return _fixed(event, person, column.key)


def _answer(row: Answer | SensitiveAnswer | None, question: AskedQuestion) -> str:
    if row is None:
        return ""
    value = row.value if isinstance(row, Answer) else unseal_or_none(row.sealed)
    return answer_in_words(row.kind, value, question.labels)


def _fixed(event: Event, person: Registration, key: str) -> object:
    if key == "created_at":
        # A day and time on the clocks of the event: spreadsheets know no zones.
        return person.created_at.astimezone(timezones.zone_info(event.zone)).replace(tzinfo=None, microsecond=0)
    if key == "profession":
        return str(Profession(person.profession).label) if person.profession else ""
    if key == "country":
        return countries.name(str(person.country)) if person.country else ""
    if key == "mode":
        return str(Mode(person.mode).label)
    if key == "status":
        return str(RegistrationStatus(person.status).label)
    if key == "language":
        return language_name(person.language)
    return str(getattr(person, key))
