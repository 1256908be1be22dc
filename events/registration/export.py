"""The registrations as a table for export: chosen columns, among them one for each question.

The number of queries does not depend on the number of registrations: registrations and answers are read in parallel, in
the same order.
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
from events.registration.encryption import decrypt_or_none
from events.registration.labels import answer_text
from events.registration.queries import Filters, QuestionSummary, filtered_registrations, question_summaries
from home.countries import countries
from home.languages import language_name

CHUNK = 500
ANSWER = "answer-"
CONSENT = "consent-"
# Selected by default: no more than a list of participants needs.
DEFAULT_COLUMNS = ["name", "email", "organisation", "country", "mode", "status"]


@dataclass(frozen=True)
class Column:
    key: str
    label: str
    is_sensitive: bool = False


def columns_of(event: Event, language: str, *, with_sensitive: bool) -> list[Column]:
    """Return the columns to choose from, with labels in the active language. Questions have those of `language`."""
    fixed = [
        Column("name", pgettext("person", "Name")),
        Column("email", _("Email")),
        Column("organisation", _("Organisation")),
        Column("profession", _("Profession")),
        Column("country", _("Country")),
        Column("mode", _("Attendance")),
        Column("status", _("Status")),
        Column("language", _("Language")),
        Column("created_at", _("Registered")),
        Column("days", _("Attended on")),
        Column("note", _("Organiser's note")),
        Column("key", _("Registration key")),
    ]
    purposes = set(Consent.objects.filter(registration__event=event).order_by().values_list("purpose", flat=True))
    consents = [
        Column(f"{CONSENT}{purpose}", _("Consent: %(purpose)s") % {"purpose": purpose.label})
        for purpose in ConsentPurpose
        if purpose in purposes
    ]
    questions = [
        Column(f"{ANSWER}{question.key}", question.label, question.is_sensitive)
        for question in question_summaries(event, language)
        if with_sensitive or not question.is_sensitive
    ]
    return [*fixed, *consents, *questions]


def rows_of(event: Event, filters: Filters, columns: list[Column], language: str) -> Iterator[list[object]]:
    """Yield a row for each registration that passes the filters, oldest first."""
    keys = {column.key for column in columns}
    is_sensitive = any(column.is_sensitive for column in columns)
    registrations = filtered_registrations(event, filters).order_by("pk")
    summaries = question_summaries(event, language) if any(key.startswith(ANSWER) for key in keys) else []
    questions = {f"{ANSWER}{question.key}": question for question in summaries}
    plain = _by_registration(Answer.objects.filter(registration__in=registrations)) if _has_plain(columns) else iter(())
    encrypted = (
        _by_registration(SensitiveAnswer.objects.filter(registration__in=registrations)) if is_sensitive else iter(())
    )
    days = _days(registrations) if "days" in keys else {}
    consents = _consents(registrations) if any(key.startswith(CONSENT) for key in keys) else {}
    plain_answers, sensitive_answers = _Parallel(plain), _Parallel(encrypted)
    for registration in registrations.iterator(CHUNK):
        pk = registration.pk
        answers = {f"{ANSWER}{row.question_key}": row for row in [*plain_answers.of(pk), *sensitive_answers.of(pk)]}
        yield [_cell(event, registration, column, answers, questions, days, consents) for column in columns]


def _has_plain(columns: list[Column]) -> bool:
    return any(column.key.startswith(ANSWER) and not column.is_sensitive for column in columns)


def _by_registration(
    rows: QuerySet[Answer] | QuerySet[SensitiveAnswer],
) -> Iterator[tuple[int, list[Answer | SensitiveAnswer]]]:
    ordered = rows.order_by("registration_id", "pk").iterator(CHUNK)
    for pk, group in groupby(cast(Iterator[Answer | SensitiveAnswer], ordered), key=lambda row: row.registration_id):
        yield pk, list(group)


class _Parallel:
    """Reads groups of answers in step with the registrations. Both are in order of the registration's primary key."""

    def __init__(self, groups: Iterator[tuple[int, list[Answer | SensitiveAnswer]]]) -> None:
        self._groups = groups
        self._next = next(groups, None)

    def of(self, pk: int) -> list[Answer | SensitiveAnswer]:
        # A registration may have been added or deleted between the two queries.
        while self._next is not None and self._next[0] < pk:
            self._next = next(self._groups, None)
        if self._next is None or self._next[0] != pk:
            return []
        return self._next[1]


def _days(registrations: QuerySet[Registration]) -> dict[int, list[datetime.date]]:
    found: dict[int, list[datetime.date]] = {}
    attended = registrations.exclude(check_ins=None).order_by("check_ins__day").values_list("pk", "check_ins__day")
    for pk, day in attended:
        found.setdefault(pk, []).append(day)
    return found


def _consents(registrations: QuerySet[Registration]) -> dict[tuple[int, str], Consent]:
    """Return the latest consent of each registration and purpose."""
    rows = Consent.objects.filter(registration__in=registrations).order_by("at", "pk").defer("text")
    return {(row.registration_id, row.purpose): row for row in rows.iterator(CHUNK)}


def _cell(
    event: Event,
    registration: Registration,
    column: Column,
    answers: dict[str, Answer | SensitiveAnswer],
    questions: dict[str, QuestionSummary],
    days: dict[int, list[datetime.date]],
    consents: dict[tuple[int, str], Consent],
) -> object:
    if column.key.startswith(ANSWER):
        return _answer(answers.get(column.key), questions[column.key])
    if column.key.startswith(CONSENT):
        consent = consents.get((registration.pk, column.key.removeprefix(CONSENT)))
        return consent.answer_label() if consent else ""
    if column.key == "days":
        return ", ".join(day.isoformat() for day in days.get(registration.pk, []))
    return _fixed(event, registration, column.key)


def _answer(row: Answer | SensitiveAnswer | None, question: QuestionSummary) -> str:
    if row is None:
        return ""
    value = row.value if isinstance(row, Answer) else decrypt_or_none(row.encrypted_value)
    return answer_text(row.kind, value, question.labels)


def _fixed(event: Event, registration: Registration, key: str) -> object:
    if key == "created_at":
        # Local time of the event: spreadsheets have no time zones.
        return registration.created_at.astimezone(timezones.zone_info(event.zone)).replace(tzinfo=None, microsecond=0)
    if key == "profession":
        return str(Profession(registration.profession).label) if registration.profession else ""
    if key == "country":
        return countries.name(str(registration.country)) if registration.country else ""
    if key == "mode":
        return str(Mode(registration.mode).label)
    if key == "status":
        return registration.status_label
    if key == "language":
        return language_name(registration.language)
    return str(getattr(registration, key))
