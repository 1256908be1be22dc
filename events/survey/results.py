"""The results of a survey: numbers for each question and for each language, and the texts.

They are shown only after the survey has closed, and not for small groups. Before that, the difference between the
results before and after an answer would reveal that answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from events.enums import SurveyQuestionKind
from events.models import Event, EventPage, Registration, Survey, SurveyAnswer
from events.states import RegistrationStatus
from events.survey.questions import AskedQuestion, questions_of
from home.bar_charts import bar_chart
from home.languages import language_name

# With fewer answers, someone who knows the participants could guess who gave which answer.
SMALLEST_GROUP = 5


@dataclass(frozen=True)
class QuestionResult:
    """The result of one question: how often each value was chosen, the average of a scale, or the texts, sorted."""

    key: str
    label: str
    kind: SurveyQuestionKind
    total: int
    counts: list[tuple[str, int]] = field(default_factory=list)
    average: float | None = None
    texts: list[str] = field(default_factory=list)

    @cached_property
    def chart(self) -> SafeString:
        return bar_chart(self.label, self.counts)


@dataclass(frozen=True)
class LanguageResult:
    language: str
    count: int
    averages: list[float | None]


@dataclass(frozen=True)
class Results:
    """The results of a survey. `is_hidden` is true until it has closed, or if it has too few answers.

    `score` is the percentage of the values 9 and 10 minus the percentage of the values 0 to 6.
    """

    answered: int
    invited: int
    is_hidden: bool
    questions: list[QuestionResult] = field(default_factory=list)
    score: int | None = None
    languages: list[LanguageResult] = field(default_factory=list)
    hidden_languages: int = 0


def results_of(event: Event, page: EventPage | None) -> Results:
    """Return the results, with the questions in the language of the page."""
    answers = list(SurveyAnswer.objects.filter(survey__event=event))
    people = Registration.objects.filter(event=event, status=RegistrationStatus.ATTENDED).count()
    if len(answers) < SMALLEST_GROUP or not _is_closed(event):
        return Results(len(answers), people, is_hidden=True)
    by_language = Counter(answer.language for answer in answers)
    large = _shown_languages(by_language)
    return Results(
        answered=len(answers),
        invited=people,
        is_hidden=False,
        questions=[_result(question, answers) for question in questions_of(page)],
        score=_score([answer.recommendation for answer in answers if answer.recommendation is not None]),
        languages=[_language(code, [answer for answer in answers if answer.language == code]) for code in large],
        hidden_languages=len(by_language) - len(large),
    )


def count_rows(results: Results) -> Iterator[list[object]]:
    """Yield the rows for export: one for each question and value with its number, and one for each text."""
    for question in results.questions:
        for value, count in question.counts:
            yield [question.label, value, count]
        for text in question.texts:
            yield [question.label, text, 1]


def scale_columns(page: EventPage | None) -> list[AskedQuestion]:
    return [question for question in questions_of(page) if question.scale]


def scale_rows(event: Event, page: EventPage | None) -> Iterator[list[object]]:
    """Yield the rows for export with the answers of each participant on the scales, in the order of their random keys.

    There are no rows while the results are hidden. Texts and choices are left out: they may reveal who wrote them, and
    then the other answers in the row. Answers in languages of small groups are left out, too.
    """
    answers = list(SurveyAnswer.objects.filter(survey__event=event))
    if len(answers) < SMALLEST_GROUP or not _is_closed(event):
        return
    questions = scale_columns(page)
    shown = _shown_languages(Counter(answer.language for answer in answers))
    for answer in answers:
        language = language_name(answer.language) if answer.language in shown else ""
        yield [*(_value(question, answer) for question in questions), language]


def survey_of(event: Event) -> Survey | None:
    return Survey.objects.filter(event=event).first()


def _is_closed(event: Event) -> bool:
    return Survey.objects.filter(event=event).exclude(closed_at=None).exists()


def _shown_languages(counts: Counter[str]) -> list[str]:
    """Return the languages that are shown, the one with the most answers first.

    The other languages have at least `SMALLEST_GROUP` answers together. Otherwise, subtracting the shown numbers from
    the total would reveal the answers of a few people.
    """
    shown = [language for language, count in counts.most_common() if count >= SMALLEST_GROUP]
    while shown and 0 < counts.total() - sum(counts[language] for language in shown) < SMALLEST_GROUP:
        shown.pop()
    return shown


def _value(question: AskedQuestion, answer: SurveyAnswer) -> object:
    """Return the answer to a question.

    It is None if there is none, or if the question had another kind when it was answered.
    """
    value = answer.own.get(question.key) if question.is_own else getattr(answer, question.key)
    kinds: dict[SurveyQuestionKind, type] = {SurveyQuestionKind.SCALE: int, SurveyQuestionKind.TEXT: str}
    return value if isinstance(value, kinds.get(question.kind, list)) and value != "" else None


def _result(question: AskedQuestion, answers: Sequence[SurveyAnswer]) -> QuestionResult:
    given = [value for value in (_value(question, answer) for answer in answers) if value is not None]
    if question.kind == SurveyQuestionKind.TEXT:
        texts = sorted(str(text) for text in given)
        return QuestionResult(question.key, question.label, question.kind, len(given), texts=texts)
    if question.scale:
        numbers = [value for value in given if isinstance(value, int)]
        times = Counter(numbers)
        return QuestionResult(
            question.key,
            question.label,
            question.kind,
            len(given),
            counts=[(str(value), times[value]) for value in question.scale],
            average=_average(numbers),
        )
    chosen = Counter(str(key) for keys in given if isinstance(keys, list) for key in keys)
    counts = [(label, chosen.pop(key, 0)) for key, label in question.choices]
    if chosen:
        counts.append((_("Choices that no longer exist"), chosen.total()))
    return QuestionResult(question.key, question.label, question.kind, len(given), counts=counts)


def _language(code: str, answers: Sequence[SurveyAnswer]) -> LanguageResult:
    averages = [
        _average([value for value in (getattr(answer, key) for answer in answers) if value is not None])
        for key in ("usefulness", "relevance", "recommendation")
    ]
    return LanguageResult(language_name(code), len(answers), averages)


def _average(values: Sequence[int]) -> float | None:
    return round(sum(values) / len(values), 1) if values else None


def _score(values: Sequence[int]) -> int | None:
    if not values:
        return None
    promoters, critics = sum(value >= 9 for value in values), sum(value <= 6 for value in values)
    return round(100 * (promoters - critics) / len(values))
