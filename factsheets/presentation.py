"""What pages, lists and feeds show of a publication: plain values, ready for a template that asks nothing further."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Prefetch

from factsheets.models.publication import FileVersion, PublicationFile
from home.models import Cover, Teaser

if TYPE_CHECKING:
    from django.http import HttpRequest

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
    """A file as it stands before the click: `name` is its language in that language's own word."""

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


@dataclass(frozen=True)
class FactSheetTeaser(Teaser):
    downloads: list[Download] = field(default_factory=list)


def with_current_files(pages):
    """Prefetch what `downloads` and `cover` need of each page's publication."""
    files = PublicationFile.objects.filter(current__isnull=False).select_related("current")
    return pages.select_related("publication", "locale").prefetch_related(
        Prefetch("publication__files", queryset=files, to_attr="public_files")
    )


def downloads(page: FactSheetPage, base_url: str, *, history: bool = False) -> list[Download]:
    """Return the current files: the reader's language first, then the original, then by the name of the language."""
    own, original = page.locale.language_code, page.publication.original_language
    files = _public_files(page)
    versions = _versions(files) if history else {}

    def order(place: PublicationFile):
        return (place.language != own, place.language != original, place.own_language_name, place.kind != "pdf")

    return [_download(page, place, base_url, versions.get(place.pk, [])) for place in sorted(files, key=order)]


def _public_files(page: FactSheetPage) -> list[PublicationFile]:
    found = getattr(page.publication, "public_files", None)
    if found is None:
        found = list(page.publication.files.filter(current__isnull=False).select_related("current"))
        page.publication.public_files = found
    return found


def _current(place: PublicationFile) -> FileVersion:
    """Return the version that visitors get; `_public_files` returns only places that have one."""
    if place.current is None:
        raise LookupError(f"{place} has no version that passed")
    return place.current


def _versions(files: Iterable[PublicationFile]) -> dict[int, list[FileVersion]]:
    found: dict[int, list[FileVersion]] = {}
    for version in FileVersion.objects.filter(file__in=files, number__isnull=False).order_by("-number"):
        found.setdefault(version.file_id, []).append(version)
    return found


def _download(page: FactSheetPage, place: PublicationFile, base_url: str, versions: list[FileVersion]) -> Download:
    version = _current(place)
    editable = place.kind == PublicationFile.Kind.EDITABLE
    name = "editable" if editable else "download"
    arguments = {"language": place.language}
    return Download(
        url=base_url + page.reverse_subpage(name, kwargs=arguments),
        language=place.language,
        name=place.own_language_name,
        format=version.format_name,
        extension=version.format.upper(),
        media_type=version.media_type,
        size=version.size,
        pages=version.pages,
        number=version.number or 0,
        dated_on=version.dated_on,
        is_original=place.language == page.publication.original_language,
        is_editable=editable,
        is_own_language=place.language == page.locale.language_code,
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


def cover(page: FactSheetPage, base_url: str) -> Cover | None:
    """Return the first page of the file in the reader's language, else of the original, else of any."""
    own, original = page.locale.language_code, page.publication.original_language
    places = [place for place in _public_files(page) if _current(place).covers]
    if not places:
        return None
    place = min(places, key=lambda item: (item.language != own, item.language != original, item.language))
    version = _current(place)

    def address(picture) -> str:
        arguments = {"language": place.language, "number": version.number, "width": picture["width"]}
        return base_url + page.reverse_subpage("cover", kwargs=arguments)

    pictures = sorted(version.covers, key=lambda picture: picture["width"])
    middle = pictures[len(pictures) // 2]
    srcset = ", ".join(f"{address(picture)} {picture['width']}w" for picture in pictures)
    return Cover(address(middle), srcset, middle["width"], middle["height"])


def teaser(page: FactSheetPage, request: HttpRequest | None) -> FactSheetTeaser:
    url = page.get_url(request) or ""
    files = downloads(page, url)
    return FactSheetTeaser(
        title=page.title,
        url=url,
        summary=page.teaser_text,
        date=page.publication.first_published_on,
        label=" · ".join(dict.fromkeys(file.name for file in files)),
        motif=page.motif,
        cover=cover(page, url),
        # One for each language: the PDF comes first, and stands for the editable file.
        downloads=list({file.language: file for file in reversed(files)}.values())[::-1],
    )
