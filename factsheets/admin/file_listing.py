"""The files of a publication for editors: their versions with issues, and numbers of downloads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Sum
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from factsheets.models import DownloadCount, FileVersion, Publication, PublicationFile
from factsheets.permissions import can_edit_details, upload_languages
from factsheets.validation.issues import Issue, explain

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser


@dataclass(frozen=True)
class VersionRow:
    """A version with its issues. It may be pending or rejected."""

    version: FileVersion
    issues: list[Issue]

    @property
    def errors(self) -> list[Issue]:
        return [issue for issue in self.issues if issue.is_error]

    @property
    def is_pending(self) -> bool:
        return self.version.status == FileVersion.Status.PENDING

    @property
    def is_rejected(self) -> bool:
        return self.version.status == FileVersion.Status.REJECTED


@dataclass(frozen=True)
class FileRow:
    """A file with its versions, newest first. The newest version need not be the current one."""

    file: PublicationFile
    versions: list[VersionRow]
    downloads: int = 0
    can_upload: bool = False
    is_original: bool = False

    @property
    def newest(self) -> VersionRow | None:
        return self.versions[0] if self.versions else None

    @property
    def older(self) -> list[VersionRow]:
        return self.versions[1:]

    @property
    def replace_url(self) -> str:
        url = reverse("publications:upload", args=[self.file.publication_id])
        return f"{url}?{urlencode({'language': self.file.language, 'kind': self.file.kind})}"


@dataclass(frozen=True)
class FileListing:
    publication: Publication
    rows: list[FileRow]
    can_edit_details: bool
    can_upload: bool
    downloads: int

    @property
    def files_url(self) -> str:
        return reverse("publications:files", args=[self.publication.pk])

    @property
    def upload_url(self) -> str:
        return reverse("publications:upload", args=[self.publication.pk])

    @property
    def details_url(self) -> str:
        return reverse("publications:details", args=[self.publication.pk])

    @property
    def publishing_errors(self) -> list[str]:
        return _publishing_errors(self.rows)


def file_listing(publication: Publication, user: AbstractBaseUser | AnonymousUser) -> FileListing:
    """Return the files, with the actions that are permitted to the user.

    The original is first, the others are sorted by the name of their language.
    """
    files = list(publication.files.select_related("current").prefetch_related("versions__uploaded_by"))
    counts = dict(
        DownloadCount.objects.filter(publication=publication)
        .values_list("language")
        .annotate(total=Sum("count"))
        .order_by()
    )
    allowed = upload_languages(user, publication)
    rows = [
        FileRow(
            file=file,
            versions=[VersionRow(version, explain(version.issues)) for version in file.versions.all()],
            downloads=counts.get(file.language, 0),
            can_upload=file.language in allowed,
            is_original=file.language == publication.original_language,
        )
        for file in files
    ]
    rows.sort(key=lambda row: (not row.is_original, row.file.language_name, row.file.kind != "pdf"))
    return FileListing(publication, rows, can_edit_details(user, publication), bool(allowed), sum(counts.values()))


def publishing_errors(publication: Publication) -> list[str]:
    """Return the reasons why pages of the publication cannot be published, one sentence each."""
    files = publication.files.prefetch_related("versions")
    rows = [
        FileRow(file, [VersionRow(version, explain(version.issues)) for version in file.versions.all()[:1]])
        for file in files
    ]
    return _publishing_errors(rows)


def _publishing_errors(rows: list[FileRow]) -> list[str]:
    found = []
    for row in rows:
        newest = row.newest
        if newest is None:
            continue
        if newest.is_pending:
            found.append(_("%(file)s: the check has not finished.") % {"file": str(row.file)})
        elif newest.is_rejected:
            found.extend(f"{row.file}: {error.title}. {error.text}" for error in newest.errors)
    return found
