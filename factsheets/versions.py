"""Versions of files: store an upload, validate it, and record whether it was accepted."""

from __future__ import annotations

import datetime
import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, NotRequired, TypedDict, Unpack

from django.core.files.base import ContentFile, File
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from factsheets.models import FileVersion, Publication, PublicationFile
from factsheets.validation.issues import has_error
from factsheets.validation.results import CoverImage, ValidationResult
from factsheets.validation.runner import funding_statements, validate
from home.private_files import delete_private_files, private_storage

if TYPE_CHECKING:
    from django.contrib.auth.models import User

CHUNK = 1024 * 1024


class VersionFields(TypedDict):
    """The details that the user has entered for an upload.

    `extension` has no dot, `note` is in the language of the file.
    """

    language: str
    kind: str
    extension: str
    content: File
    note: NotRequired[str]
    dated_on: NotRequired[datetime.date]
    user: NotRequired[User | None]


def store_version(publication: Publication, **fields: Unpack[VersionFields]) -> FileVersion:
    """Store an upload as a pending version. The caller has to validate it."""
    content = fields["content"]
    digest, size = _measure(content)
    with transaction.atomic():
        Publication.objects.select_for_update().get(pk=publication.pk)
        file, _created = PublicationFile.objects.get_or_create(
            publication=publication, language=fields["language"], kind=fields["kind"]
        )
        version = FileVersion(
            file=file,
            format=fields["extension"],
            size=size,
            sha256=digest,
            note=fields.get("note", ""),
            dated_on=fields.get("dated_on") or timezone.localdate(),
            uploaded_by=fields.get("user"),
        )
        version.content.save("content", content, save=False)
        version.save()
    return version


def _measure(content: File) -> tuple[str, int]:
    """Return the SHA-256 digest and the size in bytes."""
    digest, size = hashlib.sha256(), 0
    content.seek(0)
    while chunk := content.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
    content.seek(0)
    return digest.hexdigest(), size


def validate_version(version_pk: int) -> None:
    """Validate a version and record the result. Does nothing if the version has been deleted."""
    version = FileVersion.objects.select_related("file").filter(pk=version_pk).first()
    if version is not None:
        record_result(version_pk, validate(version, funding_statements()))


def validate_versions(version_pks: list[int]) -> None:
    """Validate several versions in parallel, in as many processes as there are processors, and record the results."""
    versions = list(FileVersion.objects.select_related("file").filter(pk__in=version_pks).order_by("pk"))
    # The threads only wait for processes. None of them queries the database.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(partial(validate, statements=funding_statements()), versions))
    for version, result in zip(versions, results, strict=True):
        record_result(version.pk, result)


def record_result(version_pk: int, result: ValidationResult) -> FileVersion:
    """Save the result of a validation. An accepted version gets a number and becomes the file's current version.

    An accepted version stays accepted and keeps its number when it is validated again; only its issues, number of pages
    and pictures are replaced.
    """
    with transaction.atomic():
        version = FileVersion.objects.select_related("file").get(pk=version_pk)
        Publication.objects.select_for_update().get(pk=version.file.publication_id)
        version.refresh_from_db(fields=["status", "number", "covers"])
        version.issues = result.issues
        version.pages = result.pages
        version.checked_at = timezone.now()
        old_names = [cover["name"] for cover in version.covers]
        version.covers = [_store_cover(version, cover) for cover in result.covers]
        if version.status != FileVersion.Status.ACCEPTED:
            _decide(version)
        version.save()
        if version.number:
            _update_current(version.file)
        new_names = {cover["name"] for cover in version.covers}
        transaction.on_commit(partial(delete_private_files, [name for name in old_names if name not in new_names]))
    return version


def _decide(version: FileVersion) -> None:
    if has_error(version.issues):
        version.status = FileVersion.Status.REJECTED
        return
    version.status = FileVersion.Status.ACCEPTED
    highest = version.file.versions.aggregate(highest=Max("number"))["highest"] or 0
    version.number = highest + 1


def _update_current(file: PublicationFile) -> None:
    """Make the accepted version with the highest number the current one."""
    newest = file.versions.filter(number__isnull=False).order_by("-number").first()
    if newest and file.current_id != newest.pk:
        file.current = newest
        file.save(update_fields=["current"])


def _store_cover(version: FileVersion, cover: CoverImage) -> dict[str, object]:
    name = f"publications/{version.file.publication_id}/{version.key}/cover-{cover.width}.webp"
    stored = private_storage().save(name, ContentFile(cover.content))
    return {"name": stored, "width": cover.width, "height": cover.height}


def delete_stored_files(version: FileVersion) -> None:
    """Delete the content and the pictures of a deleted version from the storage. This happens after the commit."""
    names = [version.content.name, *(cover["name"] for cover in version.covers)]
    transaction.on_commit(partial(delete_private_files, [name for name in names if name]))
