"""Translations of pages and rows, made as the site itself makes them."""

from django.test import TestCase
from wagtail.models import Locale
from wagtail_localize.models import StringSegment, StringTranslation, Translation, TranslationSource

from home.translations.sources import translate

TARGETS = ("fi", "et", "el")


def make_translations(instance, codes=TARGETS):
    """Translate a page or row into these languages, publish the translations, and return the source."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        translate(instance, list(Locale.objects.filter(language_code__in=codes)))
        for code in codes:
            translate_segments(instance, code)
            write_target(instance, code)
    return instance


def translate_segments(instance, code: str) -> None:
    """Translate each segment of a source as its text with the language code before it."""
    source = TranslationSource.objects.get_for_instance(instance)
    for segment in StringSegment.objects.filter(source=source).select_related("string", "context"):
        plain = segment.string.data
        text = f"{code}-{plain}" if segment.context.path == "slug" else f"{code} {plain}"
        StringTranslation.objects.get_or_create(
            translation_of=segment.string,
            context=segment.context,
            locale=Locale.objects.get(language_code=code),
            defaults={"data": text, "translation_type": "manual"},
        )


def write_target(instance, code: str) -> None:
    translation = Translation.objects.get(source__object_id=instance.translation_key, target_locale__language_code=code)
    translation.save_target(publish=True)
