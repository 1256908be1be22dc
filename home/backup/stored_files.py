"""Reads and writes the files of the site in any storage: a folder or a bucket."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import IO, Any

from django.core.files import File
from django.core.files.storage import Storage, storages

from home.backup.errors import BackupError
from home.private_files import EXPORTS, SHOWN_FOLDERS

# The names of the storages inside a backup.
UPLOADS, PRIVATE = "uploads", "private"
ALIASES = {UPLOADS: "default", PRIVATE: "private"}
# The folder of the erasure log (`events/registration/erasure_log.py`). A restore must not replace it with an older one.
ERASURES = "erasures"


def storage_of(kind: str) -> Storage:
    return storages[ALIASES[kind]]


def stored_files(kind: str, folder: str = "") -> Iterator[str]:
    """Yield the names of all files of a storage, or of one folder in it, in a fixed order.

    Prepared exports of registrations are left out: they contain personal data, and are deleted after a day.
    """
    storage = storage_of(kind)
    roots = [folder]
    if not folder:
        # Shown files are in another place, so listing the root of the storage does not find them.
        roots += sorted(SHOWN_FOLDERS) if kind == UPLOADS else []
    seen = set()
    for root in roots:
        for name in _walk(storage, root):
            if name not in seen and not (kind == PRIVATE and name.startswith(f"{EXPORTS}/")):
                seen.add(name)
                yield name


def _walk(storage: Storage, folder: str) -> Iterator[str]:
    try:
        folders, names = storage.listdir(folder)
    except FileNotFoundError:
        return
    start = f"{folder}/" if folder else ""
    yield from (f"{start}{name}" for name in sorted(names))
    for name in sorted(folders):
        yield from _walk(storage, f"{start}{name}")


def save(kind: str, name: str, content: IO[bytes]) -> None:
    """Store a file under exactly this name. Raises BackupError if the name is taken or not allowed."""
    stored = storage_of(kind).save(name, File(content, name))
    if stored != name:
        storage_of(kind).delete(stored)
        raise BackupError(f"The file {name} exists already in the {kind}.")


def digest(kind: str, name: str) -> str:
    found: Any = hashlib.sha256()
    with storage_of(kind).open(name) as file:
        for chunk in file.chunks(1024 * 1024):
            found.update(chunk)
    return str(found.hexdigest())
