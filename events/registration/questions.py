"""The questions of a registration form in the language of a page.

Kind, order and rules come from the source page; label and choices from the translation where it has them.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from django.db.models import Q

from events.enums import Mode, QuestionKind
from events.models import EventPage, EventQuestion


@dataclass(frozen=True)
class FormQuestion:
    """A question ready for a form. `choices` are (key, label); an empty `only_mode` means every mode."""

    key: uuid.UUID
    kind: QuestionKind
    label: str
    help_text: str = ""
    choices: list[tuple[str, str]] = field(default_factory=list)
    is_required: bool = False
    only_mode: str = ""
    is_sensitive: bool = False
    # The language of label and choices: that of the page, or of the source page where the question is not translated.
    language: str = ""

    def applies_to(self, mode: Mode | str) -> bool:
        return self.only_mode in ("", mode)


def questions_for(page: EventPage) -> list[FormQuestion]:
    """Return the questions of the page's event, in order."""
    source = page.source_page
    translations = {row.translation_key: row for row in page.questions.all()} if source != page else {}
    return [_question(page, source, row, translations.get(row.translation_key)) for row in source.questions.all()]


def modes_of_questions(event_id: int) -> dict[uuid.UUID, Mode]:
    """Return the attendance mode of each question that is for one mode only, by its key. One query."""
    found = EventQuestion.objects.filter(page__event=event_id, page__alias_of=None).exclude(only_mode="")
    return {key: Mode(mode) for key, mode in found.values_list("translation_key", "only_mode")}


def for_other_mode(event_id: int) -> Q:
    """Return the condition for answers that a registration keeps from another attendance mode, with one query.

    They come back when the participant changes the mode again. Until then only the participant sees them.
    """
    condition = Q(pk__in=[])
    for key, mode in modes_of_questions(event_id).items():
        condition |= Q(question_key=key) & ~Q(registration__mode=mode)
    return condition


def _question(
    page: EventPage, source: EventPage, row: EventQuestion, translation: EventQuestion | None
) -> FormQuestion:
    texts = translation or row
    labels = {choice.id: str(choice.value) for choice in texts.choices}
    is_untranslated = source != page and translation is None
    return FormQuestion(
        key=row.translation_key,
        kind=QuestionKind(row.kind),
        label=texts.label,
        help_text=texts.help_text,
        # A choice that the translation lacks keeps the label of the source.
        choices=[(str(choice.id), labels.get(choice.id, str(choice.value))) for choice in row.choices],
        is_required=row.is_required,
        only_mode=row.only_mode,
        is_sensitive=row.is_sensitive,
        language=(source if is_untranslated else page).locale.language_code,
    )
