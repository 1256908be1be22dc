"""Where translations come from: every page and row has at most one source, whatever its language.

With two sources for one target the translation editor answers with an error page, so a page that is itself a
translation is never translated further: its own source is (docs/decisions/0010).
"""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Locale, Page, TranslatableMixin
from wagtail_localize.models import Translation, TranslationSource
from wagtail_localize.operations import TranslationCreator


class TranslatedFurtherError(ValidationError):
    """Somebody, or some code, wants to translate from a translation."""

    def __init__(self) -> None:
        super().__init__(_("This is itself a translation. Translate its source instead."), code="translated_further")


def source_of(instance: TranslatableMixin) -> TranslatableMixin | None:
    """Return the page or row that `instance` is a translation of, or None where it is a source itself."""
    translation = (
        Translation.objects.filter(source__object_id=instance.translation_key, target_locale_id=instance.locale_id)
        .select_related("source")
        .first()
    )
    if translation is None:
        return None
    source = translation.source
    model = source.specific_content_type.model_class()
    return model.objects.filter(translation_key=source.object_id, locale_id=source.locale_id).first() if model else None


def refuse_second_source(translation: Translation) -> None:
    """Raise TranslatedFurtherError where another language is the source of the same page or row already."""
    others = Translation.objects.filter(source__object_id=translation.source.object_id).exclude(
        source_id=translation.source_id
    )
    if others.exists():
        raise TranslatedFurtherError


class OneSourceCreator(TranslationCreator):
    """Makes translations and those of what a page refers to, each from its own source.

    An article that begins in Finnish may name an organisation that begins in English, which is translated from there.
    """

    def create_translations(self, instance, include_related_objects=True):  # noqa: FBT002  (the library's signature)
        super().create_translations(source_of(instance) or instance, include_related_objects)


@transaction.atomic
def translate(
    instance: TranslatableMixin,
    locales: Iterable[Locale],
    user: User | AnonymousUser | None = None,
    *,
    include_subtree: bool = False,
) -> None:
    """Make translations as drafts. Raises TranslatedFurtherError for a page that is a translation itself."""
    if source_of(instance):
        raise TranslatedFurtherError
    creator = OneSourceCreator(user, list(locales))
    creator.create_translations(instance)
    if include_subtree and isinstance(instance, Page):
        for page in instance.get_descendants().specific():
            if not source_of(page):
                creator.create_translations(page)


def is_source(instance: TranslatableMixin) -> bool:
    return TranslationSource.objects.filter(
        object_id=instance.translation_key, locale_id=instance.locale_id, translations__enabled=True
    ).exists()
