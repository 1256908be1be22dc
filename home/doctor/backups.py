"""Checks of the backups."""

from __future__ import annotations

import datetime
import stat
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from home.backup.creation import backups
from home.doctor.results import Result, error, ok, warning

# Allows for one failed backup, because backups are made every night.
LATE_AFTER = datetime.timedelta(hours=50)
REMEDY = (
    "Run manage.py backup each night, as the user of the site, and copy BACKUP_DIR to another machine. Ignore this "
    "if backups are made in another way."
)


def backup_age() -> Iterator[Result]:
    if not settings.BACKUP_KEY:
        yield warning(
            "BACKUP_KEY is not set: manage.py backup makes no backups.",
            f"Set it. {REMEDY}",
        )
        return
    folder = Path(settings.BACKUP_DIR)
    if folder.is_dir() and folder.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH):
        yield warning(f"Every account of this machine may open {folder}.", f"Run chmod 700 {folder}.")
    found = backups()
    if not found:
        yield error(f"There is no backup in {folder}.", REMEDY)
        return
    newest = found[-1]
    if timezone.now() - newest.made_at > LATE_AFTER:
        yield error(f"The newest backup is of {newest.made_at:%Y-%m-%d %H:%M} UTC.", REMEDY)
    else:
        yield ok(f"The newest backup is of {newest.made_at:%Y-%m-%d %H:%M} UTC, {newest.file.stat().st_size} bytes.")
