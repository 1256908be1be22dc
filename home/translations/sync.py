"""Updates translations from their source.

Synchronised fields, structure and order are copied to every language. A segment that changed in the source keeps its old
translation, or appears in the source language, until its translation is checked; editors see these segments
(`StaleString`). A failure in one language is stored (`SyncFailure`) and does not stop the others. Calls for one source
run one after the other and can be repeated.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Iterator
from difflib import SequenceMatcher

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import NON_FIELD_ERRORS, ObjectDoesNotExist, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from modelcluster.models import ClusterableModel, get_serializable_data_for_fields
from wagtail.models import DraftStateMixin, Page, Site, TranslatableMixin
from wagtail_localize.fields import get_translatable_fields
from wagtail_localize.models import StringSegment, StringTranslation, Translation, TranslationLog, TranslationSource

from home.models import ProjectSettings, StaleString, SyncFailure
from home.translations import public_texts

logger = logging.getLogger(__name__)

# The segments of each context in order: primary keys of TranslationContext and String.
Segments = dict[int, list[int]]


def synchronise(source: TranslationSource, user: User | AnonymousUser | None = None) -> list[SyncFailure]:
    """Update every enabled translation of `source` and return the failures.

    The published version of the source is used, not its draft. Translations that are up to date are not changed.
    """
    try:
        _refresh(source.pk)
    except Exception as error:  # no translation can be updated; each gets a failure
        logger.exception("Source %s could not be updated", source.pk)
        return [
            _remember(translation, error) for translation in source.translations.filter(enabled=True).order_by("pk")
        ]
    failures = []
    for translation in pending_translations(source):
        failure = bring_up_to_date(translation, user)
        if failure:
            failures.append(failure)
    _publish_waiting(source, user)
    return failures


def pending_translations(source: TranslationSource) -> QuerySet[Translation]:
    """Return the translations that were not updated after the last change of the source, or whose update failed."""
    written = TranslationLog.objects.filter(
        source_id=OuterRef("source_id"),
        locale_id=OuterRef("target_locale_id"),
        created_at__gte=OuterRef("source__last_updated_at"),
    )
    return source.translations.filter(Q(sync_failure__isnull=False) | ~Exists(written), enabled=True).order_by("pk")


def bring_up_to_date(
    translation: Translation,
    user: User | AnonymousUser | None = None,
    approved: Collection[public_texts.TextKey] = (),
) -> SyncFailure | None:
    """Update one translation from its source. On failure, change nothing and return the failure.

    A public translation keeps its public texts: what was saved since becomes public when someone publishes it, or if it is
    `approved`.
    """
    try:
        with transaction.atomic():
            _write(translation, user, approved)
            SyncFailure.objects.filter(translation=translation).delete()
    except Exception as error:  # any error: the other languages are still updated, and editors see it
        logger.exception("Translation %s could not be brought up to date", translation.pk)
        return _remember(translation, error)
    return None


def _write(
    translation: Translation, user: User | AnonymousUser | None, approved: Collection[public_texts.TextKey]
) -> None:
    source = TranslationSource.objects.select_for_update().get(pk=translation.source_id)
    try:
        target = source.get_translated_instance(translation.target_locale)
    except ObjectDoesNotExist:
        return
    if not isinstance(target, DraftStateMixin):
        source.create_or_update_translation(translation.target_locale, user=user, fallback=True)
        return
    # With publish=True, wagtail-localize publishes after the commit, without the lock, so that an older revision could
    # replace a newer one. It saves a live page before it creates the revision, so both are in one transaction; a snippet it
    # saves as one that is not live.
    # A translation that was to be published before its source has waited for it until now.
    waiting = target.revisions.filter(approved_go_live_at__lte=timezone.now()).order_by("pk").last()
    if target.live or waiting:
        revision = target.live_revision_id if target.live else waiting.pk
        source = public_texts.source_with_public_texts(translation, revision, approved)
    else:
        source = public_texts.source_with_read_texts(translation)
    submitted = public_texts.submitted(translation, target) if target.live or waiting else None
    source.create_or_update_translation(translation.target_locale, user=user, publish=False, fallback=True)
    if target.live or waiting:
        written = source.get_translated_instance(translation.target_locale)
        written.publish_keeping_request(written.get_latest_revision(), user=user)
    if submitted:
        _write_submitted(translation, submitted)


def _write_submitted(translation: Translation, submitted: public_texts.Submitted) -> None:
    """Write the draft that waits for approval again, from the new source: its approval publishes the latest version."""
    source = public_texts.source_of_draft(translation, submitted.texts)
    author = submitted.task_state.revision.user
    source.create_or_update_translation(translation.target_locale, user=author, publish=False, fallback=True)
    written = source.get_translated_instance(translation.target_locale)
    submitted.task_state.revision = written.get_latest_revision()
    submitted.task_state.save(update_fields=["revision"])


def _publish_waiting(source: TranslationSource, user: User | AnonymousUser | None) -> None:
    """Publish what was held back until the source is public: at once, not with the next run of the scheduled tasks."""
    model = source.specific_content_type.model_class()
    if model is None or not issubclass(model, DraftStateMixin):
        return
    rows = model.objects.filter(translation_key=source.object_id, live=False)
    for target in rows.filter(locale_id__in=source.translations.filter(enabled=True).values("target_locale_id")):
        waiting = target.revisions.filter(approved_go_live_at__lte=timezone.now()).order_by("pk").last()
        if waiting:
            waiting.publish(user=user, skip_permission_checks=True)


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
    """Update the source from its published version, and record the changed segments."""
    source = TranslationSource.objects.select_for_update().get(pk=source_pk)
    try:
        instance = source.get_source_instance()
    except ObjectDoesNotExist:
        return
    if _content(instance, json.loads(_serialised(instance))) == _content(instance, json.loads(source.content_json)):
        return
    before = _segments(source)
    source.update_from_db()
    keeps_old = _keeps_old_translations(instance)
    changes = list(_changed_segments(before, _segments(source)))
    for context, old, new in changes:
        _carry(source, context, old, new, keeps_old=keeps_old)
    public_texts.carry(source, changes, keeps_old=keeps_old)
    _forget_obsolete(source)


def _serialised(instance: TranslatableMixin) -> str:
    if isinstance(instance, ClusterableModel):
        return instance.to_json()
    return json.dumps(get_serializable_data_for_fields(instance), cls=DjangoJSONEncoder)


def _content(instance: TranslatableMixin, data: dict[str, object]) -> dict[str, object]:
    """Return the fields that are copied or translated, without publishing dates and other bookkeeping."""
    names = {field.field_name for field in get_translatable_fields(type(instance))}
    return {name: value for name, value in data.items() if name in names}


def _segments(source: TranslationSource) -> Segments:
    """Return the segments of each context in order. A rich text is one context with several segments."""
    found: Segments = {}
    segments = StringSegment.objects.filter(source=source).order_by("order")
    for context, string in segments.values_list("context_id", "string_id"):
        found.setdefault(context, []).append(string)
    return found


def _changed_segments(before: Segments, after: Segments) -> Iterator[tuple[int, int, int]]:
    """Yield (context, old string, new string) for each segment that replaces another one."""
    for context, new in after.items():
        old = before.get(context, [])
        for kind, old_start, old_end, new_start, new_end in SequenceMatcher(
            None, old, new, autojunk=False
        ).get_opcodes():
            if kind == "replace":
                for pair in zip(old[old_start:old_end], new[new_start:new_end], strict=False):
                    yield context, *pair


def _carry(source: TranslationSource, context: int, old: int, new: int, *, keeps_old: bool) -> None:
    """Record that the segment `old` became `new` in the languages in which it was translated.

    With `keeps_old`, its translations stay in use.
    """
    known = StringTranslation.objects.filter(context_id=context, translation_of_id=old).select_related(
        "translation_of", "context"
    )
    old_translations = {row.locale_id: row for row in known}
    done = set(
        StringTranslation.objects.filter(context_id=context, translation_of_id=new, has_error=False)
        .exclude(tool_name=StaleString.CARRIED_OVER)
        .values_list("locale_id", flat=True)
    )
    for translation in source.translations.all():
        row = old_translations.get(translation.target_locale_id)
        if translation.target_locale_id in done:
            continue
        is_slug = bool(row and row.context and row.context.path == public_texts.UNCHANGED_PATH)
        if row and (is_slug or (keeps_old and not row.has_error)):
            _use_for(row, new, tool_name="" if is_slug else StaleString.CARRIED_OVER)
        # A text that changes again before it was checked is compared with the text that was translated last.
        if translation.stale_strings.filter(context_id=context, string_id=old).update(string_id=new):
            continue
        if row and not is_slug:
            StaleString.objects.get_or_create(
                translation=translation,
                context_id=context,
                string_id=new,
                defaults={"old_source": row.translation_of.data, "old_translation": row.data},
            )


def _use_for(row: StringTranslation, string: int, *, tool_name: str) -> None:
    """Use a translation also for another string, the changed text of the source."""
    StringTranslation.objects.update_or_create(
        translation_of_id=string,
        context_id=row.context_id,
        locale_id=row.locale_id,
        defaults={
            "data": row.data,
            "translation_type": row.translation_type,
            "tool_name": tool_name,
            "last_translated_by": row.last_translated_by,
            "has_error": False,
            "field_error": "",
        },
    )


def _keeps_old_translations(instance: TranslatableMixin) -> bool:
    site = instance.get_site() if isinstance(instance, Page) else None
    site = site or Site.objects.filter(is_default_site=True).first()
    settings = ProjectSettings.objects.filter(site=site).first() if site else None
    return settings is None or settings.changed_texts == ProjectSettings.ChangedTexts.KEEP


def _forget_obsolete(source: TranslationSource) -> None:
    """Delete the records of segments that were removed or are translated again, and what was carried over for them."""
    used = StringSegment.objects.filter(
        source=source, context_id=OuterRef("context_id"), string_id=OuterRef("string_id")
    )
    translated = StringTranslation.objects.filter(
        context_id=OuterRef("context_id"),
        translation_of_id=OuterRef("string_id"),
        locale_id=OuterRef("translation__target_locale_id"),
        has_error=False,
    ).exclude(Q(tool_name=StaleString.CARRIED_OVER) | Q(translation_type=StringTranslation.TRANSLATION_TYPE_MACHINE))
    StaleString.objects.filter(translation__source=source).filter(~Exists(used) | Exists(translated)).delete()
    recorded = StaleString.objects.filter(
        context_id=OuterRef("context_id"),
        string_id=OuterRef("translation_of_id"),
        translation__target_locale_id=OuterRef("locale_id"),
    )
    StringTranslation.objects.filter(
        ~Exists(recorded), context__object_id=source.object_id, tool_name=StaleString.CARRIED_OVER
    ).delete()
