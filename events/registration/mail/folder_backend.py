"""Deletes emails that the demo and development sites write to a folder instead of sending them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction

FILE_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
# Older emails of a demo are not needed, and every file contains an address.
LIFETIME = datetime.timedelta(days=1)


def folder() -> Path | None:
    """Return the folder; None on a site that sends emails."""
    return Path(settings.EMAIL_FILE_PATH) if settings.EMAIL_BACKEND == FILE_BACKEND else None


def delete_mails_to(addresses: Sequence[str]) -> None:
    """Delete the emails to these addresses after the commit."""
    if addresses and folder() is not None:
        transaction.on_commit(partial(_delete_containing, [address.casefold() for address in addresses]))


def _delete_containing(addresses: Iterable[str]) -> None:
    for path in _files():
        text = path.read_text(encoding="utf-8", errors="replace").casefold()
        if any(address in text for address in addresses):
            path.unlink(missing_ok=True)


def prune(now: datetime.datetime) -> int:
    """Delete emails older than `LIFETIME`. Returns how many."""
    old = [path for path in _files() if path.stat().st_mtime < (now - LIFETIME).timestamp()]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _files() -> list[Path]:
    found = folder()
    return [path for path in found.iterdir() if path.is_file()] if found is not None and found.is_dir() else []
