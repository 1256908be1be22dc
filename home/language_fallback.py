"""Published snippets in the reader's language or, where there is no translation, in another language."""

from collections.abc import Iterable
from typing import TypeVar

from django.conf import settings
from wagtail.models import Locale, TranslatableMixin

Snippet = TypeVar("Snippet", bound=TranslatableMixin)


def in_language(snippets: Iterable[Snippet], locale: Locale, *, with_drafts: bool = False) -> list[Snippet]:
    """Return one row for each translation key: in `locale`, else in the source language, else in any language.

    `snippets` are the rows of all languages, with `locale` loaded (`select_related`); their order is kept. Unpublished rows
    are left out, unless `with_drafts` is set (for screens of the admin). `foreign_language` of each returned row is the code
    of its language if that is not `locale`, else "" (for the attribute `lang`, WCAG 3.1.2).
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
    """Return the snippet, or a published translation of it if it is not published, or None.

    `referrer` is the page or row that refers to the snippet; a translation in its language comes first. Runs no query if the
    snippet is published.
    """
    if snippet is None or getattr(snippet, "live", True):
        return snippet
    others = snippet.get_translations().select_related("locale")
    return next(iter(in_language(others, referrer.locale)), None)
