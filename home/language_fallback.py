"""Published snippets in the reader's language or, where there is no translation, in another language."""

from collections.abc import Iterable
from typing import TypeVar

from django.conf import settings
from wagtail.models import Locale, TranslatableMixin

Snippet = TypeVar("Snippet", bound=TranslatableMixin)


def in_language(snippets: Iterable[Snippet], locale: Locale, *, with_drafts: bool = False) -> list[Snippet]:
    """Return one row for each translation key: in `locale`, else in the source language, else in any language.

    `snippets` holds the rows of all languages with `locale` selected; their order stays. Rows that are not published are
    left out, except on screens of the admin with `with_drafts`. Each returned row has `foreign_language` set: its language
    code if that is not the reader's, else "" (for `lang`, WCAG 3.1.2).
    """

    def rank(snippet: Snippet) -> int:
        if snippet.locale_id == locale.pk:
            return 0
        return 1 if snippet.locale.language_code == settings.LANGUAGE_CODE else 2

    best: dict[object, Snippet] = {}
    for snippet in snippets:
        if not with_drafts and not getattr(snippet, "live", True):
            continue
        known = best.get(snippet.translation_key)
        if known is None or rank(snippet) < rank(known):
            best[snippet.translation_key] = snippet
    chosen = []
    for snippet in best.values():
        snippet.foreign_language = "" if snippet.locale_id == locale.pk else snippet.locale.language_code
        chosen.append(snippet)
    return chosen


def published(snippet: Snippet | None, referrer: TranslatableMixin) -> Snippet | None:
    """Return what visitors see of a snippet that a page or row refers to: a translation instead of one that is not
    published, or None.

    It runs no query if the snippet is published.
    """
    if snippet is None or getattr(snippet, "live", True):
        return snippet
    others = snippet.get_translations().select_related("locale")
    return next(iter(in_language(others, referrer.locale)), None)
