"""The content of a backup: a compressed tar archive, encrypted, that is written and read as a stream.

Its entries, in this order: `about.json`; the erasure log, so that it can be read without the rest; the database in parts;
the files of the site; `manifest.json` with the checksum of each entry and the number of rows of each table.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from home.backup.encryption import EncryptedReader, EncryptedWriter
from home.backup.errors import BackupError

ABOUT = "about.json"
MANIFEST = "manifest.json"
DATABASE = "database/"
FILES = "files/"
PART_SIZE = 8 * 1024 * 1024
READ_SIZE = 1024 * 1024
# A low level, because most files are compressed already.
COMPRESSION = 3


class ArchiveWriter:
    """Writes entries into the archive and records their checksums."""

    def __init__(self, archive: tarfile.TarFile) -> None:
        self._archive = archive
        self.checksums: dict[str, str] = {}

    def add_bytes(self, name: str, content: bytes) -> None:
        self.add_file(name, io.BytesIO(content), len(content))

    def add_file(self, name: str, content: IO[bytes], size: int) -> None:
        entry = tarfile.TarInfo(name)
        entry.size = size
        hashing = _Hashing(content)
        self._archive.addfile(entry, hashing)  # type: ignore[arg-type]  # only `read` is used
        self.checksums[name] = hashing.hash.hexdigest()

    def add_stream(self, folder: str, content: IO[bytes]) -> None:
        """Add a stream of unknown length as several entries with numbered names."""
        number = 0
        while part := _read_exactly(content, PART_SIZE):
            self.add_bytes(f"{folder}{number:06}", part)
            number += 1


class _Hashing:
    def __init__(self, content: IO[bytes]) -> None:
        self._content = content
        self.hash: Any = hashlib.sha256()

    def read(self, size: int) -> bytes:
        data = self._content.read(size)
        self.hash.update(data)
        return data


def _read_exactly(content: IO[bytes], size: int) -> bytes:
    parts = []
    while size and (data := content.read(size)):
        parts.append(data)
        size -= len(data)
    return b"".join(parts)


@contextmanager
def written(file: IO[bytes], key: str) -> Iterator[ArchiveWriter]:
    encrypted = EncryptedWriter(file, key)
    with (
        gzip.GzipFile(fileobj=encrypted, mode="wb", compresslevel=COMPRESSION, mtime=0) as compressed,
        tarfile.open(fileobj=compressed, mode="w|", format=tarfile.PAX_FORMAT) as archive,
    ):
        yield ArchiveWriter(archive)
    # Close only if the block succeeds: closing writes the last chunk, so a file without it is recognised as incomplete.
    encrypted.close()


@dataclass(frozen=True)
class Entry:
    name: str
    content: IO[bytes]


def entries(file: Path, keys: Sequence[str]) -> Iterator[Entry]:
    """Yield the entries of a backup in order. Raises BackupError if the file is damaged, incomplete or has another key."""
    try:
        with (
            file.open("rb") as source,
            closing(io.BufferedReader(EncryptedReader(source, keys), READ_SIZE)) as decrypted,
            gzip.GzipFile(fileobj=decrypted) as content,
            tarfile.open(fileobj=content, mode="r|") as archive,
        ):
            for member in archive:
                opened = archive.extractfile(member) if member.isreg() else None
                if opened is None:
                    raise BackupError("The backup contains something else than files.")
                yield Entry(member.name, opened)
            # Read to the end of the file, to be sure that nothing is missing.
            while content.read(READ_SIZE):
                pass
    except (OSError, EOFError, tarfile.TarError) as failure:
        raise BackupError(f"The backup cannot be read ({type(failure).__name__}).") from failure


@dataclass
class Contents:
    """The data about a backup from `about.json` and the manifest, and the checksums of the entries that were read."""

    about: dict[str, Any] = field(default_factory=dict)
    manifest: dict[str, Any] = field(default_factory=dict)
    checksums: dict[str, str] = field(default_factory=dict)


def verify(file: Path, keys: Sequence[str]) -> Contents:
    """Read a backup to its end and compare each checksum with the manifest. Raises BackupError if something differs."""
    found = Contents()
    for entry in entries(file, keys):
        if entry.name == MANIFEST:
            found.manifest = json.loads(entry.content.read())
            continue
        hashing = _Hashing(entry.content)
        first = hashing.read(READ_SIZE)
        if entry.name == ABOUT:
            found.about = json.loads(first)
        while hashing.read(READ_SIZE):
            pass
        found.checksums[entry.name] = hashing.hash.hexdigest()
    if not found.manifest or found.checksums != found.manifest["checksums"]:
        raise BackupError("The backup is not complete: its content differs from its own list.")
    return found
