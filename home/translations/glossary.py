"""The terms of the glossary that a text contains, and those that its translation does not use."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from wagtail_localize.models import StringSegment, Translation

from home.glossary import Term, read, split
from home.models import GlossaryTerm

LONGEST_TERM = GlossaryTerm._meta.get_field("term").max_length or 0
DOCUMENT = Path(settings.BASE_DIR) / "docs" / "glossary.md"


def terms_of(language: str) -> list[Term]:
    """Return the terms of a language, in one query."""
    return [
        Term(row.term, {language: row.translation}, {language: split(row.avoided)})
        for row in GlossaryTerm.objects.filter(language=language)
    ]


def found_in(terms: Iterable[Term], source: str, language: str) -> list[tuple[str, str]]:
    """Return the terms in a text of the source, each with its translation."""
    text = strip_tags(source)
    return [(term.english, term.translations[language]) for term in terms if term.pattern.search(text)]


def warning(terms: Iterable[Term], source: str, translation: str, language: str) -> str:
    """Return which words of a translation the glossary avoids, in a sentence; empty if there are none."""
    text, translated = strip_tags(source), strip_tags(translation)
    sentences = [
        _("The glossary has “%(right)s” for “%(term)s”, not “%(word)s”.")
        % {"right": term.translations[language], "term": term.english, "word": word}
        for term in terms
        if term.pattern.search(text)
        for word in term.misused(language, translated)
    ]
    return " ".join(sentences)


def add_to_editor(props: dict[str, Any], language: str) -> None:
    """Add the terms of each text, and the warnings about translations, to the data of the translation editor."""
    terms = terms_of(language)
    sources = {item["id"]: item["source"] for item in props["segments"] if item["type"] == "string"}
    props["glossary"] = {source: found for source in sources.values() if (found := found_in(terms, source, language))}
    for row in props["initialStringTranslations"]:
        if problem := warning(terms, sources.get(row["segment_id"], ""), row["data"], language):
            row["comment"] = f"{row['comment']}. {problem}"


def with_warning(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Wrap the view that saves a text, so that the editor shows what the glossary says about it."""

    @wraps(view)
    def wrapped(request: HttpRequest, translation_id: int, string_segment_id: int, **kwargs: Any) -> HttpResponse:
        response: Any = view(request, translation_id=translation_id, string_segment_id=string_segment_id, **kwargs)
        if request.method != "PUT" or response.status_code not in {200, 201}:
            return cast("HttpResponse", response)
        translation = get_object_or_404(Translation.objects.select_related("target_locale"), pk=translation_id)
        segment = get_object_or_404(StringSegment.objects.select_related("string"), pk=string_segment_id)
        language = translation.target_locale.language_code
        if found := warning(terms_of(language), segment.string.data, response.data["data"], language):
            # A response of Django REST framework, which is rendered later.
            response.data = {**response.data, "comment": f"{response.data['comment']}. {found}"}
        return cast("HttpResponse", response)

    return wrapped


@transaction.atomic
def fill(report: Callable[[str], None]) -> None:
    """Add the terms of `docs/glossary.md` that the site does not have. Terms that were changed or deleted stay so."""
    if GlossaryTerm.objects.exists() or not DOCUMENT.exists():
        return
    rows = [
        GlossaryTerm(
            term=term.english, language=language, translation=term.translations[language], avoided=", ".join(avoided)
        )
        for term in read(DOCUMENT.read_text(encoding="utf-8")).terms
        for language, avoided in term.avoided.items()
        if len(term.english) <= LONGEST_TERM
    ]
    GlossaryTerm.objects.bulk_create(rows, ignore_conflicts=True)
    report(f"{len(rows)} terms of the glossary")
