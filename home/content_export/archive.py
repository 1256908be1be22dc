"""Reads and writes the ZIP file: `content.json` has the rows, and the folder `files/` has the files."""

from __future__ import annotations

import datetime
import hashlib
import json
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import IO, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from home.content_export.errors import ContentExportError
from home.file_check.zip_files import DAMAGED, has_more_entries

FORMAT = "consortium-site content"
VERSION = 1
CONTENT = "content.json"
FILES = "files/"
CHUNK = 1 << 20
# A site has some thousand files and some ten megabytes of rows. A ZIP file above these limits is not an export of this site.
MOST_FILES = 200_000
LARGEST_CONTENT = 1 << 30


class Encoder(DjangoJSONEncoder):
    """A JSON encoder that writes times with microseconds. Django's encoder cuts them to milliseconds."""

    def default(self, o: Any) -> Any:
        if isinstance(o, (datetime.datetime, datetime.time)):
            return o.isoformat()
        return super().default(o)


@dataclass
class Content:
    """The content of `content.json`. `docs/content-export.md` describes each part."""

    site_name: str
    home_page: int
    languages: list[str]
    migrations: dict[str, str]
    rows: dict[str, list[dict[str, Any]]]
    # Maps the path in the ZIP file to the SHA-256 of the file.
    files: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> str:
        data = {"format": FORMAT, "version": VERSION} | vars(self)
        return json.dumps(data, cls=Encoder, ensure_ascii=False, indent=1)


def file_path(alias: str, name: str) -> str:
    return f"{FILES}{alias}/{name}"


def last_migrations(labels: Iterable[str]) -> dict[str, str]:
    """Return the name of the last applied migration of each app."""
    applied = MigrationLoader(connection).applied_migrations
    return {label: max((name for app, name in applied if app == label), default="") for label in sorted(labels)}


def digest(file: IO[bytes]) -> str:
    found = hashlib.sha256()
    while part := file.read(CHUNK):
        found.update(part)
    return found.hexdigest()


def refuse_large(file: IO[bytes]) -> None:
    """Raise ContentExportError for more than `MOST_FILES` entries. Call it before `zipfile` reads the directory."""
    if has_more_entries(file, MOST_FILES):
        raise ContentExportError(f"This is no export of content: it has more than {MOST_FILES} files.")


def read(archive: zipfile.ZipFile) -> Content:
    """Return the content of a ZIP file. Raises ContentExportError if the file is damaged or is not an export."""
    try:
        if archive.getinfo(CONTENT).file_size > LARGEST_CONTENT:
            raise ContentExportError(f"This is no export of content: {CONTENT} is too large.")
        data = json.loads(archive.read(CONTENT))
    except (KeyError, RecursionError, *DAMAGED) as error:
        raise ContentExportError(f"This is no export of content: {CONTENT} cannot be read.") from error
    if not isinstance(data, dict) or data.pop("format", None) != FORMAT:
        raise ContentExportError("This is no export of content.")
    if (version := data.pop("version", None)) != VERSION:
        raise ContentExportError(f"The export has version {version}, and this site reads version {VERSION}.")
    try:
        content = Content(**data)
    except TypeError as error:
        raise ContentExportError(f"{CONTENT} does not have the parts of an export.") from error
    _verify(archive, content)
    return content


def _verify(archive: zipfile.ZipFile, content: Content) -> None:
    names = set(archive.namelist())
    for path, sha256 in content.files.items():
        if path not in names:
            raise ContentExportError(f"{path} is missing in the export.")
        try:
            with archive.open(path) as file:
                is_whole = digest(file) == sha256
        except DAMAGED:
            is_whole = False
        if not is_whole:
            raise ContentExportError(f"{path} is damaged.")
