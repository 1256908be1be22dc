"""What is known of a ZIP file before `zipfile` reads its directory, which can ask for far more memory than the file has."""

from __future__ import annotations

import struct
import zipfile
import zlib
from typing import IO

# What a damaged or encrypted ZIP file raises when it is opened or read.
DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError)
# Every entry of the directory begins with it. The number at the end of a ZIP file may be wrong, and `zipfile` ignores it.
ENTRY = b"PK\x01\x02"
CHUNK = 1 << 20


def has_more_entries(file: IO[bytes], number: int) -> bool:
    """Return whether a ZIP file has more than `number` entries. Those of ZIP files in it count too, if not compressed."""
    found, rest = 0, b""
    file.seek(0)
    while found <= number and (part := file.read(CHUNK)):
        part = rest + part
        found += part.count(ENTRY)
        rest = part[1 - len(ENTRY) :]
    file.seek(0)
    return found > number
