"""The mails of the demo and of a developer's machine, which are written into a folder instead of being sent."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction

FILE_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
# Nobody of the demo looks for an older mail, and "data erased" itself names an address.
KEPT = datetime.timedelta(days=1)


def folder() -> Path | None:
    """Return where mails are written to; None on a site that sends them."""
    return Path(settings.EMAIL_FILE_PATH) if settings.EMAIL_BACKEND == FILE_BACKEND else None


def forget(addresses: Sequence[str]) -> None:
    """Delete the files with mails to these addresses, after the commit."""
    if addresses and folder() is not None:
        transaction.on_commit(partial(_delete_those_with, [address.casefold() for address in addresses]))


def _delete_those_with(addresses: Iterable[str]) -> None:
    for path in _files():
        text = path.read_text(encoding="utf-8", errors="replace").casefold()
        if any(address in text for address in addresses):
            path.unlink(missing_ok=True)


def prune(now: datetime.datetime) -> int:
    """Delete mails that are older than a day, and return how many files went."""
    old = [path for path in _files() if path.stat().st_mtime < (now - KEPT).timestamp()]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _files() -> list[Path]:
    found = folder()
    return [path for path in found.iterdir() if path.is_file()] if found is not None and found.is_dir() else []
