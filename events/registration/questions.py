"""What the form of an event asks, in the words of a page: facts from the source page, words from the page's own rows."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from events.enums import Mode, QuestionKind
from events.models import EventPage, EventQuestion


@dataclass(frozen=True)
class FormQuestion:
    """A question ready to be asked. `choices` are (key, label); `only_mode` is empty when everybody is asked."""

    key: uuid.UUID
    kind: QuestionKind
    label: str
    help_text: str = ""
    choices: list[tuple[str, str]] = field(default_factory=list)
    is_required: bool = False
    only_mode: str = ""
    is_sensitive: bool = False
    # The language of label and choices: the page's, or the source's where the page has no words for it yet.
    language: str = ""

    def is_asked_of(self, mode: Mode | str) -> bool:
        return self.only_mode in ("", mode)


def questions_for(page: EventPage) -> list[FormQuestion]:
    """Return the questions of the page's event, in order."""
    source = page.source_page
    words = {row.translation_key: row for row in page.questions.all()} if source != page else {}
    return [_question(page, source, row, words.get(row.translation_key)) for row in source.questions.all()]


def _question(page: EventPage, source: EventPage, row: EventQuestion, words: EventQuestion | None) -> FormQuestion:
    spoken = words or row
    labels = {choice.id: str(choice.value) for choice in spoken.choices}
    is_foreign = source != page and words is None
    return FormQuestion(
        key=row.translation_key,
        kind=QuestionKind(row.kind),
        label=spoken.label,
        help_text=spoken.help_text,
        # A choice that the translation lacks is shown in the words of the source.
        choices=[(str(choice.id), labels.get(choice.id, str(choice.value))) for choice in row.choices],
        is_required=row.is_required,
        only_mode=row.only_mode,
        is_sensitive=row.is_sensitive,
        language=(source if is_foreign else page).locale.language_code,
    )
