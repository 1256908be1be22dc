"""Filters of registrations by the answer to a question: a choice, a range of numbers or dates, an agreement."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from events.enums import QuestionKind
from events.models import Agreement, Answer, Event, Registration
from events.registration.labels import stored_date

# Kinds of questions whose answers are chosen from a list.
CHOSEN = frozenset({QuestionKind.CHOICE, QuestionKind.CHOICES, QuestionKind.YES_NO, QuestionKind.COUNTRY})
NOT_ANSWERED = "none"
AGREED = "agreed"


@dataclass(frozen=True)
class AnswerFilter:
    """A condition for the answer to one question.

    `value` is the key of a choice, "yes" or "no", the code of a country, `AGREED`, or `NOT_ANSWERED`. Numbers and dates
    have `low` and `high` instead, and None means no limit. `only_mode` is the attendance mode of the question:
    participants in the other mode are not asked.
    """

    key: uuid.UUID
    kind: str
    only_mode: str = ""
    value: str = ""
    low: Decimal | datetime.date | None = None
    high: Decimal | datetime.date | None = None

    def as_json(self) -> dict[str, str]:
        """Return the filter as JSON can store it. `from_json` restores it."""
        limits = {name: "" if limit is None else str(limit) for name, limit in (("low", self.low), ("high", self.high))}
        return {"key": str(self.key), "kind": self.kind, "only_mode": self.only_mode, "value": self.value, **limits}

    @classmethod
    def from_json(cls, stored: Mapping[str, str]) -> AnswerFilter:
        read = datetime.date.fromisoformat if stored["kind"] == QuestionKind.DATE else Decimal
        low, high = (read(stored[name]) if stored[name] else None for name in ("low", "high"))
        return cls(uuid.UUID(stored["key"]), stored["kind"], stored["only_mode"], stored["value"], low, high)


def with_answer(event: Event, registrations: QuerySet[Registration], wanted: AnswerFilter) -> QuerySet[Registration]:
    """Return the registrations of the event whose answer matches. One query more, whatever the number of registrations.

    Answers are compared in Python, because the two databases compare JSON values differently.
    """
    if wanted.only_mode:
        # Participants in the other attendance mode may have an old answer, which is not used.
        registrations = registrations.filter(mode=wanted.only_mode)
    if wanted.value == NOT_ANSWERED:
        return registrations.exclude(pk__in={pk for pk, _value in _answers(event, wanted)})
    return registrations.filter(pk__in={pk for pk, value in _answers(event, wanted) if _fits(wanted, value)})


def _answers(event: Event, wanted: AnswerFilter) -> Iterator[tuple[int, object]]:
    if wanted.kind == QuestionKind.AGREEMENT:
        agreed = Agreement.objects.filter(registration__event=event, question_key=wanted.key)
        return ((pk, AGREED) for pk in agreed.values_list("registration_id", flat=True))
    answers = Answer.objects.filter(registration__event=event, question_key=wanted.key, kind=wanted.kind)
    return iter(answers.values_list("registration_id", "value"))


def _fits(wanted: AnswerFilter, value: object) -> bool:
    if wanted.kind == QuestionKind.NUMBER:
        number = Decimal(str(value)) if isinstance(value, int | float) else None
        return number is not None and _is_within(wanted, number)
    if wanted.kind == QuestionKind.DATE:
        day = stored_date(value)
        return day is not None and _is_within(wanted, day)
    if isinstance(value, list):
        return any(str(item["key"]) == wanted.value for item in value)
    if wanted.kind == QuestionKind.YES_NO:
        return value is (wanted.value == "yes")
    return value == wanted.value


def _is_within(wanted: AnswerFilter, value: Any) -> bool:
    """Return whether a number or a date is within the limits. All have the same type."""
    return (wanted.low is None or value >= wanted.low) and (wanted.high is None or value <= wanted.high)
