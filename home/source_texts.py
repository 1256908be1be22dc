"""Finds and marks texts that translations show in the language of their source, because they are not translated yet.

Pages mark them with `lang`, feeds with `xml:lang` (WCAG 3.1.2). A screen reader then pronounces them correctly.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import unescape

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from wagtail_localize.models import StringSegment, StringTranslation

from home.http import page_cache
from home.site_context import translated_languages

TAG = r"<[^>\"']*(?:\"[^\"]*\"[^>\"']*|'[^']*'[^>\"']*)*>"
# Comments; elements whose content is not text of the page, or cannot contain elements; and single tags.
MARKUP = re.compile(
    rf"<!--.*?-->|<(?P<name>script|style|title|textarea|option|template)\b.*?</(?P=name)\s*>|{TAG}",
    re.DOTALL | re.IGNORECASE,
)
LANGUAGE = re.compile(r"<html\b[^>]*\blang=\"(?P<language>[A-Za-z-]+)\"")
# Attributes with texts that assistive technology reads.
TEXT_ATTRIBUTE = re.compile(r"\s(?:alt|title|aria-label)=\"(?P<text>[^\"]+)\"")
HAS_LANGUAGE = re.compile(r"\slang=", re.IGNORECASE)
LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True)
class SourceTexts:
    """Untranslated texts with their languages, by first run. A run is the text between two tags; a text may have several."""

    by_first: dict[str, list[tuple[tuple[str, ...], str]]] = field(default_factory=dict)

    def language_of(self, text: str) -> str:
        """Return the language of a plain text, or an empty string if it is not one of these texts."""
        run = _normalised(text)
        return next((code for runs, code in self.by_first.get(run, []) if runs == (run,)), "")


def source_texts(language: str) -> SourceTexts:
    """Return the texts that pages and rows in `language` show in another language. Cached until content changes."""
    if language not in translated_languages():
        return SourceTexts()
    return page_cache.cached(f"source-texts-{language}", lambda: _find(language), is_immutable=True)


def _find(language: str) -> SourceTexts:
    # The same condition as in `StringSegment.objects.annotate_translation` of wagtail-localize.
    translated = StringTranslation.objects.filter(
        translation_of_id=OuterRef("string_id"),
        context_id=OuterRef("context_id"),
        locale__language_code=language,
        has_error=False,
    )
    segments = StringSegment.objects.filter(
        ~Exists(translated),
        source__translations__target_locale__language_code=language,
        source__translations__enabled=True,
    ).exclude(context__path="slug")
    found = dict(segments.values_list("string__data", "source__locale__language_code"))
    # Texts that are the same in both languages, such as names.
    same = StringTranslation.objects.filter(locale__language_code=language, has_error=False, data__in=found)
    for text in same.values_list("data", flat=True) if found else []:
        found.pop(text, None)
    texts = SourceTexts()
    for text, code in found.items():
        runs = tuple(_runs(text))
        if LETTER.search(text) and runs:
            texts.by_first.setdefault(runs[0], []).append((runs, code))
    for candidates in texts.by_first.values():
        candidates.sort(key=lambda candidate: -len(candidate[0]))
    return texts


def _runs(html: str) -> Iterator[str]:
    for part in re.split(TAG, html):
        if run := _normalised(part):
            yield run


def _normalised(html: str) -> str:
    return " ".join(unescape(html).split())


# Marking


class SourceLanguageMiddleware:
    """Marks the texts in HTML responses. It must stand after the middleware that caches responses or sets their length."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        is_html = response.get("Content-Type", "").startswith("text/html")
        # Error pages of the server have no such texts, and the database may have failed.
        if response.status_code >= 500:
            return response
        if not isinstance(response, HttpResponse) or not is_html or request.path_info.startswith("/admin/"):
            return response
        html = response.content.decode(response.charset)
        declared = LANGUAGE.search(html)
        texts = source_texts(declared["language"]) if declared else SourceTexts()
        if texts.by_first:
            response.content = mark(html, texts).encode(response.charset)
        return response


def mark(html: str, texts: SourceTexts) -> str:
    """Return `html` with `lang` for each of the texts: on the element if it contains nothing else, or on a new `span`."""
    pieces = _pieces(html)
    runs = [(number, _normalised(piece)) for number, piece in enumerate(pieces) if number % 2 == 0 and piece.strip()]
    position = 0
    while position < len(runs):
        length, code = _match(runs, position, texts)
        for number, _run in runs[position : position + length]:
            _mark_run(pieces, number, code)
        position += length or 1
    for number in range(1, len(pieces), 2):
        pieces[number] = _with_marked_attribute(pieces[number], texts)
    return "".join(pieces)


def _pieces(html: str) -> list[str]:
    """Split HTML into a list of alternating text and markup, which begins and ends with a text."""
    pieces, end = [], 0
    for found in MARKUP.finditer(html):
        pieces += [html[end : found.start()], found[0]]
        end = found.end()
    return [*pieces, html[end:]]


def _match(runs: list[tuple[int, str]], position: int, texts: SourceTexts) -> tuple[int, str]:
    """Return (number of runs from `position` on that are one of the texts, its language), or (0, "")."""
    for candidate, code in texts.by_first.get(runs[position][1], []):
        if tuple(run for _number, run in runs[position : position + len(candidate)]) == candidate:
            return len(candidate), code
    return 0, ""


def _mark_run(pieces: list[str], number: int, code: str) -> None:
    before = pieces[number - 1] if number else ""
    after = pieces[number + 1] if number + 1 < len(pieces) else ""
    name = re.match(r"<([a-z][a-z0-9-]*)\b", before, re.IGNORECASE)
    if name and HAS_LANGUAGE.search(before):
        return
    if name and after.lower().startswith(f"</{name[1].lower()}"):
        pieces[number - 1] = _with_language(before, code)
        return
    text = pieces[number]
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    pieces[number] = f'{text[:start]}<span lang="{code}">{text[start:end]}</span>{text[end:]}'


def _with_marked_attribute(tag: str, texts: SourceTexts) -> str:
    if HAS_LANGUAGE.search(tag) or tag.startswith(("<!--", "</")):
        return tag
    codes = (texts.language_of(found["text"]) for found in TEXT_ATTRIBUTE.finditer(tag))
    code = next(filter(None, codes), "")
    return _with_language(tag, code) if code else tag


def _with_language(tag: str, code: str) -> str:
    return re.sub(r"^<([A-Za-z][A-Za-z0-9-]*)", rf'<\1 lang="{code}"', tag)
