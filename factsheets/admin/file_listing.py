"""What editors see of a publication: each file with what the checks say, its versions, its downloads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from factsheets.models import DownloadCount, FileVersion, Publication, PublicationFile
from factsheets.permissions import languages_to_upload, may_change_facts
from factsheets.validation.results import Finding, explain

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser


@dataclass(frozen=True)
class Entry:
    """A version as editors see it: also those that are waiting or were refused."""

    version: FileVersion
    findings: list[Finding]

    @property
    def errors(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.is_error]

    @property
    def warnings(self) -> list[Finding]:
        return [finding for finding in self.findings if not finding.is_error]

    @property
    def is_waiting(self) -> bool:
        return self.version.state == FileVersion.State.WAITING

    @property
    def is_refused(self) -> bool:
        return self.version.state == FileVersion.State.REFUSED


@dataclass(frozen=True)
class Row:
    """A file: its newest version, which may not be the one that visitors get, and the older ones."""

    file: PublicationFile
    entries: list[Entry]
    downloads: int = 0
    may_upload: bool = False
    is_original: bool = False

    @property
    def newest(self) -> Entry | None:
        return self.entries[0] if self.entries else None

    @property
    def older(self) -> list[Entry]:
        return self.entries[1:]

    @property
    def replace_url(self) -> str:
        address = reverse("publications:upload", args=[self.file.publication_id])
        return f"{address}?language={self.file.language}&kind={self.file.kind}"


@dataclass(frozen=True)
class Shelf:
    publication: Publication
    rows: list[Row]
    may_change_facts: bool
    may_add: bool
    downloads: int

    @property
    def files_url(self) -> str:
        return reverse("publications:files", args=[self.publication.pk])

    @property
    def upload_url(self) -> str:
        return reverse("publications:upload", args=[self.publication.pk])

    @property
    def facts_url(self) -> str:
        return reverse("publications:facts", args=[self.publication.pk])

    @property
    def obstacles(self) -> list[str]:
        """Return what stands against publishing, one sentence each."""
        return obstacles(self.rows)


def shelf_of(publication: Publication, user: AbstractBaseUser) -> Shelf:
    files = list(publication.files.select_related("current").prefetch_related("versions__uploaded_by"))
    counts = dict(
        DownloadCount.objects.filter(publication=publication)
        .values_list("language")
        .annotate(total=Sum("count"))
        .order_by()
    )
    allowed = languages_to_upload(user, publication)
    rows = [
        Row(
            file=file,
            entries=[Entry(version, explain(version.findings)) for version in file.versions.all()],
            downloads=counts.get(file.language, 0),
            may_upload=file.language in allowed,
            is_original=file.language == publication.original_language,
        )
        for file in files
    ]
    rows.sort(key=lambda row: (not row.is_original, row.file.language_name, row.file.kind != "pdf"))
    change = may_change_facts(user, publication)
    return Shelf(publication, rows, change, bool(allowed), sum(counts.values()))


def obstacles(rows: list[Row]) -> list[str]:
    found = []
    for row in rows:
        newest = row.newest
        if newest is None:
            continue
        values = {"file": str(row.file)}
        if newest.is_waiting:
            found.append(_("%(file)s: the check has not ended yet.") % values)
        elif newest.is_refused:
            found.extend(f"{row.file}: {error.title}. {error.text}" for error in newest.errors)
    return found


def obstacles_of(publication: Publication) -> list[str]:
    files = publication.files.prefetch_related("versions")
    rows = [
        Row(file, [Entry(version, explain(version.findings)) for version in file.versions.all()[:1]]) for file in files
    ]
    return obstacles(rows)
