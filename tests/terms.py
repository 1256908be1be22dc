"""A check of catalogues: no translation has a word that `docs/glossary.md` forbids (`home/glossary.py`)."""

from collections.abc import Iterator
from pathlib import Path

import polib

from home.glossary import Glossary, read

__all__ = ["check_catalogue", "read"]


def check_catalogue(glossary: Glossary, language: str, path: Path) -> Iterator[str]:
    """Yield a sentence for each forbidden word in a catalogue."""
    for entry in polib.pofile(str(path)):
        if not entry.obsolete:
            english = f"{entry.msgid}\n{entry.msgid_plural}"
            translation = "\n".join([entry.msgstr, *entry.msgstr_plural.values()])
            for word, reason in glossary.misused(language, english, translation):
                yield f"{language}: {word!r} in the translation of {entry.msgid!r}: {reason} ({path.name})"
