"""Brings translations up to date with their source.

Facts, structure and order come over at once, in every language. A sentence that was reworded falls back to the source's
words until it is translated anew, and editors see which ones (`StaleString`). One language's failure is kept
(`SyncFailure`) and does not stop the others. Calls for one source wait for one another; each may be repeated.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from difflib import SequenceMatcher

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import NON_FIELD_ERRORS, ObjectDoesNotExist, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from modelcluster.models import ClusterableModel, get_serializable_data_for_fields
from wagtail.models import Page, TranslatableMixin
from wagtail_localize.fields import get_translatable_fields
from wagtail_localize.models import StringSegment, StringTranslation, Translation, TranslationLog, TranslationSource

from home.models import StaleString, SyncFailure

logger = logging.getLogger(__name__)

# The address of a page in a language stays when the source's address changes.
KEPT_WORDING = "slug"

# The sentences of each context, in order: keys of TranslationContext and of String.
Wordings = dict[int, list[int]]


def synchronise(source: TranslationSource, user: User | AnonymousUser | None = None) -> list[SyncFailure]:
    """Bring every enabled translation of `source` up to date and return what failed.

    The source's published state counts, not its drafts. Translations that are up to date already are left alone.
    """
    try:
        _refresh(source.pk)
    except Exception as error:  # no language can go on without the source, and editors are told in each
        logger.exception("Source %s could not be taken over", source.pk)
        return [
            _remember(translation, error) for translation in source.translations.filter(enabled=True).order_by("pk")
        ]
    failures = []
    for translation in pending_translations(source):
        failure = bring_up_to_date(translation, user)
        if failure:
            failures.append(failure)
    return failures


def pending_translations(source: TranslationSource) -> QuerySet[Translation]:
    """Return the translations that were not written since the source changed, or could not be."""
    written = TranslationLog.objects.filter(
        source_id=OuterRef("source_id"),
        locale_id=OuterRef("target_locale_id"),
        created_at__gte=OuterRef("source__last_updated_at"),
    )
    return source.translations.filter(Q(sync_failure__isnull=False) | ~Exists(written), enabled=True).order_by("pk")


def bring_up_to_date(translation: Translation, user: User | AnonymousUser | None = None) -> SyncFailure | None:
    """Write one translation anew from its source. Returns the failure where that is impossible: nothing changed."""
    try:
        with transaction.atomic():
            _write(translation, user)
            SyncFailure.objects.filter(translation=translation).delete()
    except Exception as error:  # whatever it is, the other languages go on, and editors are told
        logger.exception("Translation %s could not be brought up to date", translation.pk)
        return _remember(translation, error)
    return None


def _write(translation: Translation, user: User | AnonymousUser | None) -> None:
    source = TranslationSource.objects.select_for_update().get(pk=translation.source_id)
    try:
        target = source.get_translated_instance(translation.target_locale)
    except ObjectDoesNotExist:
        return
    if not isinstance(target, Page):
        source.create_or_update_translation(translation.target_locale, user=user, fallback=True)
        return
    # The library publishes after the commit, when the lock is gone and an older revision could overtake a newer one. It
    # writes a live page's row before it makes the revision, so both belong into one transaction.
    source.create_or_update_translation(translation.target_locale, user=user, publish=False, fallback=True)
    if target.live:
        page = source.get_translated_instance(translation.target_locale)
        page.get_latest_revision().publish(user=user)


def _remember(translation: Translation, error: Exception) -> SyncFailure:
    failure, is_new = SyncFailure.objects.get_or_create(translation=translation, defaults={"reason": _in_words(error)})
    if not is_new:
        failure.reason = _in_words(error)
        failure.attempts = F("attempts") + 1
        failure.failed_at = timezone.now()
        failure.save()
        failure.refresh_from_db()
    return failure


def _in_words(error: Exception) -> str:
    if isinstance(error, ValidationError) and hasattr(error, "error_dict"):
        lines = []
        for name, messages in error.message_dict.items():
            text = " ".join(messages)
            lines.append(text if name == NON_FIELD_ERRORS else f"{name}: {text}")
        return "\n".join(lines)
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    return f"{type(error).__name__}: {error}"


# The source


@transaction.atomic
def _refresh(source_pk: int) -> None:
    """Take over the source's published state, and note which sentences were reworded."""
    source = TranslationSource.objects.select_for_update().get(pk=source_pk)
    try:
        instance = source.get_source_instance()
    except ObjectDoesNotExist:
        return
    if _content(instance, json.loads(_serialised(instance))) == _content(instance, json.loads(source.content_json)):
        return
    before = _wordings(source)
    source.update_from_db()
    for context, old, new in _rewordings(before, _wordings(source)):
        _carry(source, context, old, new)
    _forget_obsolete(source)


def _serialised(instance: TranslatableMixin) -> str:
    if isinstance(instance, ClusterableModel):
        return instance.to_json()
    return json.dumps(get_serializable_data_for_fields(instance), cls=DjangoJSONEncoder)


def _content(instance: TranslatableMixin, data: dict[str, object]) -> dict[str, object]:
    """Return what translations take over; dates of publishing and the like change without it."""
    names = {field.field_name for field in get_translatable_fields(type(instance))}
    return {name: value for name, value in data.items() if name in names}


def _wordings(source: TranslationSource) -> Wordings:
    """Return the sentences of each context, in order. A rich text is one context with many sentences."""
    found: Wordings = {}
    segments = StringSegment.objects.filter(source=source).order_by("order")
    for context, string in segments.values_list("context_id", "string_id"):
        found.setdefault(context, []).append(string)
    return found


def _rewordings(before: Wordings, after: Wordings) -> Iterator[tuple[int, int, int]]:
    """Yield (context, old sentence, new sentence) for each sentence that stands in the place of another one."""
    for context, new in after.items():
        old = before.get(context, [])
        for kind, old_start, old_end, new_start, new_end in SequenceMatcher(
            None, old, new, autojunk=False
        ).get_opcodes():
            if kind == "replace":
                for pair in zip(old[old_start:old_end], new[new_start:new_end], strict=False):
                    yield context, *pair


def _carry(source: TranslationSource, context: int, old: int, new: int) -> None:
    known = StringTranslation.objects.filter(context_id=context, translation_of_id=old).select_related(
        "translation_of", "context"
    )
    old_wordings = {row.locale_id: row for row in known}
    done = set(
        StringTranslation.objects.filter(context_id=context, translation_of_id=new, has_error=False).values_list(
            "locale_id", flat=True
        )
    )
    for translation in source.translations.all():
        row = old_wordings.get(translation.target_locale_id)
        if translation.target_locale_id in done:
            continue
        if row is None:
            # Reworded twice before anybody translated it: reviewers compare with the last wording that was translated.
            translation.stale_strings.filter(context_id=context, string_id=old).update(string_id=new)
        elif row.context.path == KEPT_WORDING:
            StringTranslation.objects.create(
                translation_of_id=new,
                context_id=context,
                locale_id=row.locale_id,
                data=row.data,
                translation_type=row.translation_type,
                last_translated_by=row.last_translated_by,
            )
        else:
            StaleString.objects.get_or_create(
                translation=translation,
                context_id=context,
                string_id=new,
                defaults={"old_source": row.translation_of.data, "old_translation": row.data},
            )


def _forget_obsolete(source: TranslationSource) -> None:
    """Drop the marks of sentences that are gone, or whose translation is known again."""
    used = StringSegment.objects.filter(
        source=source, context_id=OuterRef("context_id"), string_id=OuterRef("string_id")
    )
    translated = StringTranslation.objects.filter(
        context_id=OuterRef("context_id"),
        translation_of_id=OuterRef("string_id"),
        locale_id=OuterRef("translation__target_locale_id"),
        has_error=False,
    )
    StaleString.objects.filter(translation__source=source).filter(~Exists(used) | Exists(translated)).delete()
