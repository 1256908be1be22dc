"""Restores a backup into an empty database and empty folders."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.core.management import call_command
from django.db import connection

from home.app_modules import app_modules
from home.backup import archive, databases
from home.backup.creation import FORMAT, backup_keys, backups
from home.backup.errors import BackupError
from home.backup.stored_files import ERASURES, PRIVATE, UPLOADS, digest, save, storage_of, stored_files
from home.http import generations

SET_ASIDE = ".before-restore"
ERASURE_ENTRIES = f"{archive.FILES}{PRIVATE}/{ERASURES}/"


@dataclass(frozen=True)
class RestoreStep:
    """A step that an app runs after a restore, before the site opens.

    `run` returns a number, and `label` says what was counted.
    """

    label: str
    run: Callable[[], int]


def restore(
    file: Path, report: Callable[[str], None], *, erasures: Path | None = None, set_aside: bool = False
) -> None:
    """Restore a backup, compare it with its manifest, apply the erasure log and hold back emails.

    `erasures` is the folder of a newer erasure log; the newest other backup is read for newer entries too. With `set_aside`,
    the SQLite file and the folders of an existing site are renamed first. Raises BackupError if the database or folders are
    not empty, or if the backup is damaged; nothing is changed then.
    """
    keys = backup_keys()
    contents = archive.verify(file, keys)
    _check_about(contents.about)
    report(f"The backup of {contents.about['made_at']} is complete.")
    if set_aside:
        _set_aside(report)
    _check_empty()
    databases.load(_database_parts(file, keys))
    restored = databases.tables()
    if restored != contents.manifest["tables"]:
        raise BackupError(f"These tables differ from the backup: {', '.join(_differences(restored, contents))}.")
    rows = sum(int(count) for count, _checksum in restored.values())
    report(f"Database: {rows} rows in {len(restored)} tables, as in the backup.")
    count = _restore_files(file, keys, contents)
    report(f"Files: {count}, each with the checksum of the backup.")
    newer = _newer_erasures(file, keys, erasures)
    report(f"Entries of the erasure log that are newer than the backup: {newer}.")
    call_command("migrate", verbosity=0)
    for module in app_modules("after_restore"):
        for step in module.STEPS:
            report(f"{step.label}: {step.run()}.")
    generations.start(is_withdrawal=True)


def _check_about(about: dict[str, Any]) -> None:
    if about["format"] != FORMAT:
        raise BackupError(f"The backup has the format {about['format']}; this version reads {FORMAT}.")
    if about["database"] != connection.vendor:
        raise BackupError(
            f"The backup is of {about['database']}, but DATABASE_URL leads to {connection.vendor}. "
            "Restore it into a database of the same kind."
        )


def _check_empty() -> None:
    _refuse_companions()
    if not databases.is_empty():
        hint = (
            "use --set-aside to rename it"
            if connection.vendor == "sqlite"
            else "create a new database for DATABASE_URL"
        )
        raise BackupError(f"The database is not empty. A restore overwrites nothing: {hint}.")
    for kind in (UPLOADS, PRIVATE):
        # An existing erasure log does not count as content: it is kept.
        found = next((name for name in stored_files(kind) if not _is_erasure(kind, name)), None)
        if found:
            raise BackupError(
                f"There are files in the {kind}, such as {found}. A restore overwrites nothing: use another DATA_DIR or "
                "other buckets, or --set-aside to rename the folders."
            )


def _is_erasure(kind: str, name: str) -> bool:
    return kind == PRIVATE and name.startswith(f"{ERASURES}/")


def _refuse_companions() -> None:
    """Raise BackupError if there is a write-ahead log without its database: SQLite would apply it to the restored one."""
    if connection.vendor != "sqlite":
        return
    file = databases.sqlite_file()
    left = [companion.name for companion in databases.companions(file) if companion.exists()]
    if left and not file.exists():
        raise BackupError(f"There is {', '.join(left)} of an earlier database. Use --set-aside to rename it.")


def _set_aside(report: Callable[[str], None]) -> None:
    """Rename SQLite's database file with its companions, and the folders of files. The erasure log stays readable.

    Raises BackupError if there are files in buckets: the operator must empty them.
    """
    for kind in (UPLOADS, PRIVATE):
        is_folder = isinstance(storage_of(kind), FileSystemStorage)
        if not is_folder and any(not _is_erasure(kind, name) for name in stored_files(kind)):
            raise BackupError(
                f"There are files in the bucket of the {kind}. Set S3_PRIVATE_BUCKET and S3_MEDIA_BUCKET to empty ones: "
                "buckets are not renamed."
            )
    if connection.vendor == "sqlite":
        connection.close()
        file = databases.sqlite_file()
        for part in [file, *databases.companions(file)]:
            if part.exists():
                # Append the ending to the whole name: otherwise SQLite could take a renamed log for the log of another
                # database.
                _rename(part, part.with_name(f"{part.name}{SET_ASIDE}"), report)
    folders = {Path(settings.MEDIA_ROOT)}
    stores = [storage_of(kind) for kind in (UPLOADS, PRIVATE)]
    folders |= {Path(store.location) for store in stores if isinstance(store, FileSystemStorage)}
    for folder in sorted(folders):
        if folder.is_dir() and any(folder.iterdir()):
            _rename(folder, folder.with_name(f"{folder.name}{SET_ASIDE}"), report)
    private = storage_of(PRIVATE)
    if not isinstance(private, FileSystemStorage):
        return
    earlier = Path(private.location).with_name(f"private{SET_ASIDE}") / ERASURES
    if earlier.is_dir():
        _keep_erasures((entry.name, entry.read_bytes()) for entry in earlier.iterdir() if entry.is_file())


def _rename(source: Path, target: Path, report: Callable[[str], None]) -> None:
    if target.exists():
        raise BackupError(f"{target} exists from an earlier restore. Delete it first if nobody needs it.")
    source.rename(target)
    report(f"{source.name} was renamed to {target.name}. Delete it when the restored site works.")


def _database_parts(file: Path, keys: Sequence[str]) -> Iterator[bytes]:
    for entry in archive.entries(file, keys):
        if entry.name.startswith(archive.DATABASE):
            yield entry.content.read()


def _differences(restored: dict[str, list[str]], contents: archive.Contents) -> list[str]:
    expected = contents.manifest["tables"]
    return sorted(name for name in {*restored, *expected} if restored.get(name) != expected.get(name))


def _restore_files(file: Path, keys: Sequence[str], contents: archive.Contents) -> int:
    count = 0
    for entry in archive.entries(file, keys):
        if not entry.name.startswith(archive.FILES):
            continue
        kind, _slash, name = entry.name.removeprefix(archive.FILES).partition("/")
        count += 1
        if entry.name.startswith(ERASURE_ENTRIES):
            _keep_erasures([(name.removeprefix(f"{ERASURES}/"), entry.content.read())])
            continue
        save(kind, name, entry.content)
        if digest(kind, name) != contents.checksums[entry.name]:
            raise BackupError(f"The file {name} was not written as it is in the backup.")
    return count


def _newer_erasures(file: Path, keys: Sequence[str], folder: Path | None) -> int:
    """Add the erasure log entries of the newest other backup and of a folder, and return the number of new entries."""
    count = 0
    if folder is not None:
        if not folder.is_dir():
            raise BackupError(f"There is no folder {folder}.")
        count += _keep_erasures((entry.name, entry.read_bytes()) for entry in folder.iterdir() if entry.is_file())
    # The newest of the other backups has all entries that are still needed.
    others = [backup.file for backup in backups() if backup.file.resolve() != file.resolve()]
    for other in others[-1:]:
        count += _keep_erasures(_erasures_of(other, keys))
    return count


def _erasures_of(file: Path, keys: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    for entry in archive.entries(file, keys):
        if entry.name.startswith(archive.DATABASE):
            return
        if entry.name.startswith(ERASURE_ENTRIES):
            yield entry.name.removeprefix(ERASURE_ENTRIES), entry.content.read()


def _keep_erasures(found: Iterable[tuple[str, bytes]]) -> int:
    """Store entries of the erasure log; of two versions, keep the later one. Returns how many were added or changed."""
    storage = storage_of(PRIVATE)
    count = 0
    for name, content in found:
        path = f"{ERASURES}/{name}"
        if storage.exists(path):
            with storage.open(path) as file:
                if _time(file.read()) >= _time(content):
                    continue
            storage.delete(path)
        save(PRIVATE, path, BytesIO(content))
        count += 1
    return count


def _time(content: bytes) -> datetime.datetime:
    return datetime.datetime.fromisoformat(content.decode())


def describe(contents: archive.Contents) -> str:
    """Return a summary of a backup as JSON, without the names of files."""
    tables = contents.manifest["tables"]
    return json.dumps(
        contents.about
        | {
            "rows": sum(int(count) for count, _checksum in tables.values()),
            "tables": len(tables),
            "files": sum(name.startswith(archive.FILES) for name in contents.checksums),
        }
    )
