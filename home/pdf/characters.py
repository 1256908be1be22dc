"""Turns any text into one that the fonts of the PDFs can show.

PDF/UA forbids characters without a glyph, so typst refuses a whole document because of one of them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from anyascii import anyascii

FONTS = Path(__file__).parent / "fonts"
# Shown in place of a character that no font has.
REPLACEMENT = "□"
# A longer word may be broken anywhere, or the columns would not fit the page.
LONGEST_WORD = 18
ZERO_WIDTH_SPACE = "\u200b"
# Join and shape letters in Arabic, in scripts of India and in emoji, and have no glyph.
JOINERS = {"\u200c", "\u200d"}
VARIATION_SELECTORS = range(0xFE00, 0xFE10)


def printable(text: str) -> str:
    """Return the text without control and direction characters, and with □ for characters that no font has.

    Line ends and the places that `breakable` marks stay. A mark is left out if no font has it together with the letter
    that carries it. A text of invisible characters alone becomes □: a title must not be empty.
    """
    found = "".join(_in_one_font(cluster) for cluster in _clusters(unicodedata.normalize("NFC", text)))
    return found if found.replace(ZERO_WIDTH_SPACE, "").strip() or not text.strip(" \n") else REPLACEMENT


def breakable(text: str) -> str:
    """Return the text with places to break words that are longer than a narrow column of a table."""

    def split(word: str) -> str:
        pieces = [word[start : start + LONGEST_WORD] for start in range(0, len(word), LONGEST_WORD)]
        return ZERO_WIDTH_SPACE.join(pieces)

    return " ".join(split(word) for word in text.split(" "))


def latin(text: str) -> str:
    """Return the text in ASCII, transliterated where needed."""
    found = "".join(letter for letter in anyascii(printable(text)) if letter == "\n" or " " <= letter <= "~")
    return found if found.strip() or not text.strip(" \n") else "?"


def in_all_texts(value: object, change: Callable[[str], str]) -> object:
    """Return a copy of lists and dictionaries with `change` applied to every text in them, keys excepted."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: in_all_texts(item, change) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [in_all_texts(item, change) for item in value]
    return value


@cache
def _fonts() -> list[frozenset[str]]:
    """Return the characters of each font."""
    from fontTools.ttLib import TTFont  # noqa: PLC0415  (memory, as in `home/pdf/__init__.py`)

    found = []
    for path in sorted(FONTS.glob("*.ttf")):
        with TTFont(path, lazy=True) as font:
            found.append(frozenset(map(chr, font.getBestCmap())))
    return found


def _clusters(text: str) -> Iterator[str]:
    """Yield each character with the marks and joiners that follow it."""
    cluster = ""
    for letter in filter(None, map(_kept, text)):
        if cluster and (letter in JOINERS or _is_mark(letter)):
            cluster += letter
        else:
            if cluster:
                yield cluster
            cluster = letter
    if cluster:
        yield cluster


def _kept(letter: str) -> str:
    """Return the character, a space for a separator or control character, or nothing for an invisible one."""
    if letter in {"\n", ZERO_WIDTH_SPACE} or letter in JOINERS:
        return letter
    category = unicodedata.category(letter)
    if category in {"Zl", "Zp"}:
        return "\n"
    if letter in "\t\r\x0b\x0c\x85":
        return " "
    if category in {"Cc", "Cf"} or ord(letter) in VARIATION_SELECTORS:
        return ""
    # Surrogates, private and unassigned code points mean nothing to a reader, even where a font has a glyph.
    return REPLACEMENT if category in {"Cs", "Co", "Cn"} else letter


def _is_mark(letter: str) -> bool:
    return unicodedata.category(letter).startswith("M")


def _in_one_font(cluster: str) -> str:
    base = cluster[0]
    if base in {"\n", ZERO_WIDTH_SPACE}:
        return base
    fonts = [font for font in _fonts() if base in font]
    if not fonts or base in JOINERS:
        return "" if base in JOINERS else REPLACEMENT
    needed = set(cluster) - JOINERS
    best = max(fonts, key=lambda font: len(needed & font))
    return "".join(letter for letter in cluster if letter in best or letter in JOINERS)
