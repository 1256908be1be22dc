"""The source of each translation: every page and snippet has at most one.

If a translation has two sources, the translation editor fails. So a translation must not itself be translated.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import DraftStateMixin, Locale, Page, TranslatableMixin
from wagtail_localize.models import Translation, TranslationSource
from wagtail_localize.operations import TranslationCreator

from home.translations.permissions import may_read, may_start


class TranslatedFurtherError(ValidationError):
    """Raised when a translation is used as a source."""

    def __init__(self) -> None:
        super().__init__(
            _("This page is itself a translation. Translate its source instead."), code="translated_further"
        )


class UnreadablePageAboveError(ValidationError):
    """Raised when a page above would have to be translated that the user may not read."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "This page cannot be translated yet: a page above it is a draft or private, and you may not read it. "
                "Ask someone who may edit that page to translate or publish it."
            ),
            code="unreadable_page_above",
        )


def source_of(instance: TranslatableMixin) -> TranslatableMixin | None:
    """Return the source of `instance`, or None if it is a source itself."""
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
    """Raise TranslatedFurtherError if the page or snippet already has a source in another language."""
    others = Translation.objects.filter(source__object_id=translation.source.object_id).exclude(
        source_id=translation.source_id
    )
    if others.exists():
        raise TranslatedFurtherError


class OneSourceCreator(TranslationCreator):
    """Creates the translations of a page and of the objects that it refers to, each from its own source.

    A page written in Finnish may refer to an organisation written in English, whose source is then the English one.
    What it refers to and is translated already stays as it is: the library would save it once more as a draft, and take a
    public snippet offline.

    Pages above that have no translation get one, as drafts (`above`): the library would put a copy of the source in their
    place, which is public in the wrong language.
    """

    def __init__(self, user, target_locales):
        super().__init__(user, target_locales)
        self.above: list[Page] = []

    def create_translations(self, instance, include_related_objects=True):  # noqa: FBT002  (the library's signature)
        instance = source_of(instance) or instance
        wanted = self.target_locales
        if isinstance(instance, Page):
            self._translate_above(instance)
        if not include_related_objects:  # called for what the page refers to
            if self.user is not None and not may_read(self.user, instance):
                # Its translation would show a draft. It is translated when it is public, or by someone who may read it.
                return
            translated = set(instance.get_translations().values_list("locale_id", flat=True))
            self.target_locales = [locale for locale in wanted if locale.pk not in translated]
        super().create_translations(instance, include_related_objects)
        self.target_locales = wanted
        for source, translations in self.mappings.items():
            model = source.specific_content_type.model_class()
            if model is not None and issubclass(model, DraftStateMixin) and not issubclass(model, Page):
                _publish_with_source(model, source, translations)

    def _translate_above(self, page: Page) -> None:
        parent = page.get_parent()
        if parent is None or parent.is_root():
            return
        translated = set(parent.get_translations(inclusive=True).values_list("locale_id", flat=True))
        missing = [locale for locale in self.target_locales if locale.pk not in translated]
        if missing:
            if self.user is not None and not may_read(self.user, source_of(parent) or parent.specific):
                # The translation shows the content of the page above.
                raise UnreadablePageAboveError
            creator = OneSourceCreator(self.user, missing)
            creator.create_translations(parent.specific)
            self.above += [
                *creator.above,
                *parent.get_translations().filter(locale__in=missing).select_related("locale"),
            ]


def _publish_with_source(
    model: type[DraftStateMixin], source: TranslationSource, translations: Iterable[Translation]
) -> None:
    """Publish new translations of a public snippet. Pages of their language show them with the texts of the source.

    As drafts, they would be missing on pages that refer to them.
    """
    locales = [translation.target_locale_id for translation in translations]
    rows = model.objects.filter(translation_key=source.object_id)
    if rows.filter(locale=source.locale_id, live=True).exists():
        for row in rows.filter(locale__in=locales, live=False, live_revision=None, last_published_at=None):
            row.get_latest_revision().publish(skip_permission_checks=True)


@transaction.atomic
def translate(
    instance: TranslatableMixin,
    locales: Iterable[Locale],
    user: User | AnonymousUser | None = None,
    *,
    include_subtree: bool = False,
) -> list[Page]:
    """Create draft translations.

    Raises TranslatedFurtherError if the page is itself a translation, and UnreadablePageAboveError if a page above would be
    translated that `user` may not read.

    Returns the translations of pages above that were started as well. Pages of the subtree that `user` may not translate are
    left out.
    """
    if source_of(instance):
        raise TranslatedFurtherError
    languages = list(locales)
    creator = OneSourceCreator(user, languages)
    creator.create_translations(instance)
    if include_subtree and isinstance(instance, Page):
        for page in instance.get_descendants().specific():
            permitted = [locale for locale in languages if user is None or may_start(user, page, locale)]
            if permitted and not source_of(page):
                with suppress(UnreadablePageAboveError), transaction.atomic():
                    OneSourceCreator(user, permitted).create_translations(page)
    return creator.above


def is_source(instance: TranslatableMixin) -> bool:
    return TranslationSource.objects.filter(
        object_id=instance.translation_key, locale_id=instance.locale_id, translations__enabled=True
    ).exists()
