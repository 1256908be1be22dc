"""The registrations as a table for export, with the chosen columns. Each question has a column.

The number of queries does not depend on the number of registrations: registrations and answers are read side by side
from separate queries in the same order.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from events import timezones
from events.enums import ConsentPurpose, Mode, Profession, QuestionKind
from events.models import Agreement, Answer, Consent, Event, Registration, SensitiveAnswer, SessionSeat
from events.registration import access
from events.registration.chosen_sessions import ChosenSession, chosen_sessions
from events.registration.labels import answer_text, stored_date
from events.registration.queries import Filters, QuestionSummary, filtered_registrations, question_summaries
from events.registration.questions import for_other_mode
from events.registration.sensitive_answers import ReadAnswer, read_for_staff
from home.countries import countries
from home.languages import language_name

CHUNK = 500
# Pairs of an answer and its value.
StoredAnswer = tuple[Answer | SensitiveAnswer, object]
ANSWER = "answer-"
CONSENT = "consent-"
# Selected by default. A list of participants needs no other columns.
DEFAULT_COLUMNS = ["name", "email", "organisation", "country", "mode", "status"]


@dataclass(frozen=True)
class Column:
    key: str
    label: str
    is_sensitive: bool = False


def columns_of(event: Event, language: str, *, with_sensitive: bool) -> list[Column]:
    """Return the columns to choose from, with labels in the active language. Questions are in `language`."""
    fixed = [
        Column("name", pgettext("person", "Name")),
        Column("given_name", _("Given name")),
        Column("family_name", _("Family name")),
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
    sessions = (
        [Column("sessions", pgettext("timetable", "Sessions"))]
        if event.sessions.filter(is_chosen=True).exists()
        else []
    )
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
    return [*fixed, *sessions, *consents, *questions]


def sensitive_keys(event: Event) -> set[str]:
    """Return the keys of the columns with sensitive answers. Those of removed questions are included."""
    return {column.key for column in columns_of(event, "", with_sensitive=True) if column.is_sensitive}


def recorded_rows(
    event: Event, user: access.Visitor, filters: Filters, columns: list[Column], language: str
) -> Iterator[list[object]]:
    """Record that the user exports the registrations, then return the rows of `rows_of`.

    Raises PermissionDenied if a column has sensitive answers and the user may not see them.
    """
    registrations = filtered_registrations(event, filters).order_by("pk")
    is_sensitive = any(column.is_sensitive for column in columns)
    detail = {
        "columns": [column.key for column in columns],
        "filters": filters.as_detail(),
        "rows": registrations.count(),
        "sensitive": is_sensitive,
    }
    if not is_sensitive:
        access.log(event, user, "export", detail)
        return rows_of(event, filters, columns, language)
    encrypted = SensitiveAnswer.objects.filter(registration__in=registrations).exclude(for_other_mode(event.pk))
    encrypted = encrypted.order_by("registration_id", "pk")
    sensitive = read_for_staff(event, user, encrypted.iterator(CHUNK), "export", detail)
    return rows_of(event, filters, columns, language, sensitive)


def rows_of(
    event: Event,
    filters: Filters,
    columns: list[Column],
    language: str,
    sensitive: Iterator[ReadAnswer] = iter(()),  # noqa: B008  (empty: it has no state)
) -> Iterator[list[object]]:
    """Yield a row for each registration that matches the filters, oldest first.

    `sensitive` yields the answers to sensitive questions, in the order of their registrations.
    """
    keys = {column.key for column in columns}
    registrations = filtered_registrations(event, filters).order_by("pk")
    summaries = question_summaries(event, language) if any(key.startswith(ANSWER) for key in keys) else []
    questions = {f"{ANSWER}{question.key}": question for question in summaries}
    plain = _plain_answers(event, registrations) if _has_plain(columns) else iter(())
    days = _days(registrations) if "days" in keys else {}
    sessions = _sessions(event, registrations, language) if "sessions" in keys else {}
    consents = _consents(registrations) if any(key.startswith(CONSENT) for key in keys) else {}
    has_agreements = any(questions[key].kind == QuestionKind.AGREEMENT for key in keys & questions.keys())
    agreements = _agreements(registrations) if has_agreements else {}
    plain_answers, sensitive_answers = _Parallel(_by_registration(plain)), _Parallel(_by_registration(sensitive))
    for registration in registrations.iterator(CHUNK):
        pk = registration.pk
        stored = [*plain_answers.of(pk), *sensitive_answers.of(pk)]
        answers = {f"{ANSWER}{row.question_key}": (row, value) for row, value in stored}
        row_data = ExportRowData(answers, agreements.get(pk, {}), days.get(pk, []), consents, sessions.get(pk, []))
        yield [_cell(event, registration, column, row_data, questions) for column in columns]


def _has_plain(columns: list[Column]) -> bool:
    return any(column.key.startswith(ANSWER) and not column.is_sensitive for column in columns)


def _plain_answers(event: Event, registrations: QuerySet[Registration]) -> Iterator[StoredAnswer]:
    answers = Answer.objects.filter(registration__in=registrations).exclude(for_other_mode(event.pk))
    rows = answers.order_by("registration_id", "pk").iterator(CHUNK)
    return ((answer, answer.value) for answer in rows)


def _by_registration(rows: Iterable[StoredAnswer]) -> Iterator[tuple[int, list[StoredAnswer]]]:
    for pk, group in groupby(rows, key=lambda row: row[0].registration_id):
        yield pk, list(group)


class _Parallel:
    """Reads groups of answers in step with the registrations.

    Both must be in the order of the registrations' primary keys.
    """

    def __init__(self, groups: Iterator[tuple[int, list[StoredAnswer]]]) -> None:
        self._groups = groups
        self._next = next(groups, None)

    def of(self, pk: int) -> list[StoredAnswer]:
        # This group has no registration: it was added or deleted between the two queries.
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


def _sessions(event: Event, registrations: QuerySet[Registration], language: str) -> dict[int, list[str]]:
    """Return the sessions that each participant has chosen, in the order of time. Three queries."""
    sessions = {session.pk: session for session in chosen_sessions(event, language)}
    places = {pk: place for place, pk in enumerate(sessions)}
    seats = SessionSeat.objects.filter(registration__in=registrations, session__in=sessions)
    found: dict[int, list[str]] = {}
    for seat in sorted(seats.iterator(CHUNK), key=lambda seat: places[seat.session_id]):
        found.setdefault(seat.registration_id, []).append(ChosenSession(sessions[seat.session_id], seat).label)
    return found


def _consents(registrations: QuerySet[Registration]) -> dict[tuple[int, str], Consent]:
    """Return the latest consent, by registration and purpose."""
    rows = Consent.objects.filter(registration__in=registrations).order_by("at", "pk").defer("text")
    return {(row.registration_id, row.purpose): row for row in rows.iterator(CHUNK)}


def _agreements(registrations: QuerySet[Registration]) -> dict[int, dict[str, datetime.datetime]]:
    """Return when each participant last agreed, by registration and by column."""
    found: dict[int, dict[str, datetime.datetime]] = {}
    rows = Agreement.objects.filter(registration__in=registrations).order_by("at", "pk")
    for pk, key, at in rows.values_list("registration_id", "question_key", "at"):
        found.setdefault(pk, {})[f"{ANSWER}{key}"] = at
    return found


@dataclass(frozen=True)
class ExportRowData:
    """The data of one registration: answers and agreements by column, days, and sessions.

    `consents` has the consents of all registrations.
    """

    answers: dict[str, StoredAnswer]
    agreements: dict[str, datetime.datetime]
    days: list[datetime.date]
    consents: dict[tuple[int, str], Consent]
    sessions: list[str]


def _cell(
    event: Event,
    registration: Registration,
    column: Column,
    row_data: ExportRowData,
    questions: dict[str, QuestionSummary],
) -> object:
    if agreed_at := row_data.agreements.get(column.key):
        return _local(event, agreed_at)
    if column.key.startswith(ANSWER):
        return _answer(row_data.answers.get(column.key), questions[column.key])
    if column.key.startswith(CONSENT):
        consent = row_data.consents.get((registration.pk, column.key.removeprefix(CONSENT)))
        return consent.answer_label() if consent else ""
    if column.key == "sessions":
        return "; ".join(row_data.sessions)
    if column.key == "days":
        return ", ".join(day.isoformat() for day in row_data.days)
    return _fixed(event, registration, column.key)


def _answer(stored: StoredAnswer | None, question: QuestionSummary) -> object:
    """Return numbers and dates as such, so that spreadsheets can compute with them, and other answers as text."""
    if stored is None:
        return ""
    row, value = stored
    if row.kind == QuestionKind.NUMBER and isinstance(value, int | float):
        return value
    if row.kind == QuestionKind.DATE and (day := stored_date(value)):
        return day
    return answer_text(row.kind, value, question.labels)


def _local(event: Event, moment: datetime.datetime) -> datetime.datetime:
    """Return the moment as local time of the event without a time zone, because spreadsheets have no time zones."""
    return moment.astimezone(timezones.zone_info(event.zone)).replace(tzinfo=None, microsecond=0)


def _fixed(event: Event, registration: Registration, key: str) -> object:
    if key == "created_at":
        return _local(event, registration.created_at)
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
