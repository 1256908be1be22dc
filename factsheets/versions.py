"""What happens to the files of a publication: a new version comes in, the checks let it pass or refuse it."""

from __future__ import annotations

import datetime
import hashlib
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile, File
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from factsheets.models import FileVersion, Publication, PublicationFile
from factsheets.validation.results import has_error
from home.private_files import private_storage

if TYPE_CHECKING:
    from django.contrib.auth.models import User

CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Cover:
    """A picture of the first page, as the inspection made it."""

    width: int
    height: int
    content: bytes


@dataclass(frozen=True)
class Verdict:
    """What the inspection of a file found."""

    findings: list[dict[str, object]] = field(default_factory=list)
    pages: int | None = None
    covers: list[Cover] = field(default_factory=list)


def add_version(
    publication: Publication,
    *,
    language: str,
    kind: str,
    extension: str,
    content: File,
    note: str = "",
    dated_on: datetime.date | None = None,
    user: User | None = None,
) -> FileVersion:
    """Store an upload and have it checked after the commit. Until it has passed, visitors get the version before."""
    from factsheets.tasks import check_version  # noqa: PLC0415  (the task calls `settle` below)

    with transaction.atomic():
        version = store_version(
            publication,
            language=language,
            kind=kind,
            extension=extension,
            content=content,
            note=note,
            dated_on=dated_on,
            user=user,
        )
        transaction.on_commit(partial(check_version.enqueue, version.pk))
    return version


def store_version(
    publication: Publication,
    *,
    language: str,
    kind: str,
    extension: str,
    content: File,
    note: str = "",
    dated_on: datetime.date | None = None,
    user: User | None = None,
) -> FileVersion:
    """Store an upload that the caller has checked: see `checking.check_together`."""
    digest, size = _measure(content)
    with transaction.atomic():
        Publication.objects.select_for_update().get(pk=publication.pk)
        place, _created = PublicationFile.objects.get_or_create(publication=publication, language=language, kind=kind)
        version = FileVersion(
            file=place,
            format=extension,
            size=size,
            sha256=digest,
            note=note,
            dated_on=dated_on or timezone.localdate(),
            uploaded_by=user,
        )
        version.content.save("content", content, save=False)
        version.save()
    return version


def _measure(content: File) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    content.seek(0)
    while chunk := content.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
    content.seek(0)
    return digest.hexdigest(), size


def settle(version_pk: int, verdict: Verdict) -> FileVersion:
    """Write the verdict about a version down; one that passed becomes the file's current version.

    May be called twice: a version that is settled keeps its state and number, and a check that was asked for anew
    replaces the findings.
    """
    names = []
    with transaction.atomic():
        version = FileVersion.objects.select_related("file").get(pk=version_pk)
        Publication.objects.select_for_update().get(pk=version.file.publication_id)
        version.refresh_from_db(fields=["state", "number", "covers"])
        version.findings = verdict.findings
        version.pages = verdict.pages
        version.checked_at = timezone.now()
        names = [cover["name"] for cover in version.covers]
        version.covers = [_store_cover(version, cover) for cover in verdict.covers]
        if version.state != FileVersion.State.PASSED:
            passed = not has_error(verdict.findings)
            version.state = FileVersion.State.PASSED if passed else FileVersion.State.REFUSED
            if passed:
                highest = version.file.versions.aggregate(highest=Max("number"))["highest"] or 0
                version.number = highest + 1
        version.save()
        if version.number:
            _make_current(version)
        kept = {cover["name"] for cover in version.covers}
        transaction.on_commit(partial(_delete_files, [name for name in names if name not in kept]))
    return version


def _make_current(version: FileVersion) -> None:
    newest = version.file.versions.filter(number__isnull=False).order_by("-number").first()
    if newest and version.file.current_id != newest.pk:
        version.file.current = newest
        version.file.save(update_fields=["current"])


def _store_cover(version: FileVersion, cover: Cover) -> dict[str, object]:
    name = f"publications/{version.file.publication_id}/{version.key}/cover-{cover.width}.webp"
    stored = private_storage().save(name, ContentFile(cover.content))
    return {"name": stored, "width": cover.width, "height": cover.height}


def _delete_files(names: list[str]) -> None:
    for name in names:
        private_storage().delete(name)


def forget_files(version: FileVersion) -> None:
    """Delete from the storage what belongs to a version that was deleted, once that is certain."""
    names = [version.content.name, *(cover["name"] for cover in version.covers)]
    transaction.on_commit(partial(_delete_files, [name for name in names if name]))
