"""Texts that a service translates, marked until a person has read them.

The mark is `StringTranslation.translation_type`: each way in which a person saves a text sets it to manual. A text with the
mark is in no version of a page: a synchronisation leaves it out (`public_texts.py`), and the editor does not publish a
translation that has one (`home/translations/machine_views.py`).
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail_localize.machine_translators import get_machine_translator
from wagtail_localize.models import StringSegment, StringTranslation, Translation
from wagtail_localize.strings import StringValue

from home.html_sanitizer import clean_segment
from home.models import StaleString
from home.translations.machine_services import REASONS, ServiceError

logger = logging.getLogger(__name__)

MACHINE = StringTranslation.TRANSLATION_TYPE_MACHINE
# The address of a page is short, and has no spaces: people write it.
LEFT_OUT = "slug"
# Characters of the texts of one request.
MOST_CHARACTERS = 20_000
# What a translation has to keep as it is: addresses, and names in brackets that a program fills in.
PLACEHOLDER = re.compile(
    r"https?://[^\s<>]*[^\s<>.,;:!?)]|(?<![\w.+-])[\w.+-]++@[\w-]+(?:\.[\w-]+)+|%\(\w+\)[sd]|%[sd]\b|\{\w*\}"
)
TAG = re.compile(r"</?(?:a|b|i|br)\b[^>]*>")

# The script of the translation editor finds the texts with this mark.
NOT_READ = gettext_lazy("Machine translation: not yet read")
MISSING, CHANGED = "missing", "changed"


@dataclass(frozen=True)
class Text:
    """A text of a translation that nobody has translated, or that changed in the source after someone did (`is_stale`)."""

    context: int
    string: int
    source: str
    is_stale: bool


@dataclass
class Outcome:
    """The result of one request for translations. `refused` has those that were not stored, with reasons."""

    translated: int = 0
    left: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)


def service_for(translation: Translation) -> Any:
    """Return the service that may translate these texts, or None."""
    service = get_machine_translator()
    if service and service.can_translate(translation.source.locale, translation.target_locale):
        return service
    return None


def in_words(failure: ServiceError, service: Any, translation: Translation) -> str:
    """Return what went wrong, in a sentence for translators."""
    names = {"source": translation.source.locale, "target": translation.target_locale}
    return str(REASONS[failure.code]) % {"service": service.display_name, **names}


def waiting(translation: Translation) -> list[Text]:
    """Return the texts that a service may translate: none that a person has saved for the text as it is now."""
    changed = StaleString.objects.filter(
        translation=translation, context_id=OuterRef("context_id"), string_id=OuterRef("string_id")
    )
    segments = StringSegment.objects.filter(source=translation.source_id).exclude(context__path=LEFT_OUT)
    segments = segments.filter(~_saved(translation, ~Q(tool_name=StaleString.CARRIED_OVER)))
    rows = (
        segments.annotate(is_stale=Exists(changed))
        .order_by("order")
        .values_list("context_id", "string_id", "string__data", "is_stale")
    )
    return [Text(*row) for row in dict.fromkeys(rows)]


def unread_segments(translation: Translation) -> dict[int, str]:
    """Return the keys of the segments with a text that nobody has read, each with the name of the service."""
    names = {(row.context_id, row.translation_of_id): row.tool_name for row in _unread(translation)}
    segments = StringSegment.objects.filter(source=translation.source_id).values_list("pk", "context_id", "string_id")
    return {pk: names[context, string] for pk, context, string in segments if (context, string) in names}


def unread_texts(translation: Translation) -> dict[tuple[int, int], str]:
    """Return the texts that nobody has read, by the keys of context and string."""
    return {(row.context_id, row.translation_of_id): row.data for row in _unread(translation)}


def _unread(translation: Translation) -> QuerySet[StringTranslation]:
    return StringTranslation.objects.filter(
        translation_type=MACHINE, locale=translation.target_locale_id, context__object_id=translation.source.object_id
    )


def unread_of(source: OuterRef, locale: OuterRef) -> QuerySet[StringSegment]:
    """Return the segments of a source with a text in this language that nobody has read, for a subquery."""
    rows = StringTranslation.objects.filter(
        translation_type=MACHINE,
        translation_of_id=OuterRef("string_id"),
        context_id=OuterRef("context_id"),
        locale_id=OuterRef("_locale"),
    )
    return StringSegment.objects.filter(source_id=source).annotate(_locale=locale).filter(Exists(rows))


def comment(service: str) -> str:
    """Return what the editor says about a text that nobody has read."""
    # If the source changed since, the name of the service is no longer stored.
    return str(NOT_READ) if service == StaleString.CARRIED_OVER else f"{NOT_READ} ({service})"


def refusal(number: int) -> str:
    """Return why a translation with so many unread texts is not published."""
    return ngettext(
        "%(number)d machine translation has not been read yet. Read and confirm it, then publish.",
        "%(number)d machine translations have not been read yet. Read and confirm them, then publish.",
        number,
    ) % {"number": number}


def translate(translation: Translation, kinds: Collection[str], user: User | AnonymousUser) -> Outcome:
    """Let the service translate the texts of these kinds (`MISSING`, `CHANGED`), as many as one request may have.

    It must not be called in a transaction, because it waits for the service. What was saved meanwhile stays. Raises
    ServiceError, and then has changed nothing.
    """
    service = service_for(translation)
    found = [text for text in waiting(translation) if (CHANGED if text.is_stale else MISSING) in kinds]
    chosen = list(_first(found, service.most_texts))
    if not chosen:
        return Outcome()
    strings = {text.source: StringValue(text.source) for text in chosen}
    try:
        answer = service.translate(translation.source.locale, translation.target_locale, strings.values())
    except ServiceError as failure:
        logger.warning("%s did not translate: %s", service.display_name, failure.code)
        raise
    outcome = Outcome(left=len(found) - len(chosen))
    for text in chosen:
        translated = answer[strings[text.source]].data
        if problem := change_of_markup(text.source, translated) or _store(translation, text, translated, user, service):
            outcome.refused.append((text.source, problem))
        else:
            outcome.translated += 1
    return outcome


def _first(texts: Iterable[Text], most: int) -> Iterable[Text]:
    """Yield the first texts, at most `most`, that fit into one request. The first is yielded even if it is longer."""
    characters = 0
    for text in islice(texts, most):
        characters += len(text.source)
        if characters > MOST_CHARACTERS and characters > len(text.source):
            return
        yield text


def change_of_markup(source: str, text: str) -> str:
    """Return in a sentence what a service changed besides words: links, markup or placeholders; empty if nothing."""
    if not text.strip():
        return _("The translation service returned no text.")
    before, after = (clean_segment(html) for html in (source, text))
    if Counter(TAG.findall(before)) != Counter(TAG.findall(after)):
        return _("The service changed a link or other markup.")
    if Counter(PLACEHOLDER.findall(before)) != Counter(PLACEHOLDER.findall(after)):
        return _("The service changed an address or a placeholder.")
    return ""


def _saved(translation: Translation, condition: Q) -> Exists:
    return Exists(
        StringTranslation.objects.filter(
            condition,
            translation_of_id=OuterRef("string_id"),
            context_id=OuterRef("context_id"),
            locale_id=translation.target_locale_id,
        )
    )


def _store(translation: Translation, text: Text, data: str, user: User | AnonymousUser, service: Any) -> str:
    """Store a text, or return why not. One that someone saved while the service answered stays as it is."""
    place = {
        "translation_of_id": text.string,
        "context_id": text.context,
        "locale_id": translation.target_locale_id,
    }
    values = {
        "data": data,
        "translation_type": MACHINE,
        "tool_name": str(service.display_name),
        "last_translated_by": user,
        "has_error": False,
        "field_error": "",
    }
    with transaction.atomic():
        row, is_new = StringTranslation.objects.select_for_update().get_or_create(**place, defaults=values)
        if not is_new:
            if row.tool_name != StaleString.CARRIED_OVER:
                return _("Someone translated it meanwhile.")
            for name, value in values.items():
                setattr(row, name, value)
            row.save()
        if not row.has_error:
            return ""
        transaction.set_rollback(True)
    return row.get_error() or _("This text cannot be used as a translation.")
