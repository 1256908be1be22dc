"""Signal receivers that update translations when a source page, snippet or privacy setting is saved."""

from __future__ import annotations

from functools import partial

from django.db import transaction
from django.db.models import Model
from django.db.models.signals import post_delete, post_save, pre_delete, pre_save
from django.dispatch import receiver
from django.utils.translation import ngettext
from wagtail.models import DraftStateMixin, Page, PageViewRestriction, TranslatableMixin
from wagtail.signals import page_published, page_unpublished, unpublished
from wagtail.snippets.models import get_snippet_models
from wagtail_localize.models import (
    SegmentOverride,
    StringTranslation,
    Translation,
    TranslationLog,
    TranslationSource,
    post_save_string_translation,
)

from home.models import StaleString
from home.translations import machine_translation, public_texts, tree_sync
from home.translations.markup import check_override, clean_translation
from home.translations.sources import refuse_second_source
from home.translations.tasks import request_sync


def update_translations(instance: TranslatableMixin, user_id: int | None = None) -> None:
    """Update the translations of a source page or row after the commit."""
    sources = TranslationSource.objects.filter(
        object_id=instance.translation_key, locale_id=instance.locale_id, translations__enabled=True
    )
    if found := set(sources):
        request_sync(found, user_id)


@receiver(page_published, dispatch_uid="synchronise-page")
def synchronise_page(instance, revision=None, alias=False, **kwargs):  # noqa: FBT002  (the signal's arguments)
    if not alias:
        update_translations(instance, revision.user_id if revision else None)


@receiver(page_unpublished, dispatch_uid="unpublish-translations")
def unpublish_translations(instance, **kwargs):
    """Unpublish the translations of a source, also where scheduled tasks or other code unpublish it.

    What was public is published again together with the source: until then it is held back (`BasePage.publish`).
    """
    for translation in tree_sync.linked_translations(instance):
        if translation.live:
            public = translation.live_revision or translation.latest_revision or translation.save_revision(clean=False)
            translation.unpublish(set_expired=instance.expired)
            public.refresh_from_db()
            public.publish()


@receiver(unpublished, dispatch_uid="unpublish-translations-of-snippet")
def unpublish_translations_of_snippet(instance, **kwargs):
    if _is_translatable_snippet(type(instance)):
        unpublish_translations(instance)


@receiver(post_save, dispatch_uid="synchronise-row")
def synchronise_row(sender, instance, raw=False, update_fields=None, **kwargs):  # noqa: FBT002  (the signal's arguments)
    # The row of a draft is not what is published: saving a draft changes only fields that are not translated.
    is_draft = isinstance(instance, DraftStateMixin) and (update_fields or not instance.live)
    if not raw and not is_draft and _is_translatable_snippet(sender):
        update_translations(instance)


@receiver(pre_delete, dispatch_uid="delete-translations")
def delete_translations(sender, instance, **kwargs):
    """Delete the translations together with their source.

    It must happen before the source is deleted: afterwards wagtail-localize does not know its translations.
    """
    if _is_translatable_snippet(sender):
        for translation in tree_sync.linked_translations(instance):
            translation.delete()


def _is_translatable_snippet(model: type[Model]) -> bool:
    """Return whether the model is a translatable snippet."""
    return issubclass(model, TranslatableMixin) and not issubclass(model, Page) and model in get_snippet_models()


@receiver([post_save, post_delete], sender=PageViewRestriction, dispatch_uid="synchronise-privacy")
def synchronise_privacy(instance, **kwargs):
    """Copy a privacy setting to the translations at once, not only when the source is next published."""
    page = Page.objects.filter(pk=instance.page_id).first()
    if page:
        transaction.on_commit(partial(_copy_privacy, page))


def _copy_privacy(page: Page) -> None:
    source = TranslationSource.objects.get_for_instance_or_none(page)
    if source:
        for translation in source.translations.filter(enabled=True).select_related("target_locale"):
            source.update_target_view_restrictions(translation.target_locale)


@receiver(pre_save, sender=Translation, dispatch_uid="one-source")
def check_single_source(instance, raw=False, **kwargs):  # noqa: FBT002  (the signal's arguments)
    if instance._state.adding and not raw:
        refuse_second_source(instance)


@receiver(post_save, sender=TranslationLog, dispatch_uid="record-texts")
def record_texts(instance, created=False, raw=False, **kwargs):  # noqa: FBT002  (the signal's arguments)
    if created and not raw:
        public_texts.record(instance)


@receiver(pre_save, sender=StringTranslation, dispatch_uid="clean-translation")
def clean_string_translation(instance, raw=False, update_fields=None, **kwargs):  # noqa: FBT002  (the signal's arguments)
    if not raw and (update_fields is None or "data" in update_fields):
        clean_translation(instance)


@receiver(pre_save, sender=SegmentOverride, dispatch_uid="check-override")
def check_segment_override(instance, raw=False, update_fields=None, **kwargs):  # noqa: FBT002  (the signal's arguments)
    if not raw and (update_fields is None or "data_json" in update_fields):
        check_override(instance)


@receiver(post_save, sender=StringTranslation, dispatch_uid="store-error-of-translation")
@receiver(post_save, sender=SegmentOverride, dispatch_uid="store-error-of-override")
def store_error(sender, instance, raw=False, update_fields=None, **kwargs):  # noqa: FBT002  (the signal's arguments)
    """Store the error also where only the value is saved, as `update_or_create` does."""
    if not raw and update_fields is not None and not {"has_error", "field_error"} <= set(update_fields):
        sender.objects.filter(pk=instance.pk).update(has_error=instance.has_error, field_error=instance.field_error)


@receiver(post_save, sender=StringTranslation, dispatch_uid="resolve-stale-string")
def resolve_stale_string(instance, **kwargs):
    is_read = (
        instance.tool_name != StaleString.CARRIED_OVER and instance.translation_type != machine_translation.MACHINE
    )
    if is_read and not instance.has_error:
        StaleString.objects.filter(
            translation__target_locale_id=instance.locale_id,
            context_id=instance.context_id,
            string_id=instance.translation_of_id,
        ).delete()


TITLE_LENGTH = Page._meta.get_field("draft_title").max_length or 255
# wagtail-localize copies translated titles to `draft_title` without checking the length; PostgreSQL refuses longer ones.
post_save.disconnect(post_save_string_translation, sender=StringTranslation)


def _is_long_title(instance: StringTranslation) -> bool:
    return bool(instance.context and instance.context.path == "title" and len(instance.data) > TITLE_LENGTH)


@receiver(pre_save, sender=StringTranslation, dispatch_uid="refuse-long-title")
def refuse_long_title(instance, **kwargs):
    """Mark a translated title that is too long as an error. The page keeps its current title."""
    if _is_long_title(instance):
        instance.has_error = True
        instance.field_error = ngettext(
            "A title has at most %(limit)d character.", "A title has at most %(limit)d characters.", TITLE_LENGTH
        ) % {"limit": TITLE_LENGTH}


@receiver(post_save, sender=StringTranslation, dispatch_uid="list-translated-title")
def list_translated_title(instance, **kwargs):
    if not _is_long_title(instance):
        post_save_string_translation(instance=instance)
