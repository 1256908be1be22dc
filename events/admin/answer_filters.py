"""The filters that a list of registrations offers for an event's own questions, one or two for each question."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import django_filters
from django import forms
from django.forms.boundfield import BoundField
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from wagtail.admin.active_filters import BaseFilterAdapter, register_filter_adapter_class

from events.enums import QuestionKind
from events.forms.questions import question_name
from events.registration.answer_filters import AGREED, CHOSEN, NOT_ANSWERED, AnswerFilter
from events.registration.labels import number_text
from events.registration.questions import FormQuestion
from home.collation import sort_key
from home.countries import countries

RANGES = frozenset({QuestionKind.NUMBER, QuestionKind.DATE})
LOW, HIGH = "low", "high"


class NumberFilter(django_filters.NumberFilter):
    """One end of a range of numbers."""


class DayFilter(django_filters.DateFilter):
    """One end of a range of dates."""


class NumberFilterAdapter(BaseFilterAdapter):
    def __init__(self, chosen: NumberFilter, field: BoundField, value: Decimal, *rest: Any) -> None:
        super().__init__(chosen, field, number_text(value), *rest)


class DayFilterAdapter(BaseFilterAdapter):
    def __init__(self, chosen: DayFilter, field: BoundField, value: datetime.date, *rest: Any) -> None:
        super().__init__(chosen, field, date_format(value), *rest)


register_filter_adapter_class(NumberFilter, NumberFilterAdapter)
register_filter_adapter_class(DayFilter, DayFilterAdapter)


def offered_questions(questions: Sequence[FormQuestion]) -> list[FormQuestion]:
    """Return the questions that have a filter: not free texts, and not sensitive answers, whose every reading is logged."""
    kinds = CHOSEN | RANGES | {QuestionKind.AGREEMENT}
    return [question for question in questions if question.kind in kinds and not question.is_sensitive]


def filters_for(questions: Sequence[FormQuestion]) -> dict[str, django_filters.Filter]:
    """Return the filters of the questions. The keys are the names of the filters in the query string."""
    found: dict[str, django_filters.Filter] = {}
    for question in offered_questions(questions):
        name = question_name(question)
        if question.kind in RANGES:
            found |= _range(question, name)
        else:
            found[name] = django_filters.ChoiceFilter(
                label=question.label, empty_label=_("All"), choices=_choices(question)
            )
    return found


def _range(question: FormQuestion, name: str) -> dict[str, django_filters.Filter]:
    if question.kind == QuestionKind.NUMBER:
        low, high = _("%(question)s (at least)"), _("%(question)s (at most)")
        return {
            f"{name}_{LOW}": NumberFilter(label=low % {"question": question.label}),
            f"{name}_{HIGH}": NumberFilter(label=high % {"question": question.label}),
        }
    low, high = _("%(question)s (from)"), _("%(question)s (until)")
    return {
        f"{name}_{LOW}": DayFilter(label=low % {"question": question.label}, widget=_day_input()),
        f"{name}_{HIGH}": DayFilter(label=high % {"question": question.label}, widget=_day_input()),
    }


def _day_input() -> forms.DateInput:
    return forms.DateInput({"type": "date"}, format="%Y-%m-%d")


def _choices(question: FormQuestion) -> list[tuple[str, str]]:
    if question.kind == QuestionKind.AGREEMENT:
        return [(AGREED, _("Agreed")), (NOT_ANSWERED, _("Not agreed"))]
    choices = list(question.choices)
    if question.kind == QuestionKind.YES_NO:
        choices = [("yes", _("Yes")), ("no", _("No"))]
    elif question.kind == QuestionKind.COUNTRY:
        choices = sorted(((code, str(name)) for code, name in countries), key=lambda pair: sort_key(pair[1]))
    return [*choices, (NOT_ANSWERED, _("Not answered"))]


def chosen_answers(questions: Sequence[FormQuestion], chosen: Mapping[str, Any]) -> tuple[AnswerFilter, ...]:
    """Return the filters by answers that the user has set, from the cleaned data of the filter form."""
    found = []
    for question in offered_questions(questions):
        name = question_name(question)
        value, low, high = chosen.get(name) or "", chosen.get(f"{name}_{LOW}"), chosen.get(f"{name}_{HIGH}")
        if value or low is not None or high is not None:
            found.append(AnswerFilter(question.key, question.kind, question.only_mode, value, low, high))
    return tuple(found)
