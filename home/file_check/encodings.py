"""Decodes texts of unknown encoding, such as those that spreadsheets and meeting programs save."""

from __future__ import annotations

import re

# The bytes of š, Š, ž and Ž in the Baltic and in the Western European code page. In the latter, the bytes of the former are
# Icelandic letters.
BALTIC_CARONS = re.compile(rb"[\xd0\xde\xf0\xfe]")
WESTERN_CARONS = re.compile(rb"[\x8a\x8e\x9a\x9e]")


def decode(content: bytes, encoding: str = "") -> str:
    """Return the decoded text. Without `encoding`, the encoding is guessed. Raises UnicodeDecodeError if that fails."""
    for candidate in [encoding] if encoding else _candidates(content):
        try:
            text = content.decode(candidate)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise UnicodeDecodeError(encoding or "utf-8", content[:1], 0, 1, "no text in a known encoding")


def _candidates(content: bytes) -> list[str]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ["utf-16"]
    if content[1:40:2].count(0) > 10:
        return ["utf-16-le"]
    return ["utf-8-sig", code_page_of(content)]


def code_page_of(content: bytes) -> str:
    """Return the likely code page of a text that is not UTF-8: Greek, Baltic, or otherwise Western European."""
    # Greek words have long runs of bytes outside ASCII; words with a few accents do not.
    if re.search(rb"[\xdc-\xfe]{3}", content):
        return "cp1253"
    return "cp1257" if BALTIC_CARONS.search(content) and not WESTERN_CARONS.search(content) else "cp1252"
