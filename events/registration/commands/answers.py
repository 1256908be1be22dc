"""Answers are stored under the keys of their questions, with the words that people were asked; sensitive ones apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from events.enums import ConsentPurpose, QuestionKind
from events.models import Answer, EventQuestion, Registration, SensitiveAnswer
from events.registration.consents import is_standing
from events.registration.encryption import seal, unseal_or_none
from events.registration.schemas import GivenAnswer

# In the history, for all sensitive questions: which of them somebody answered says something by itself.
SENSITIVE = "sensitive"


def store(registration: Registration, answers: Iterable[GivenAnswer], *, may_keep_sensitive: bool) -> None:
    """Store the answers of a new registration. Without consent, sensitive ones are not kept (GDPR Art. 9(2)(a))."""
    given = [answer for answer in answers if not _is_empty(answer.value)]
    plain = [_answer(registration, answer) for answer in given if not answer.question.is_sensitive]
    if plain:
        Answer.objects.bulk_create(plain)
    apart = [_sensitive(registration, answer) for answer in given if answer.question.is_sensitive]
    if apart and may_keep_sensitive:
        SensitiveAnswer.objects.bulk_create(apart)


def replace(registration: Registration, answers: Sequence[GivenAnswer]) -> list[str]:
    """Bring stored answers up to these and return the keys of those that differ.

    An answer that stays the same keeps the words it was asked in, and answers to questions that were not asked this
    time stay: the form may have changed since.
    """
    plain = {row.question_key: row for row in Answer.objects.filter(registration=registration)}
    apart = {row.question_key: row for row in SensitiveAnswer.objects.filter(registration=registration)}
    may_keep_sensitive = is_standing(registration, ConsentPurpose.SENSITIVE)
    changed: dict[str, None] = {}
    for answer in answers:
        key, is_empty = answer.question.key, _is_empty(answer.value)
        if not answer.question.is_sensitive:
            if _put(plain.get(key), _answer(registration, answer), is_empty=is_empty):
                changed[str(key)] = None
            if key in apart and not is_empty:
                # Given when the question was still sensitive, and now given anew.
                apart[key].delete()
        elif _put(apart.get(key), _sensitive(registration, answer), is_empty=is_empty or not may_keep_sensitive):
            changed[SENSITIVE] = None
    return list(changed)


def forget_answers_of_mode(registration: Registration, mode: str) -> None:
    """Delete answers to questions that only those are asked who take part in this way."""
    keys = EventQuestion.objects.filter(page__event=registration.event_id, only_mode=mode).values("translation_key")
    Answer.objects.filter(registration=registration, question_key__in=keys).delete()
    SensitiveAnswer.objects.filter(registration=registration, question_key__in=keys).delete()


def _put(row: Answer | SensitiveAnswer | None, new: Answer | SensitiveAnswer, *, is_empty: bool) -> bool:
    """Store, replace or delete one answer. Return whether anything changed."""
    if row is None:
        if is_empty:
            return False
        new.save()
        return True
    if is_empty:
        row.delete()
        return True
    if _value_of(row) == _value_of(new):
        return False
    new.pk = row.pk
    new.save()
    return True


def _value_of(row: Answer | SensitiveAnswer) -> object:
    if isinstance(row, Answer):
        return row.value
    return unseal_or_none(row.sealed)


def _is_empty(value: object) -> bool:
    return value is None or value in ("", [], ())


def _asked(registration: Registration, answer: GivenAnswer) -> dict[str, Any]:
    question = answer.question
    return {
        "registration": registration,
        "question_key": question.key,
        "kind": question.kind,
        "label": question.label,
        "language": question.language or registration.language,
    }


def _answer(registration: Registration, answer: GivenAnswer) -> Answer:
    return Answer(value=_stored(answer), **_asked(registration, answer))


def _sensitive(registration: Registration, answer: GivenAnswer) -> SensitiveAnswer:
    return SensitiveAnswer(sealed=seal(_stored(answer)), **_asked(registration, answer))


def _stored(answer: GivenAnswer) -> object:
    """Return the answer as it is stored: choices as a list of keys with the labels that were shown."""
    question, value = answer.question, answer.value
    if question.kind not in {QuestionKind.CHOICE, QuestionKind.CHOICES} or _is_empty(value):
        return value
    labels = dict(question.choices)
    chosen = value if isinstance(value, list | tuple) else [value]
    # A choice that the form no longer offers comes as it was stored, with its label.
    return [item if isinstance(item, dict) else {"key": item, "label": labels[str(item)]} for item in chosen]
