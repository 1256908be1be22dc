"""Checks text files: notes, tables and calendars."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

# The number of bytes that are read: the beginning is enough to recognise a program or another format.
BYTES_TO_READ = 1024 * 1024
# Characters that a text does not contain: control characters, except tabs, line ends and form feeds.
NOT_TEXT = re.compile("[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
BYTE_ORDER = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


def check_text(request: dict[str, Any]) -> dict[str, Any]:
    """Check that a file is text in any encoding: old programs save tables in the code page of their language."""
    with Path(request["path"]).open("rb") as file:
        content = file.read(BYTES_TO_READ)
    text = content.decode(BYTE_ORDER.get(content[:2], "latin-1"), "replace")
    is_calendar = text.lstrip("\ufeff\u00ef\u00bb\u00bf \r\n").upper().startswith("BEGIN:VCALENDAR")
    if NOT_TEXT.search(text) or (request["extension"] == "ics" and not is_calendar):
        return {"issues": [{"code": "not_format", "extension": request["extension"]}]}
    return {"issues": []}
