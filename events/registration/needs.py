"""Needs of participants as numbers for the caterer and the venue. Names are left out; only admitted people count."""

from __future__ import annotations

import datetime
import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from events.enums import Mode, QuestionKind
from events.models import Answer, Event, Registration, SensitiveAnswer
from events.registration import access
from events.registration.labels import answer_text, number_text
from events.registration.queries import form_questions
from events.registration.questions import FormQuestion, for_other_mode
from events.registration.sensitive_answers import read_for_staff
from events.states import ADMITTED
from home.collation import sort_key

TEXTS = frozenset({QuestionKind.TEXT, QuestionKind.LONG_TEXT})
# Pairs of kind and value of an answer. The value is None if no key decrypts it.
Given = tuple[str, object]


@dataclass(frozen=True)
class Need:
    """The answers to one question. `counts` are pairs of an answer and the number of people who gave it.

    Answers in the participants' own words are in `texts`. They are sorted by the alphabet, so that the order does not
    reveal who registered when. `total` is the sum of numbers, as text.
    """

    label: str
    respondents: int
    answered: int
    counts: list[tuple[str, int]] = field(default_factory=list)
    texts: list[tuple[str, int]] = field(default_factory=list)
    total: str = ""
    # The number of answers that cannot be decrypted.
    unreadable: int = 0

    @property
    def unanswered(self) -> int:
        return max(0, self.respondents - self.answered)


@dataclass(frozen=True)
class NeedsSummary:
    """`people` is the number of admitted participants whose answers are counted."""

    people: int
    counted_at: datetime.datetime
    needs: list[Need]


def need_questions(event: Event, language: str) -> list[FormQuestion]:
    """Return the questions that the summary counts, in the order of the form."""
    found = form_questions(event, language)
    return [question for question in found if question.is_need and question.kind != QuestionKind.AGREEMENT]


def needs_summary(
    event: Event, user: access.Visitor, language: str, mode: str = "", now: datetime.datetime | None = None
) -> NeedsSummary:
    """Return the summary of all admitted participants, or of those in one attendance mode.

    Records that the user reads sensitive answers. Raises PermissionDenied if they may not. The number of queries does
    not depend on the numbers of questions and participants.
    """
    now = now or timezone.now()
    questions = need_questions(event, language)
    people = Registration.objects.filter(event=event, status__in=ADMITTED, anonymised_at=None)
    people = people.filter(mode=mode) if mode else people
    by_mode = Counter(people.order_by().values_list("mode", flat=True))
    wanted = Q(registration__in=people, question_key__in=[question.key for question in questions])
    unused = for_other_mode(event.pk)
    given: dict[uuid.UUID, list[Given]] = {}
    sensitive = SensitiveAnswer.objects.filter(wanted).exclude(unused).order_by("pk")
    for row, value in read_for_staff(event, user, sensitive, "needs", {"mode": mode, "people": by_mode.total()}):
        given.setdefault(row.question_key, []).append((row.kind, value))
    plain = Answer.objects.filter(wanted).exclude(unused).order_by("pk")
    for key, kind, value in plain.values_list("question_key", "kind", "value"):
        given.setdefault(key, []).append((kind, value))
    needs = [_need(question, by_mode, given.get(question.key, [])) for question in questions]
    # A question for participants on site is left out of a summary for online participants, and the reverse.
    return NeedsSummary(by_mode.total(), now, [need for need in needs if need.respondents])


def rows_of(summary: NeedsSummary) -> list[list[object]]:
    """Return the summary as rows of a file: question, answer and number of people."""
    rows: list[list[object]] = []
    for need in summary.needs:
        rows += [[need.label, text, number] for text, number in [*need.counts, *need.texts]]
        rows.append([need.label, _("Not answered"), need.unanswered])
        if need.total:
            rows.append([need.label, _("Sum"), need.total])
        if need.unreadable:
            rows.append([need.label, _("Answer cannot be read"), need.unreadable])
    return rows


def _need(question: FormQuestion, by_mode: Counter[str], given: list[Given]) -> Need:
    respondents = by_mode[Mode(question.only_mode)] if question.only_mode else by_mode.total()
    readable = [(kind, value) for kind, value in given if value is not None]
    # An answer from a time when the question had another kind is shown as text.
    same = [value for kind, value in readable if kind == question.kind and kind not in TEXTS]
    others = [(kind, value) for kind, value in readable if kind != question.kind or kind in TEXTS]
    return Need(
        label=question.label,
        respondents=respondents,
        answered=len(given),
        counts=_counts(question, same),
        texts=_texts(answer_text(kind, value) for kind, value in others),
        total=_total(same) if question.kind == QuestionKind.NUMBER else "",
        unreadable=len(given) - len(readable),
    )


def _counts(question: FormQuestion, values: list[Any]) -> list[tuple[str, int]]:
    """Return how many people gave each answer.

    Choices are in the order of the form. Choices that nobody selected have the number 0.
    """
    if question.kind in {QuestionKind.CHOICE, QuestionKind.CHOICES}:
        labels = dict(question.choices)
        chosen: Counter[str] = Counter()
        for item in (item for value in values if isinstance(value, list) for item in value):
            labels.setdefault(str(item["key"]), str(item["label"]))
            chosen[str(item["key"])] += 1
        return [(label, chosen[key]) for key, label in labels.items()]
    if question.kind == QuestionKind.YES_NO:
        return [(_("Yes"), values.count(True)), (_("No"), values.count(False))]
    if question.kind in TEXTS:
        return []
    # Numbers are sorted by size, and dates by time (they are stored as ISO 8601 texts). Countries are sorted by name.
    counts = Counter(str(value) if question.kind == QuestionKind.COUNTRY else value for value in values)
    shown = [(value, answer_text(question.kind, value), number) for value, number in counts.items()]
    if question.kind == QuestionKind.COUNTRY:
        shown.sort(key=lambda item: sort_key(item[1]))
    else:
        shown.sort(key=lambda item: item[0])
    return [(text, number) for _value, text, number in shown]


def _texts(texts: Iterable[str]) -> list[tuple[str, int]]:
    """Return each text with the number of people who wrote it, ignoring case and spaces."""
    found: dict[str, tuple[str, int]] = {}
    for text in texts:
        shown = " ".join(text.split())
        first, number = found.get(shown.casefold(), (shown, 0))
        found[shown.casefold()] = (first, number + 1)
    return sorted(found.values(), key=lambda item: sort_key(item[0]))


def _total(values: list[object]) -> str:
    numbers = [value for value in values if isinstance(value, int | float)]
    return number_text(round(sum(numbers), 2))
