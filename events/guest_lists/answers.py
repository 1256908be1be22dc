"""Columns for the event's own questions. The fields of the registration form check the answers."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.formats import get_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from events.enums import Mode, QuestionKind
from events.forms.questions import answer_value, question_field, question_name
from events.guest_lists.columns import codes_by_label, plain_heading
from events.models import Event, EventQuestion
from events.registration.labels import answer_text
from events.registration.questions import FormQuestion, questions_for
from events.registration.schemas import GivenAnswer
from home.countries import countries
from home.text_normalization import fold

# Separators between the choices in one cell, unless the whole cell is one choice. The export uses the first one.
SEPARATORS = (";", ",")
# Other texts for "yes" and "no" that people write in spreadsheets.
YES, NO = frozenset({"yes", "true", "1", "x"}), frozenset({"no", "false", "0"})


@dataclass(frozen=True)
class QuestionColumn:
    """A question that a column may answer, with its headings and the keys of its choices in every language."""

    question: FormQuestion
    headings: frozenset[str] = frozenset()
    choices: Mapping[str, str] = field(default_factory=dict)


def question_columns(event: Event) -> dict[str, QuestionColumn]:
    """Return the questions that organisers may answer for others, by the keys of their columns.

    Sensitive questions and agreements are left out: only the participant may answer them.
    """
    page = event.page or event.find_source_page()
    if page is None:
        return {}
    imported = [item for item in questions_for(page) if not item.is_sensitive and item.statement is None]
    texts: dict[Any, list[EventQuestion]] = {}
    for row in EventQuestion.objects.filter(page__event=event, page__alias_of=None) if imported else []:
        texts.setdefault(row.translation_key, []).append(row)
    return {
        question_name(item): QuestionColumn(
            item,
            frozenset(plain_heading(label) for label in (item.label, *(row.label for row in texts.get(item.key, [])))),
            _choices(item, texts.get(item.key, [])),
        )
        for item in imported
    }


def _choices(question: FormQuestion, rows: Sequence[EventQuestion]) -> dict[str, str]:
    known = dict(question.choices)
    found = {fold(str(block.value)): str(block.id) for row in rows for block in row.choices if str(block.id) in known}
    return found | {fold(label): key for key, label in known.items()}


@dataclass
class ReadAnswers:
    """The answers of a row. `problems` are sentences about answers that the registration form would refuse."""

    given: list[GivenAnswer] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def read_answers(values: Mapping[str, str], columns: Mapping[str, QuestionColumn], mode: Mode | str) -> ReadAnswers:
    """Read the cells for questions. A question that is not asked in this attendance mode gets no answer."""
    found = ReadAnswers()
    for name, column in columns.items():
        text = values.get(name, "")
        if not text or not column.question.applies_to(mode):
            continue
        try:
            found.given.append(GivenAnswer(column.question, _value(column, text)))
        except ValidationError as error:
            found.problems += [_with_label(column.question, message) for message in error.messages]
    return found


def _with_label(question: FormQuestion, message: str) -> str:
    return message if question.label in message else f"{question.label}: {message}"


def _value(column: QuestionColumn, text: str) -> object:
    """Return the answer in the form that the commands take. Raises ValidationError if the field of the form refuses it."""
    form_field = question_field(column.question)
    return answer_value(column.question, form_field.clean(_entered(column, text)))


def _entered(column: QuestionColumn, text: str) -> object:
    """Return the value that a person would enter in the form, for the text of a cell."""
    kind, plain = column.question.kind, fold(text)
    if kind == QuestionKind.CHOICES:
        return [_key(column, column.choices, part) for part in _parts(column, text)]
    if kind == QuestionKind.CHOICE:
        return _key(column, column.choices, text)
    if kind == QuestionKind.COUNTRY:
        return _key(column, _countries(), text)
    if kind == QuestionKind.YES_NO:
        return _key(column, _yes_or_no(), text) if plain not in YES | NO else "yes" if plain in YES else "no"
    return _iso_date(text) if kind == QuestionKind.DATE else text


def _parts(column: QuestionColumn, text: str) -> list[str]:
    if fold(text) in column.choices:
        return [text]
    for separator in SEPARATORS:
        parts = [part.strip() for part in text.split(separator) if part.strip()]
        if len(parts) > 1 and all(fold(part) in column.choices for part in parts):
            return parts
    return [part.strip() for part in text.split(SEPARATORS[0]) if part.strip()]


def _key(column: QuestionColumn, known: Mapping[str, str], text: str) -> str:
    key = known.get(fold(text))
    if key is None:
        values = {"text": text, "question": column.question.label}
        raise ValidationError(_("“%(text)s” is not an answer to the question “%(question)s”.") % values)
    return key


def _iso_date(text: str) -> str:
    """Return a date as ISO 8601.

    The order of day and month must not depend on the language of the user who imports the list.
    """
    for date_format in get_format("DATE_INPUT_FORMATS", "en", use_l10n=True):
        try:
            return datetime.datetime.strptime(text, date_format).date().isoformat()  # noqa: DTZ007  (a day)
        except ValueError:
            continue
    return text


@cache
def _countries() -> dict[str, str]:
    return codes_by_label(lambda: [(code, countries.name(code)) for code in countries.countries])


@cache
def _yes_or_no() -> dict[str, str]:
    found: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            found |= {fold(_("Yes")): "yes", fold(_("No")): "no", fold(_("yes")): "yes", fold(_("no")): "no"}
    return found


def answer_as_text(answer: GivenAnswer) -> str:
    """Return an answer of the row as text for people."""
    labels = dict(answer.question.choices)
    return answer_text(answer.question.kind, answer.value, labels) if not labels else _chosen(answer.value, labels)


def _chosen(value: object, labels: Mapping[str, str]) -> str:
    keys = value if isinstance(value, list) else [value]
    return "; ".join(labels.get(str(key), str(key)) for key in keys)
