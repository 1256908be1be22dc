"""The results of a survey: numbers for each question, by language, and the texts. Small groups are not shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from events.models import Event, Registration, Survey, SurveyAnswer
from events.states import RegistrationStatus
from home.languages import language_name

# With fewer answers, somebody who knows the participants could tell who gave which.
SMALLEST_GROUP = 5
SCALE = range(1, 6)
TEN = range(11)


@dataclass(frozen=True)
class QuestionResult:
    """How often each value was chosen, and the average. `length` of a bar is in percent of the longest."""

    key: str
    label: str
    counts: list[tuple[int, int, float]]
    total: int
    average: float | None


@dataclass(frozen=True)
class LanguageResult:
    language: str
    count: int
    averages: list[float | None]


@dataclass(frozen=True)
class Results:
    """`is_hidden` while there are too few answers. `score` is the share of 9 and 10 minus that of 0 to 6, in percent."""

    answered: int
    invited: int
    is_hidden: bool
    questions: list[QuestionResult] = field(default_factory=list)
    score: int | None = None
    languages: list[LanguageResult] = field(default_factory=list)
    hidden_languages: int = 0
    texts: list[str] = field(default_factory=list)


def labels() -> dict[str, str]:
    """Return the questions by their keys, in the active language."""
    return {
        "usefulness": _("How useful was the event for you? (1 not at all, 5 very)"),
        "relevance": _("How relevant is it to your work? (1 not at all, 5 very)"),
        "recommendation": _("How likely are you to recommend the event to a colleague? (0 not at all, 10 certainly)"),
        "improve": _("What should we improve?"),
    }


def results_of(event: Event) -> Results:
    """Return the results. Three queries."""
    answers = list(SurveyAnswer.objects.filter(survey__event=event))
    people = Registration.objects.filter(event=event, status=RegistrationStatus.ATTENDED).count()
    if len(answers) < SMALLEST_GROUP:
        return Results(len(answers), people, is_hidden=True)
    texts = labels()
    by_language = Counter(answer.language for answer in answers)
    large = _shown_languages(by_language)
    return Results(
        answered=len(answers),
        invited=people,
        is_hidden=False,
        questions=[
            _question("usefulness", texts, answers, SCALE),
            _question("relevance", texts, answers, SCALE),
            _question("recommendation", texts, answers, TEN),
        ],
        score=_score([answer.recommendation for answer in answers if answer.recommendation is not None]),
        languages=[_language(code, [answer for answer in answers if answer.language == code]) for code in large],
        hidden_languages=len(by_language) - len(large),
        texts=[answer.improve for answer in answers if answer.improve],
    )


def rows(event: Event) -> Iterator[list[object]]:
    """Yield the answers for export, in the order of their random keys; none while there are too few.

    Languages of small groups are left out.
    """
    answers = list(SurveyAnswer.objects.filter(survey__event=event))
    if len(answers) < SMALLEST_GROUP:
        return
    shown = _shown_languages(Counter(answer.language for answer in answers))
    for answer in answers:
        language = answer.language if answer.language in shown else ""
        yield [answer.usefulness, answer.relevance, answer.recommendation, answer.improve, language]


def _shown_languages(counts: Counter[str]) -> list[str]:
    """Return the languages that are shown, largest first.

    Those that are not shown have enough answers together: otherwise the results of all minus those of the languages that
    are shown would be the answers of a few people.
    """
    shown = [language for language, count in counts.most_common() if count >= SMALLEST_GROUP]
    while shown and 0 < counts.total() - sum(counts[language] for language in shown) < SMALLEST_GROUP:
        shown.pop()
    return shown


def survey_of(event: Event) -> Survey | None:
    return Survey.objects.filter(event=event).first()


def _question(key: str, texts: dict[str, str], answers: Sequence[SurveyAnswer], values: range) -> QuestionResult:
    given = [value for value in (getattr(answer, key) for answer in answers) if value is not None]
    counts = Counter(given)
    most = max(counts.values(), default=0)
    bars = [(value, counts[value], round(100 * counts[value] / most, 1) if most else 0.0) for value in values]
    return QuestionResult(key, texts[key], bars, len(given), _average(given))


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
