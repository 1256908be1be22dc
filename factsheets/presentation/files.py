"""The files of a fact sheet for pages, lists and feeds, as plain values, so that templates run no queries."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Prefetch

from factsheets.models import FileVersion, PublicationFile
from home.models import Cover

if TYPE_CHECKING:
    from wagtail.models import PageQuerySet

    from factsheets.models import FactSheetPage


@dataclass(frozen=True)
class Version:
    """A version in the history of a file; `note` is in the language of the file."""

    url: str
    number: int
    dated_on: datetime.date
    note: str
    size: int
    is_current: bool


@dataclass(frozen=True)
class Download:
    """A file with its current version.

    `name` is the name of its language in that language; `size` is in bytes.
    """

    url: str
    language: str
    name: str
    format: str
    extension: str
    media_type: str
    size: int
    pages: int | None
    number: int
    dated_on: datetime.date
    is_original: bool
    is_editable: bool
    is_own_language: bool
    sha256: str = ""
    history: list[Version] = field(default_factory=list)


def with_current_files(pages: PageQuerySet) -> PageQuerySet:
    """Prefetch the rows that `downloads` and `cover` read for each page's publication."""
    files = PublicationFile.objects.filter(current__isnull=False).select_related("current")
    return pages.select_related("publication", "locale").prefetch_related(
        Prefetch("publication__files", queryset=files, to_attr="public_files")
    )


def downloads(page: FactSheetPage, base_url: str, *, history: bool = False) -> list[Download]:
    """Return the current files: first in the page's language, then the original, then by the name of the language."""
    own, original = page.locale.language_code, page.publication.original_language
    files = _public_files(page)
    versions = _versions(files) if history else {}

    def order(file: PublicationFile) -> tuple[bool, bool, str, bool]:
        return (file.language != own, file.language != original, file.own_language_name, file.kind != "pdf")

    return [_download(page, file, base_url, versions.get(file.pk, [])) for file in sorted(files, key=order)]


def _public_files(page: FactSheetPage) -> list[PublicationFile]:
    files: list[PublicationFile] | None = getattr(page.publication, "public_files", None)
    if files is None:
        files = list(page.publication.files.filter(current__isnull=False).select_related("current"))
        page.publication.public_files = files
    return files


def _current(file: PublicationFile) -> FileVersion:
    """Return the current version. `_public_files` returns only files that have one."""
    if file.current is None:
        raise LookupError(f"{file} has no accepted version")
    return file.current


def _versions(files: Iterable[PublicationFile]) -> dict[int, list[FileVersion]]:
    """Return the accepted versions by the key of their file, newest first."""
    found: dict[int, list[FileVersion]] = {}
    for version in FileVersion.objects.filter(file__in=files, number__isnull=False).order_by("-number"):
        found.setdefault(version.file_id, []).append(version)
    return found


def _download(page: FactSheetPage, file: PublicationFile, base_url: str, versions: list[FileVersion]) -> Download:
    version = _current(file)
    is_editable = file.kind == PublicationFile.Kind.EDITABLE
    name = "editable" if is_editable else "download"
    arguments = {"language": file.language}
    return Download(
        url=base_url + page.reverse_subpage(name, kwargs=arguments),
        language=file.language,
        name=file.own_language_name,
        format=version.format_name,
        extension=version.format.upper(),
        media_type=version.media_type,
        size=version.size,
        pages=version.pages,
        number=version.number or 0,
        dated_on=version.dated_on,
        is_original=file.language == page.publication.original_language,
        is_editable=is_editable,
        is_own_language=file.language == page.locale.language_code,
        sha256=version.sha256,
        history=[
            Version(
                url=base_url + page.reverse_subpage(f"{name}_version", kwargs={**arguments, "number": item.number}),
                number=item.number or 0,
                dated_on=item.dated_on,
                note=item.note,
                size=item.size,
                is_current=item.pk == version.pk,
            )
            for item in versions
        ],
    )


def _cover_file(page: FactSheetPage) -> PublicationFile | None:
    """Return the file whose cover is shown: in the page's language, else the original, else any other with a cover."""
    own, original = page.locale.language_code, page.publication.original_language
    files = [file for file in _public_files(page) if _current(file).covers]
    order = [(file.language != own, file.language != original, file.language) for file in files]
    return files[order.index(min(order))] if files else None


def share_cover(page: FactSheetPage) -> str:
    """Return the name of the largest picture of the first page in the private storage; empty if there is none."""
    file = _cover_file(page)
    pictures = sorted(_current(file).covers, key=lambda picture: picture["width"]) if file else []
    return str(pictures[-1]["name"]) if pictures else ""


def cover(page: FactSheetPage, base_url: str) -> Cover | None:
    """Return the picture of the first page of a file.

    The file is in the page's language, else the original, else any other. None if no file has pictures.
    """
    file = _cover_file(page)
    if file is None:
        return None
    version = _current(file)

    def url(picture: dict[str, object]) -> str:
        arguments = {"language": file.language, "number": version.number, "width": picture["width"]}
        return base_url + page.reverse_subpage("cover", kwargs=arguments)

    pictures = sorted(version.covers, key=lambda picture: picture["width"])
    middle = pictures[len(pictures) // 2]
    srcset = ", ".join(f"{url(picture)} {picture['width']}w" for picture in pictures)
    return Cover(url(middle), srcset, middle["width"], middle["height"])
