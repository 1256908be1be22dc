"""The demo's translations: one gettext catalogue for each language; the English texts are in the Python modules.

An app may have catalogues of its own in `<app>/demo/locale`. All other texts are in `home/demo/locale`.

The entries are the segments of the translation editor: a paragraph, a list item, a title. Translations keep the tags
`<a id="a1">` (a link), `<b>` and `<i>` around the same words. Slugs have the context "slug".
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import polib
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from wagtail import blocks
from wagtail.fields import StreamField
from wagtail_localize.models import StringSegment, TranslationSource

FOLDER = Path(__file__).parent / "locale"


SLUG = "slug"
HEADER = """The texts of the demo. Keep <b>, <i> and <a id="a1"> where they belong in the translation; a slug is the
last part of a page's address: lower-case ASCII letters, digits and hyphens."""


def folders() -> list[Path]:
    """Return the folders with catalogues: this one, then those of the other apps."""
    others = [Path(config.path) / "demo" / "locale" for config in apps.get_app_configs()]
    return [FOLDER, *(folder for folder in others if folder.is_dir() and folder != FOLDER)]


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
        """Return the catalogue of a language, which is empty if there is no file."""
        entries: dict[tuple[str | None, str], str] = {}
        for folder in folders():
            path = folder / f"{language_code}.po"
            if path.exists():
                entries |= cls._entries(polib.pofile(str(path), check_for_duplicates=True))
        return cls(language_code, entries)

    @staticmethod
    def _entries(file: polib.POFile) -> dict[tuple[str | None, str], str]:
        return {
            (entry.msgctxt, entry.msgid): entry.msgstr for entry in file if entry.translated() and not entry.obsolete
        }

    def _in_other_apps(self) -> set[tuple[str | None, str]]:
        """Return the keys of the entries in the catalogues of other apps."""
        paths = [folder / f"{self.language_code}.po" for folder in folders() if folder != FOLDER]
        return {key for path in paths if path.exists() for key in self._entries(polib.pofile(str(path)))}

    def translation(self, segment: StringSegment) -> str:
        """Return the translation of a segment, or an empty text."""
        return self.entries.get((context_of(segment), segment.string.data), "")

    def write(self, sources: Iterable[tuple[str, models.Model]]) -> int:
        """Write the catalogue for `sources`, keeping its translations. Return the number of untranslated strings."""
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
        in_other_apps = self._in_other_apps()
        for (context, text), notes in found.items():
            if (context, text) in in_other_apps:
                continue
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
