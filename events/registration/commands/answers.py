"""Stores answers under the keys of their questions, with the labels that were shown. Encrypts sensitive answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from events.enums import ConsentPurpose, QuestionKind
from events.models import Answer, Registration, SensitiveAnswer
from events.registration.consents import has_consent
from events.registration.encryption import encrypt
from events.registration.schemas import GivenAnswer
from events.registration.sensitive_answers import has_same_value

# Stands for all sensitive questions in the history: even which of them were answered is sensitive.
SENSITIVE = "sensitive"


def store(registration: Registration, answers: Iterable[GivenAnswer], *, may_store_sensitive: bool) -> None:
    """Store the answers of a new registration. Sensitive answers are stored only with consent (GDPR Art. 9(2)(a))."""
    given = [answer for answer in without_agreements(answers) if not _is_empty(answer.value)]
    plain = [_answer(registration, answer) for answer in given if not answer.question.is_sensitive]
    if plain:
        Answer.objects.bulk_create(plain)
    sensitive = [_sensitive_answer(registration, answer) for answer in given if answer.question.is_sensitive]
    if sensitive and may_store_sensitive:
        SensitiveAnswer.objects.bulk_create(sensitive)


def replace(registration: Registration, answers: Sequence[GivenAnswer]) -> list[str]:
    """Replace stored answers by the given ones, and return the keys of the answers that differ.

    An answer that stays the same keeps the label that its question had when it was given. Stored answers to questions
    that are not among `answers` stay, because the form may have changed since.
    """
    plain = {row.question_key: row for row in Answer.objects.filter(registration=registration)}
    sensitive = {row.question_key: row for row in SensitiveAnswer.objects.filter(registration=registration)}
    may_store_sensitive = has_consent(registration, ConsentPurpose.SENSITIVE)
    changed: dict[str, None] = {}
    for answer in without_agreements(answers):
        key, is_empty = answer.question.key, _is_empty(answer.value)
        if not answer.question.is_sensitive:
            if _put(plain.get(key), _answer(registration, answer), is_empty=is_empty):
                changed[str(key)] = None
            if key in sensitive and not is_empty:
                # The answer was given while the question was sensitive. The new answer replaces it.
                sensitive[key].delete()
        elif _put(
            sensitive.get(key), _sensitive_answer(registration, answer), is_empty=is_empty or not may_store_sensitive
        ):
            changed[SENSITIVE] = None
    return list(changed)


def without_agreements(answers: Iterable[GivenAnswer]) -> list[GivenAnswer]:
    """Return the answers without agreements, which are stored in a table of their own (`agreements.py`)."""
    return [answer for answer in answers if answer.question.kind != QuestionKind.AGREEMENT]


def _put(row: Answer | SensitiveAnswer | None, new: Answer | SensitiveAnswer, *, is_empty: bool) -> bool:
    """Store, replace or delete one answer. Returns whether anything changed."""
    if row is None:
        if is_empty:
            return False
        new.save()
        return True
    if is_empty:
        row.delete()
        return True
    if _is_same(row, new):
        return False
    new.pk = row.pk
    new.save()
    return True


def _is_same(row: Answer | SensitiveAnswer, new: Answer | SensitiveAnswer) -> bool:
    if isinstance(row, SensitiveAnswer) and isinstance(new, SensitiveAnswer):
        return has_same_value(row, new)
    return isinstance(row, Answer) and isinstance(new, Answer) and row.value == new.value


def _is_empty(value: object) -> bool:
    return value is None or value in ("", [], ())


def _common_fields(registration: Registration, answer: GivenAnswer) -> dict[str, Any]:
    question = answer.question
    return {
        "registration": registration,
        "question_key": question.key,
        "kind": question.kind,
        "label": question.label,
        "language": question.language or registration.language,
    }


def _answer(registration: Registration, answer: GivenAnswer) -> Answer:
    return Answer(value=_stored_value(answer), **_common_fields(registration, answer))


def _sensitive_answer(registration: Registration, answer: GivenAnswer) -> SensitiveAnswer:
    return SensitiveAnswer(encrypted_value=encrypt(_stored_value(answer)), **_common_fields(registration, answer))


def _stored_value(answer: GivenAnswer) -> object:
    """Return the value for the database: choices become a list of keys with the labels that were shown."""
    question, value = answer.question, answer.value
    if question.kind not in {QuestionKind.CHOICE, QuestionKind.CHOICES} or _is_empty(value):
        return value
    labels = dict(question.choices)
    chosen = value if isinstance(value, list | tuple) else [value]
    # A stored choice that the form no longer offers is a dictionary with its label and stays unchanged.
    return [item if isinstance(item, dict) else {"key": item, "label": labels[str(item)]} for item in chosen]
