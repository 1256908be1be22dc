"""Snippets in the reader's language or, where there is no translation, in another language."""

from collections.abc import Iterable
from typing import TypeVar

from django.conf import settings
from wagtail.models import Locale, TranslatableMixin

Snippet = TypeVar("Snippet", bound=TranslatableMixin)


def in_language(snippets: Iterable[Snippet], locale: Locale) -> list[Snippet]:
    """Return one row for each translation key: in `locale`, else in the source language, else in any language.

    `snippets` holds the rows of all languages with `locale` selected; their order stays. Each returned row has
    `foreign_language` set: its language code if that is not the reader's, else "" (for `lang`, WCAG 3.1.2).
    """

    def rank(snippet: Snippet) -> int:
        if snippet.locale_id == locale.pk:
            return 0
        return 1 if snippet.locale.language_code == settings.LANGUAGE_CODE else 2

    best: dict[object, Snippet] = {}
    for snippet in snippets:
        known = best.get(snippet.translation_key)
        if known is None or rank(snippet) < rank(known):
            best[snippet.translation_key] = snippet
    chosen = []
    for snippet in best.values():
        snippet.foreign_language = "" if snippet.locale_id == locale.pk else snippet.locale.language_code
        chosen.append(snippet)
    return chosen
