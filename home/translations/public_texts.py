"""Which texts of a translation are public: those of its live version, not those that translators saved since.

A synchronisation writes and publishes the former only (`PublishedSource`).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from django.db.models import QuerySet
from wagtail.models import TaskState, TranslatableMixin, WorkflowMixin
from wagtail_localize.models import (
    SegmentOverride,
    StringSegment,
    StringTranslation,
    Translation,
    TranslationContext,
    TranslationLog,
    TranslationSource,
)

from home.models import PublishedSource, StaleString, WrittenTexts
from home.models.written_texts import text_key

# The keys of a context and a string.
TextKey = tuple[int, int]
# The translated slug stays when the source's slug changes.
UNCHANGED_PATH = "slug"


class Submitted(NamedTuple):
    """A draft that waits for approval or was sent back, and the texts that it was written from, if they are stored."""

    task_state: TaskState
    texts: WrittenTexts | None


def record(log: TranslationLog) -> None:
    """Store from which texts a version of a translation was just written."""
    translation = Translation.objects.filter(source=log.source_id, target_locale=log.locale_id).first()
    if translation is None or log.revision is None:
        return
    source = log.source
    written = source.public if isinstance(source, PublishedSource) else _all_saved(translation)
    row = WrittenTexts.objects.create(
        revision=log.revision,
        translation=translation,
        texts=written.texts,
        carried=written.carried,
        overrides=written.overrides,
        withholds=isinstance(source, PublishedSource) and _differs(written, _all_saved(translation), translation),
    )
    earlier = WrittenTexts.objects.filter(translation=translation).exclude(pk=row.pk)
    earlier.update(withholds=False)
    instance = log.revision.content_object
    earlier.filter(revision__approved_go_live_at=None).exclude(revision=instance.live_revision_id).delete()


def source_with_public_texts(
    translation: Translation, revision: int | None, approved: Collection[TextKey]
) -> TranslationSource:
    """Return the source, such that it writes the translation from the texts of this version and those in `approved`."""
    public = _of_revision(translation, revision)
    if public is None:
        # It was published before the site stored the texts of versions.
        return source_with_read_texts(translation)
    source = PublishedSource.objects.get(pk=translation.source_id)
    source.public = public
    for row in _saved(translation):
        if (row.context_id, row.translation_of_id) in approved:
            public.texts[text_key(row.context_id, row.translation_of_id)] = row.data
    return source


def source_with_read_texts(translation: Translation) -> TranslationSource:
    """Return the source, such that it writes the translation without texts of a service that nobody has read."""
    if not _unread(translation).exists():
        return TranslationSource.objects.get(pk=translation.source_id)
    source = PublishedSource.objects.get(pk=translation.source_id)
    source.public = _all_saved(translation, _saved(translation).exclude(pk__in=_unread(translation)))
    return source


def source_of_draft(translation: Translation, texts: WrittenTexts | None = None) -> PublishedSource:
    """Return the source, such that it writes a draft and changes nothing public.

    Without `texts`, the draft has those that are saved and read.
    """
    source = PublishedSource.objects.get(pk=translation.source_id)
    source.public = texts or _all_saved(translation, _saved(translation).exclude(pk__in=_unread(translation)))
    source.keeps_public = True
    return source


def submitted(translation: Translation, target: TranslatableMixin) -> Submitted | None:
    """Return what was submitted for approval and is not decided, else None."""
    state = target.current_workflow_state if isinstance(target, WorkflowMixin) else None
    if state is None or state.current_task_state is None:
        return None
    task_state = state.current_task_state
    texts = WrittenTexts.objects.filter(translation=translation, revision=task_state.revision_id).first()
    return Submitted(task_state, texts)


def carry(source: TranslationSource, changes: Collection[tuple[int, int, int]], *, keeps_old: bool) -> None:
    """Keep the public translations of texts that changed in the source: (context, old string, new string).

    Without `keeps_old`, only those of addresses are kept. What was kept is forgotten when its text changes again.
    """
    rows = list(WrittenTexts.objects.filter(translation__source=source))
    if not rows:
        return
    used = _used(source)
    contexts = [context for context, _old, _new in changes]
    kept = TranslationContext.objects.filter(pk__in=contexts)
    kept_keys = set((kept if keeps_old else kept.filter(path=UNCHANGED_PATH)).values_list("pk", flat=True))
    for row in rows:
        found = dict(row.carried)
        for context, old, new in changes:
            text = row.text(context, old)
            if text is not None and context in kept_keys:
                found[text_key(context, new)] = text
        row.carried = {key: text for key, text in found.items() if key in used}
        row.save(update_fields=["carried"])


def _of_revision(translation: Translation, revision: int | None) -> WrittenTexts | None:
    """Return the texts of a version, or else of the last one that was written from texts; None if there is none."""
    rows = WrittenTexts.objects.filter(translation=translation)
    return rows.filter(revision=revision).first() or rows.last()


def _saved(translation: Translation) -> QuerySet[StringTranslation]:
    return StringTranslation.objects.filter(
        context__object_id=translation.source.object_id, locale=translation.target_locale_id, has_error=False
    )


def _used(source: TranslationSource) -> set[str]:
    segments = StringSegment.objects.filter(source=source).values_list("context_id", "string_id")
    return {text_key(context, string) for context, string in segments}


def _unread(translation: Translation) -> QuerySet[StringTranslation]:
    return _saved(translation).filter(translation_type=StringTranslation.TRANSLATION_TYPE_MACHINE)


def _all_saved(translation: Translation, saved: QuerySet[StringTranslation] | None = None) -> WrittenTexts:
    """Return the texts that are saved now, or those in `saved`.

    Of texts that the source no longer has, those of the version before count.
    """
    target = translation.get_target_instance()
    before = _of_revision(translation, target.live_revision_id)
    used = _used(translation.source)
    texts = {key: text for key, text in before.texts.items() if key not in used} if before else {}
    carried: dict[str, str] = {}
    for row in _saved(translation) if saved is None else saved:
        key = text_key(row.context_id, row.translation_of_id)
        if before is None or key in used:
            (carried if row.tool_name == StaleString.CARRIED_OVER else texts)[key] = row.data
    overrides = SegmentOverride.objects.filter(
        context__object_id=translation.source.object_id, locale=translation.target_locale_id, has_error=False
    )
    values = {str(context): data for context, data in overrides.values_list("context_id", "data_json")}
    return WrittenTexts(texts=texts, carried=carried, overrides=values)


def _differs(public: WrittenTexts, saved: WrittenTexts, translation: Translation) -> bool:
    shown = [
        {key: text for key, text in {**row.carried, **row.texts}.items() if key in _used(translation.source)}
        for row in (public, saved)
    ]
    return shown[0] != shown[1] or public.overrides != saved.overrides
