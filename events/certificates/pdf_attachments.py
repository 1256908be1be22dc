"""The credential that the PDF of a certificate carries, without a reader of PDF.

A PDF of a stranger is read in a process with limits only (decision 22). What is needed here is one stream, which is
found by its mark and unpacked up to a length.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

PDF_START = b"%PDF-"
# In the dictionary before the bytes of an attached file. Dictionaries of streams are never compressed.
MARK = re.compile(rb"/EmbeddedFile(?![A-Za-z])")
STREAM = re.compile(rb"stream\r?\n")
# Bytes after the mark in which the stream begins, and attachments that are looked at.
LONGEST_DICTIONARY = 2000
MOST_ATTACHMENTS = 20


def has_attachment(content: bytes) -> bool:
    return MARK.search(content) is not None


def attached_texts(content: bytes, limit: int) -> Iterator[bytes]:
    """Return the attachments of a PDF that are at most `limit` bytes long and not damaged."""
    for mark, _number in zip(MARK.finditer(content), range(MOST_ATTACHMENTS), strict=False):
        stream = STREAM.search(content, mark.end(), mark.end() + LONGEST_DICTIONARY)
        if stream is None:
            continue
        end = content.find(b"endstream", stream.end())
        packed = content[stream.end() : end if end >= 0 else len(content)]
        try:
            text = zlib.decompressobj().decompress(packed, limit + 1)
        except zlib.error:
            # Not compressed, or damaged.
            text = packed
        if len(text) <= limit:
            yield text.strip()
