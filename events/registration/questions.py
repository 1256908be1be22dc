"""The questions of a registration form in the language of a page.

Kind, order and rules come from the source page; label and choices from the translation where it has them.
"""

from __future__ import annotations

import datetime
import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Q
from wagtail.documents import get_document_model
from wagtail.models import Page

from events.enums import Mode, QuestionKind
from events.models import EventPage, EventQuestion


@dataclass(frozen=True)
class Statement:
    """The statement to which a participant agrees, with the page or document to which it links.

    `link_version` is the hash of the document, or the time at which the page was last published.
    """

    text: str
    link_title: str = ""
    link_url: str = ""
    link_version: str = ""

    @property
    def version(self) -> str:
        """The first half of a SHA-256. It differs if the wording or the linked page or document has changed."""
        parts = (self.text, self.link_url, self.link_version)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class FormQuestion:
    """A question as forms need it. `choices` are pairs of key and label; an empty `only_mode` means every mode."""

    key: uuid.UUID
    kind: QuestionKind
    # The label includes the unit of a number in brackets.
    label: str
    help_text: str = ""
    choices: list[tuple[str, str]] = field(default_factory=list)
    is_required: bool = False
    only_mode: str = ""
    is_sensitive: bool = False
    # Whether the answers are counted in the summary for the caterer and the venue.
    is_need: bool = False
    # The language of label and choices: the language of the page, or of the source page if there is no translation.
    language: str = ""
    # The limits of a number; None for no limit.
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    has_decimals: bool = False
    # The limits of a date; None for no limit.
    earliest: datetime.date | None = None
    latest: datetime.date | None = None
    # Set only if the question is an agreement.
    statement: Statement | None = None

    def applies_to(self, mode: Mode | str) -> bool:
        return self.only_mode in ("", mode)


def questions_for(page: EventPage) -> list[FormQuestion]:
    """Return the questions of the page's event, in order."""
    source = page.source_page
    translations = {row.translation_key: row for row in page.questions.all()} if source != page else {}
    pairs = [(row, translations.get(row.translation_key)) for row in source.questions.all()]
    links = _Links([translation or row for row, translation in pairs], page.locale_id)
    return [_question(page, source, row, translation, links) for row, translation in pairs]


def modes_of_questions(event_id: int) -> dict[uuid.UUID, Mode]:
    """Return the attendance mode of each question that is for one mode only, by its key. One query."""
    found = EventQuestion.objects.filter(page__event=event_id, page__alias_of=None).exclude(only_mode="")
    return {key: Mode(mode) for key, mode in found.values_list("translation_key", "only_mode")}


def for_other_mode(event_id: int) -> Q:
    """Return a condition that matches answers to questions for another mode than that of the registration. One query.

    These answers are used again if the participant changes the mode back. Until then only the participant sees them.
    """
    condition = Q(pk__in=[])
    for key, mode in modes_of_questions(event_id).items():
        condition |= Q(question_key=key) & ~Q(registration__mode=mode)
    return condition


class _Links:
    """The pages and documents to which agreements link. Each kind is read with one query, if there are agreements."""

    def __init__(self, rows: Sequence[EventQuestion], locale_id: int) -> None:
        pages = {row.linked_page_id for row in rows if row.linked_page_id}
        documents = {row.linked_document_id for row in rows if row.linked_document_id}
        self._documents = get_document_model().objects.in_bulk(documents) if documents else {}
        self._pages: dict[int, Page] = {}
        if pages:
            keys = Page.objects.filter(pk__in=pages).values("translation_key")
            found = list(Page.objects.filter(translation_key__in=keys, live=True).order_by("pk"))
            translated = {page.translation_key: page for page in found if page.locale_id == locale_id}
            own = dict(Page.objects.filter(pk__in=pages).values_list("pk", "translation_key"))
            live = {page.pk: page for page in found}
            chosen = {pk: translated.get(key, live.get(pk)) for pk, key in own.items()}
            self._pages = {pk: page for pk, page in chosen.items() if page is not None}

    def statement(self, text: str, row: EventQuestion) -> Statement:
        if page := self._pages.get(row.linked_page_id or 0):
            published = page.last_published_at.isoformat() if page.last_published_at else ""
            return Statement(text, page.title, page.url or "", published)
        if document := self._documents.get(row.linked_document_id or 0):
            return Statement(text, document.title, document.url, document.file_hash)
        return Statement(text)


def _question(
    page: EventPage, source: EventPage, row: EventQuestion, translation: EventQuestion | None, links: _Links
) -> FormQuestion:
    texts = translation or row
    labels = {choice.id: str(choice.value) for choice in texts.choices}
    is_untranslated = source != page and translation is None
    kind = QuestionKind(row.kind)
    is_number, is_date = kind == QuestionKind.NUMBER, kind == QuestionKind.DATE
    unit = (texts.unit or row.unit) if is_number else ""
    is_agreement = kind == QuestionKind.AGREEMENT
    return FormQuestion(
        key=row.translation_key,
        kind=kind,
        label=f"{texts.label} ({unit})" if unit else texts.label,
        help_text=texts.help_text,
        # A choice that is missing in the translation has the label of the source page.
        choices=[(str(choice.id), labels.get(choice.id, str(choice.value))) for choice in row.choices],
        is_required=row.must_be_answered,
        only_mode=row.only_mode,
        is_sensitive=row.is_sensitive,
        is_need=row.is_need or row.is_sensitive,
        language=(source if is_untranslated else page).locale.language_code,
        minimum=row.minimum if is_number else None,
        maximum=row.maximum if is_number else None,
        has_decimals=is_number and row.has_decimals,
        earliest=row.earliest if is_date else None,
        latest=row.latest if is_date else None,
        statement=links.statement(texts.statement or row.statement, texts) if is_agreement else None,
    )
