"""The demo's translations: one gettext catalogue for each language; the English texts are in the Python modules.

An entry is a segment of the translation editor, such as a paragraph, a list item or a title. A translation must keep the
tags `<a id="a1">` (a link), `<b>` and `<i>` around the same words. Slugs have the context "slug".
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import polib
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from wagtail import blocks
from wagtail.fields import StreamField
from wagtail_localize.models import StringSegment, TranslationSource

FOLDER = Path(__file__).parent / "locale"
SLUG = "slug"
HEADER = """The texts of the demo. Keep <b>, <i> and <a id="a1"> where they belong in the translation; a slug is the
last part of a page's address: lower-case ASCII letters, digits and hyphens."""


def context_of(segment: StringSegment) -> str | None:
    return SLUG if segment.context.path == SLUG else None


class Catalogue:
    def __init__(self, language_code: str, entries: dict[tuple[str | None, str], str]) -> None:
        self.language_code = language_code
        self.entries = entries

    @classmethod
    def path(cls, language_code: str) -> Path:
        return FOLDER / f"{language_code}.po"

    @classmethod
    def read(cls, language_code: str) -> Catalogue:
        """Return the catalogue of a language, or an empty one if there is no file."""
        path = cls.path(language_code)
        file = polib.pofile(str(path), check_for_duplicates=True) if path.exists() else []
        entries = {
            (entry.msgctxt, entry.msgid): entry.msgstr for entry in file if entry.translated() and not entry.obsolete
        }
        return cls(language_code, entries)

    def translation(self, segment: StringSegment) -> str:
        """Return the translation of a segment, or an empty text."""
        return self.entries.get((context_of(segment), segment.string.data), "")

    def write(self, sources: Iterable[tuple[str, models.Model]]) -> int:
        """Write the catalogue for `sources` and keep its translations. Returns the number of untranslated strings."""
        file = polib.POFile(wrapwidth=100)
        file.header = HEADER
        file.metadata = {
            "Language": self.language_code,
            "MIME-Version": "1.0",
            "Content-Type": "text/plain; charset=utf-8",
            "Content-Transfer-Encoding": "8bit",
        }
        found: dict[tuple[str | None, str], list[str]] = {}
        for key, instance in sources:
            source = TranslationSource.objects.get_for_instance(instance)
            segments = StringSegment.objects.filter(source=source).select_related("string", "context").order_by("order")
            for segment in segments:
                notes = found.setdefault((context_of(segment), segment.string.data), [])
                note = describe(key, type(instance), segment.context.field_path)
                if note not in notes:
                    notes.append(note)
        for (context, text), notes in found.items():
            entry = polib.POEntry(msgctxt=context, msgid=text, msgstr=self.entries.get((context, text), ""))
            entry.comment = "\n".join(notes)
            file.append(entry)
        path = self.path(self.language_code)
        path.parent.mkdir(exist_ok=True)
        file.save(str(path))
        return len(file.untranslated_entries())


def describe(key: str, model: type[models.Model], field_path: str) -> str:
    """Return a note for translators: where the string is used, and its maximum length."""
    limit = limit_of(model, field_path.split("."))
    return f"{key}: {field_path}" + (f" (at most {limit} characters)" if limit else "")


def limit_of(model: type[models.Model], path: list[str]) -> int | None:
    """Return the maximum length of the field or block at `path`, or None."""
    name, *rest = path
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    if isinstance(field, StreamField):
        return _limit_in(field.stream_block, rest)
    if rest:
        return limit_of(field.related_model, rest) if field.related_model else None
    return getattr(field, "max_length", None)


def _limit_in(block: blocks.Block, path: list[str]) -> int | None:
    for name in path:
        block = block.child_block if isinstance(block, blocks.ListBlock) else block.child_blocks[name]
    return getattr(getattr(block, "field", None), "max_length", None)
