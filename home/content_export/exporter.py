"""Writes the content of the site into a ZIP file."""

from __future__ import annotations

import hashlib
import os
import zipfile
from dataclasses import dataclass
from pathlib import Path

from django.core.files import File
from django.core.files.storage import storages
from django.core.serializers.python import Serializer
from django.db import connection, transaction
from wagtail.models import Locale, Site

from home.content_export import archive
from home.content_export.archive import Content
from home.content_export.errors import ContentExportError
from home.content_export.references import References
from home.content_export.selection import Exported, exported


@dataclass(frozen=True)
class Outcome:
    rows: int
    files: int
    # Files that rows refer to but that are not in the storage.
    missing: list[str]


def export_content(file: Path) -> Outcome:
    """Write the export to `file`, which only its owner can read.

    Raises ContentExportError if the file exists, or if there are several sites.
    """
    if file.exists():
        raise ContentExportError(f"{file} exists already.")
    if Site.objects.count() != 1:
        raise ContentExportError("Only a database with one site can be exported.")
    part = file.with_name(f".{file.name}.part")
    try:
        # Only the owner may read the file, because it contains drafts and private files.
        descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w+b") as stream, zipfile.ZipFile(stream, "w") as target:
            outcome = _write(target)
        part.rename(file)
    except OSError as error:
        raise ContentExportError(f"{file} cannot be written: {error.strerror}.") from error
    finally:
        part.unlink(missing_ok=True)
    return outcome


def _write(target: zipfile.ZipFile) -> Outcome:
    content, names = _read_rows()
    missing = []
    for alias, name in names:
        try:
            with storages[alias].open(name) as source:
                content.files[archive.file_path(alias, name)] = _copy(target, archive.file_path(alias, name), source)
        except FileNotFoundError:
            missing.append(name)
    target.writestr(archive.CONTENT, content.as_json(), compress_type=zipfile.ZIP_DEFLATED)
    return Outcome(sum(map(len, content.rows.values())), len(content.files), missing)


def _copy(target: zipfile.ZipFile, path: str, source: File) -> str:
    """Copy a file into the ZIP file, and return its SHA-256."""
    found = hashlib.sha256()
    with target.open(path, "w", force_zip64=True) as entry:
        for part in source.chunks(archive.CHUNK):
            entry.write(part)
            found.update(part)
    return found.hexdigest()


def _read_rows() -> tuple[Content, list[tuple[str, str]]]:
    """Return (content with all rows, storage and name of each file), read from one snapshot of the database."""
    with transaction.atomic():
        if connection.vendor == "postgresql" and len(connection.savepoint_ids) == 0:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        references = References()
        entries = exported()
        site = Site.objects.get()
        names: dict[tuple[str, str], None] = {}
        content = Content(
            site_name=site.site_name,
            home_page=site.root_page_id,
            languages=list(Locale.objects.order_by("pk").values_list("language_code", flat=True)),
            migrations=archive.last_migrations({entry.model._meta.app_label for entry in entries}),
            rows={entry.label: _rows(entry, references, names) for entry in entries},
        )
    return content, list(names)


def _rows(entry: Exported, references: References, names: dict[tuple[str, str], None]) -> list[dict]:
    objects = list(entry.queryset())
    for found in objects:
        names |= dict.fromkeys(entry.stored_files(found))
    rows = Serializer().serialize(objects, fields=entry.field_names())
    for row in rows:
        del row["model"]
        references.to_names(entry, row["fields"])
    return rows
