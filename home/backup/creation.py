"""Creates backups and deletes old ones."""

from __future__ import annotations

import datetime
import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.utils import timezone

from home.backup import archive, databases
from home.backup.errors import BackupError
from home.backup.stored_files import ERASURES, PRIVATE, UPLOADS, storage_of, stored_files

FORMAT = 1
ENDING = ".backup"
TIME = "%Y%m%dT%H%M%SZ"
NAME = re.compile(r".+-(\d{8}T\d{6}Z)\.backup")


@dataclass(frozen=True)
class Backup:
    file: Path
    made_at: datetime.datetime


def backups() -> list[Backup]:
    """Return the complete backups in BACKUP_DIR, oldest first."""
    found = []
    for file in Path(settings.BACKUP_DIR).glob(f"*{ENDING}"):
        if match := NAME.fullmatch(file.name):
            made_at = datetime.datetime.strptime(match[1], TIME).replace(tzinfo=datetime.UTC)
            found.append(Backup(file, made_at))
    return sorted(found, key=lambda backup: (backup.made_at, backup.file.name))


def backup_keys() -> Sequence[str]:
    """Return the keys of backups, newest first. Raises BackupError if there is none."""
    keys: list[str] = settings.BACKUP_KEY
    if not keys:
        raise BackupError(
            "BACKUP_KEY is not set. Make a key with "
            'python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())" '
            "and keep a copy of it away from this machine: without it, a backup cannot be read."
        )
    return keys


def make_backup(now: datetime.datetime | None = None) -> tuple[Path, archive.Contents]:
    """Write a backup into BACKUP_DIR, read it again to verify it, and return (path, contents).

    Raises BackupError if that fails; no incomplete file is left then.
    """
    key, *_earlier = backup_keys()
    folder = Path(settings.BACKUP_DIR)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made_at = (now or timezone.now()).astimezone(datetime.UTC)
    host = urlsplit(settings.PUBLIC_BASE_URL).hostname or "site"
    file = folder / f"{host}-{made_at:{TIME}}{ENDING}"
    unfinished = file.with_suffix(".unfinished")
    try:
        with unfinished.open("xb") as target:
            unfinished.chmod(0o600)
            _write(target, key, made_at)
            target.flush()
            os.fsync(target.fileno())
        contents = archive.verify(unfinished, [key])
        unfinished.rename(file)
    except FileExistsError:
        raise BackupError(f"{unfinished} exists: another backup runs, or ended early. Delete the file then.") from None
    except OSError as failure:
        unfinished.unlink(missing_ok=True)
        raise BackupError(f"The backup cannot be written to {folder} ({failure.strerror or failure}).") from failure
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    return file, contents


def _write(target: IO[bytes], key: str, made_at: datetime.datetime) -> None:
    about = {
        "format": FORMAT,
        "release": settings.RELEASE,
        "address": settings.PUBLIC_BASE_URL,
        "made_at": made_at.isoformat(),
        "database": connection.vendor,
    }
    with archive.written(target, key) as writer:
        writer.add_bytes(archive.ABOUT, json.dumps(about).encode())
        _add_files(writer, PRIVATE, ERASURES)
        # Dump the database first: files that are uploaded in the meantime may have no row, but every row has its file.
        with databases.dumped() as dump:
            writer.add_stream(archive.DATABASE, dump.content)
            tables = dump.tables
        for kind in (PRIVATE, UPLOADS):
            _add_files(writer, kind)
        manifest = {"checksums": dict(writer.checksums), "tables": tables}
        writer.add_bytes(archive.MANIFEST, json.dumps(manifest).encode())


def _add_files(writer: archive.ArchiveWriter, kind: str, folder: str = "") -> None:
    storage = storage_of(kind)
    for name in stored_files(kind, folder):
        entry = f"{archive.FILES}{kind}/{name}"
        if entry in writer.checksums:
            continue
        try:
            content = storage.open(name)
        except FileNotFoundError:
            # The file was deleted after the folder was listed.
            continue
        with content:
            writer.add_file(entry, content, content.size)


def prune(now: datetime.datetime | None = None) -> int:
    """Delete backups that are older than BACKUP_DAYS, except the newest one. Returns the number of deleted backups."""
    oldest = (now or timezone.now()) - datetime.timedelta(days=settings.BACKUP_DAYS)
    old = [backup for backup in backups()[:-1] if backup.made_at < oldest]
    for backup in old:
        backup.file.unlink(missing_ok=True)
    return len(old)
