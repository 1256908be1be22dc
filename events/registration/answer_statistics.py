"""Statistics of the answers to an event's own questions, without sensitive answers."""

from __future__ import annotations

import statistics
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from events.enums import QuestionKind
from events.models import Agreement, Answer, Event, Registration
from events.registration.labels import answer_text, number_text, stored_date
from events.registration.queries import QuestionSummary, question_summaries
from events.registration.questions import for_other_mode
from events.registration.statistics import SMALLEST_CELL, Cell
from events.states import HOLDS_SEAT, RegistrationStatus
from home.countries import countries

COUNTED = frozenset({QuestionKind.CHOICE, QuestionKind.CHOICES, QuestionKind.YES_NO, QuestionKind.COUNTRY})
# Pairs of the kind that the question had when it was answered, and the value of the answer.
Given = tuple[str, object]


@dataclass(frozen=True)
class AnswerStatistics:
    """The statistics of one question.

    `cells` has how many people gave each answer, `figures` the values of numbers and dates. `count` is the number of
    people who answered. `is_hidden` is true if they are too few: the lowest and the highest value are the answers of
    single people.
    """

    key: uuid.UUID
    label: str
    count: int
    cells: list[Cell] = field(default_factory=list)
    # Pairs of label and text, such as "Median" and "2.5".
    figures: list[tuple[str, str]] = field(default_factory=list)
    is_hidden: bool = False


def answer_statistics(event: Event, language: str) -> list[AnswerStatistics]:
    """Return the statistics of each question that can be counted, over people who have a place or wait.

    The number of queries does not depend on the numbers of questions and answers.
    """
    questions = [item for item in question_summaries(event, language) if not item.is_sensitive]
    people = Registration.objects.filter(event=event, status__in=HOLDS_SEAT | {RegistrationStatus.WAITING})
    given: dict[uuid.UUID, list[Given]] = {}
    unused = for_other_mode(event.pk)
    answers = Answer.objects.filter(registration__in=people).exclude(unused).order_by("pk")
    for key, kind, value in answers.values_list("question_key", "kind", "value"):
        given.setdefault(key, []).append((kind, value))
    agreed = Agreement.objects.filter(registration__in=people).exclude(unused).order_by()
    agreements = Counter(key for key, _pk in set(agreed.values_list("question_key", "registration")))
    found = (_of_question(item, given.get(item.key, []), agreements[item.key]) for item in questions)
    return [item for item in found if item is not None]


def _of_question(question: QuestionSummary, given: Sequence[Given], agreed: int) -> AnswerStatistics | None:
    """Return the statistics of a question; None if nobody answered it or if its answers are texts."""
    if question.kind == QuestionKind.AGREEMENT:
        cells = [Cell("agreed", _("Agreed"), agreed)]
        return AnswerStatistics(question.key, question.label, agreed, cells=cells) if agreed else None
    # Answers from a time when the question had another kind are not counted.
    values = [value for kind, value in given if kind == question.kind]
    if not values:
        return None
    if question.kind in COUNTED:
        return AnswerStatistics(question.key, question.label, len(values), cells=_cells(question, values))
    if question.kind in {QuestionKind.NUMBER, QuestionKind.DATE}:
        if len(values) < SMALLEST_CELL:
            return AnswerStatistics(question.key, question.label, len(values), is_hidden=True)
        figures = _of_numbers(values) if question.kind == QuestionKind.NUMBER else _of_dates(values)
        return AnswerStatistics(question.key, question.label, len(values), figures=figures)
    return None


def _cells(question: QuestionSummary, values: Iterable[object]) -> list[Cell]:
    counts: Counter[str] = Counter()
    labels = dict(question.labels) | ({"yes": _("Yes"), "no": _("No")} if question.kind == QuestionKind.YES_NO else {})
    for value in values:
        for key, label in _chosen(question.kind, value):
            labels.setdefault(key, label)
            counts[key] += 1
    order = {key: number for number, key in enumerate(labels)}
    # Choices are in the order of the form, countries by the number of answers.
    sort = (lambda key: (-counts[key], labels[key])) if question.kind == QuestionKind.COUNTRY else order.__getitem__
    return [Cell(key, labels[key], counts[key]) for key in sorted(counts, key=sort)]


def _chosen(kind: str, value: object) -> list[tuple[str, str]]:
    if isinstance(value, list):
        return [(str(item["key"]), str(item["label"])) for item in value]
    if kind == QuestionKind.YES_NO:
        return [("yes" if value else "no", "")]
    return [(str(value), countries.name(str(value)) or answer_text(kind, value))]


def _of_numbers(values: Sequence[object]) -> list[tuple[str, str]]:
    numbers = [value for value in values if isinstance(value, int | float)]
    return [
        (_("Median"), number_text(round(statistics.median(numbers), 2))),
        (_("Lowest"), number_text(min(numbers))),
        (_("Highest"), number_text(max(numbers))),
    ]


def _of_dates(values: Sequence[object]) -> list[tuple[str, str]]:
    days = sorted(day for day in map(stored_date, values) if day is not None)
    shown = [
        (_("Median"), days[(len(days) - 1) // 2]),
        (pgettext("date", "Earliest"), days[0]),
        (pgettext("date", "Latest"), days[-1]),
    ]
    return [(label, str(date_format(day))) for label, day in shown]
