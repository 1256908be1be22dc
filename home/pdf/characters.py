"""Replaces the characters of a text that the fonts of the PDFs do not have.

PDF/UA forbids characters without a glyph, so typst refuses a whole document because of one of them.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from pathlib import Path

from anyascii import anyascii

FONTS = Path(__file__).parent / "fonts"
# Shown in place of a character that no font has.
REPLACEMENT = "□"
# Characters. Longer words get places where they can be broken, so that the columns fit the page.
LONGEST_WORD = 18
ZERO_WIDTH_SPACE = "\u200b"
# Hyphens after which a line may end: between a hyphen and a number it may not.
HYPHEN_BREAKS = re.compile(r"(?<=\w-)(?=[^\W\d_])")
# These characters join and shape letters in Arabic, in Indian scripts and in emoji. They have no glyph.
JOINERS = {"\u200c", "\u200d"}
VARIATION_SELECTORS = range(0xFE00, 0xFE10)


def printable(text: str) -> str:
    """Return the text without control and direction characters, and with □ for characters that no font has.

    Line ends are kept, as are the places that `breakable` marks. A combining mark is removed if no font has both the mark
    and its letter. A text with only invisible characters becomes □, because a title must not be empty.
    """
    # The fonts of the design have all of these. A certificate has thousands of them in its credential.
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    found = "".join(_in_one_font(cluster) for cluster in _clusters(unicodedata.normalize("NFC", text)))
    return found if found.replace(ZERO_WIDTH_SPACE, "").strip() or not text.strip(" \n") else REPLACEMENT


def breakable(text: str) -> str:
    """Return the text with places to break its words that are longer than `LONGEST_WORD`, for narrow table columns.

    Words with hyphens are broken after these where their parts are short enough.
    """

    def split(part: str) -> str:
        # Pieces of about the same length: no letter stands alone.
        length = math.ceil(len(part) / math.ceil(len(part) / LONGEST_WORD)) if part else 1
        return ZERO_WIDTH_SPACE.join(part[start : start + length] for start in range(0, len(part), length))

    return " ".join("".join(map(split, HYPHEN_BREAKS.split(word))) for word in text.split(" "))


def latin(text: str) -> str:
    """Return the text in ASCII, transliterated where necessary."""
    found = "".join(letter for letter in anyascii(printable(text)) if letter == "\n" or " " <= letter <= "~")
    return found if found.strip() or not text.strip(" \n") else "?"


def in_all_texts(value: object, change: Callable[[str], str]) -> object:
    """Return a copy of `value` in which `change` is applied to every text in lists and dictionaries, except to keys."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: in_all_texts(item, change) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [in_all_texts(item, change) for item in value]
    return value


@cache
def _fonts() -> list[frozenset[str]]:
    """Return the set of characters of each font."""
    from fontTools.ttLib import TTFont  # noqa: PLC0415  (memory, as in `home/pdf/__init__.py`)

    found = []
    for path in sorted(FONTS.glob("*.ttf")):
        with TTFont(path, lazy=True) as font:
            found.append(frozenset(map(chr, font.getBestCmap())))
    return found


def _clusters(text: str) -> Iterator[str]:
    """Yield each character together with the combining marks and joiners that follow it."""
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
    """Return the character, a space for a separator or control character, or "" for an invisible character."""
    if letter in {"\n", ZERO_WIDTH_SPACE} or letter in JOINERS:
        return letter
    category = unicodedata.category(letter)
    if category in {"Zl", "Zp"}:
        return "\n"
    if letter in "\t\r\x0b\x0c\x85":
        return " "
    if category in {"Cc", "Cf"} or ord(letter) in VARIATION_SELECTORS:
        return ""
    # Surrogates, private and unassigned code points have no meaning for readers, even if a font has a glyph for them.
    return REPLACEMENT if category in {"Cs", "Co", "Cn"} else letter


def _is_mark(letter: str) -> bool:
    return unicodedata.category(letter).startswith("M")


@lru_cache(maxsize=10_000)
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
