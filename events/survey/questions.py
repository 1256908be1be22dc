"""The questions of a survey in the language of a page: the common questions of all surveys, and the organiser's own."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from events.enums import SurveyQuestionKind
from events.models import EventPage, SurveyQuestion

SCALE = range(1, 6)
TEN = range(11)


@dataclass(frozen=True)
class AskedQuestion:
    """A question as forms need it. `key` is a field name of `SurveyAnswer`, or a key in `SurveyAnswer.own`.

    `scale` has the numbers to choose from, `choices` has other values with their labels. Both are empty for texts.
    """

    key: str
    kind: SurveyQuestionKind
    label: str
    is_own: bool
    scale: range = range(0)
    choices: list[tuple[str, str]] = field(default_factory=list)
    # The language of the question; empty if it is the language of the page.
    language: str = ""


def questions_of(page: EventPage | None) -> list[AskedQuestion]:
    """Return the common questions in the active language, then the questions of the page in its language."""
    return [*common_questions(), *(own_questions(page) if page and page.pk else [])]


def common_questions() -> list[AskedQuestion]:
    scale, text = SurveyQuestionKind.SCALE, SurveyQuestionKind.TEXT
    return [
        AskedQuestion(
            "usefulness",
            scale,
            _("How useful was the event for you? (1 not at all, 5 very)"),
            is_own=False,
            scale=SCALE,
        ),
        AskedQuestion(
            "relevance", scale, _("How relevant is it to your work? (1 not at all, 5 very)"), is_own=False, scale=SCALE
        ),
        AskedQuestion(
            "recommendation",
            scale,
            _("How likely are you to recommend the event to a colleague? (0 not at all, 10 certainly)"),
            is_own=False,
            scale=TEN,
        ),
        AskedQuestion("improve", text, _("What should we improve?"), is_own=False),
    ]


def own_questions(page: EventPage) -> list[AskedQuestion]:
    """Return the organiser's questions. Their kind and order are taken from the source page."""
    source = page.source_page
    translations = {row.translation_key: row for row in page.survey_questions.all()} if source != page else {}
    found = []
    for row in source.survey_questions.all():
        is_untranslated = source != page and row.translation_key not in translations
        language = source.locale.language_code if is_untranslated else ""
        found.append(_question(row, translations.get(row.translation_key, row), language=language))
    return found


def _question(row: SurveyQuestion, texts: SurveyQuestion, *, language: str) -> AskedQuestion:
    kind = SurveyQuestionKind(row.kind)
    labels = {choice.id: str(choice.value) for choice in texts.choices}
    return AskedQuestion(
        key=row.translation_key.hex,
        kind=kind,
        label=texts.label,
        is_own=True,
        scale=SCALE if kind == SurveyQuestionKind.SCALE else range(0),
        # A choice that is missing in the translation has the label of the source page.
        choices=[(str(choice.id), labels.get(choice.id, str(choice.value))) for choice in row.choices],
        language=language,
    )
