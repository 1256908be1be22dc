"""Checks a ZIP file before `zipfile` reads its directory, which may need far more memory than the file has bytes."""

from __future__ import annotations

import struct
import zipfile
import zlib
from typing import IO

# The errors that opening or reading a damaged or encrypted ZIP file raises.
DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError)
# The first bytes of every entry of the directory. The count at the end of a ZIP file may be wrong, and `zipfile` ignores it.
ENTRY = b"PK\x01\x02"
CHUNK = 1 << 20


def has_more_entries(file: IO[bytes], number: int) -> bool:
    """Return whether a ZIP file has more than `number` entries, including those of uncompressed ZIP files inside it."""
    found, rest = 0, b""
    file.seek(0)
    while found <= number and (part := file.read(CHUNK)):
        part = rest + part
        found += part.count(ENTRY)
        rest = part[1 - len(ENTRY) :]
    file.seek(0)
    return found > number
