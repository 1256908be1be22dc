"""Reads the credential that is attached to the PDF of a certificate, without a PDF library.

PDFs from strangers are parsed only in a process with limits (decision 22). Only one stream is needed here. It is found
by its mark and decompressed up to a given length.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

PDF_START = b"%PDF-"
# The text in the dictionary before the bytes of an attached file. Dictionaries of streams are never compressed.
MARK = re.compile(rb"/EmbeddedFile(?![A-Za-z])")
STREAM = re.compile(rb"stream\r?\n")
# The stream begins within this many bytes after the mark. The second number limits the attachments that are read.
LONGEST_DICTIONARY = 2000
MOST_ATTACHMENTS = 20


def has_attachment(content: bytes) -> bool:
    return MARK.search(content) is not None


def attached_texts(content: bytes, limit: int) -> Iterator[bytes]:
    """Yield the attachments of a PDF that are at most `limit` bytes long."""
    for mark, _number in zip(MARK.finditer(content), range(MOST_ATTACHMENTS), strict=False):
        stream = STREAM.search(content, mark.end(), mark.end() + LONGEST_DICTIONARY)
        if stream is None:
            continue
        end = content.find(b"endstream", stream.end())
        packed = content[stream.end() : end if end >= 0 else len(content)]
        try:
            text = zlib.decompressobj().decompress(packed, limit + 1)
        except zlib.error:
            # The stream is not compressed, or it is damaged.
            text = packed
        if len(text) <= limit:
            yield text.strip()
