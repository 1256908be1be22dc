"""The addresses below a fact sheet. The page has made sure that the public may read it (`FactSheetPage.route`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.utils.http import content_disposition_header
from django.utils.translation import override

from factsheets.downloads.counts import count_download
from factsheets.downloads.delivery import Content, deliver, readable_name
from factsheets.models.publication import FileVersion, PublicationFile
from factsheets.visibility import public_pages
from home.layout import Layout

if TYPE_CHECKING:
    from factsheets.models import FactSheetPage

# Ask again each time: a replaced file is there at once, and an unpublished one is gone at once.
ALWAYS_ASK = "no-cache"
# A picture's address holds its version. `private`: the visitor's browser alone keeps it, no cache in between does.
COVER_CACHING = "private, max-age=3600"


def serve_file(
    request: HttpRequest, page: FactSheetPage, language: str, kind: str, number: int | None = None
) -> HttpResponseBase:
    """Serve the current version of a file, or the one with `number`. Raises Http404 where there is none."""
    if refused := _only_reading(request):
        return refused
    version = _version(page, language, kind, number)
    response = deliver(
        request, content_of(version), file_headers(version, file_name(page, version, with_number=number is not None))
    )
    links = [f'<{page.get_full_url(request)}>; rel="describedby"']
    if licence := page.publication.licence_url:
        links.append(f'<{licence}>; rel="license"')
    response["Link"] = ", ".join(links)
    response["Cache-Control"] = ALWAYS_ASK
    if number is not None:
        response["X-Robots-Tag"] = "noindex"
    count_download(request, response, page.publication, language)
    return response


def _only_reading(request: HttpRequest) -> HttpResponseBase | None:
    return None if request.method in {"GET", "HEAD"} else HttpResponseNotAllowed(["GET", "HEAD"])


def _version(page: FactSheetPage, language: str, kind: str, number: int | None) -> FileVersion:
    place = (
        PublicationFile.objects.filter(publication=page.publication_id, language=language, kind=kind)
        .select_related("current")
        .first()
    )
    if place is None or place.current is None:
        raise Http404("no such file")
    version = place.current if number is None else place.versions.filter(number=number).first()
    if version is None:
        raise Http404("no such version")
    version.file = place
    return version


def content_of(version: FileVersion) -> Content:
    return Content(
        storage=version.content.storage,
        name=str(version.content.name),
        size=version.size,
        digest=version.sha256,
        media_type=version.media_type,
        modified=version.checked_at or version.uploaded_at,
    )


def file_headers(version: FileVersion, name: str) -> dict[str, str]:
    return {
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=name),
        "Content-Language": version.file.language,
    }


def file_name(page: FactSheetPage, version: FileVersion, *, with_number: bool) -> str:
    """Return a name in the file's language where a public page gives one, such as "DigiCanTrain lyhyesti (fi).pdf"."""
    language = version.file.language
    title = page.title
    if language != page.locale.language_code:
        own = public_pages().filter(publication=page.publication_id, locale__language_code=language)
        title = own.values_list("title", flat=True).first() or title
    number = f" v{version.number}" if with_number else ""
    return readable_name(f"{title} ({language}){number}", extension=version.format)


def serve_cover(request: HttpRequest, page: FactSheetPage, language: str, number: int, width: int) -> HttpResponseBase:
    """Serve the picture of a first page. Raises Http404 for a version or width that there is not."""
    if refused := _only_reading(request):
        return refused
    version = _version(page, language, PublicationFile.Kind.PDF, number)
    picture = next((picture for picture in version.covers if picture["width"] == width), None)
    if picture is None:
        raise Http404("no such picture")
    storage = version.content.storage
    content = Content(
        storage=storage,
        name=picture["name"],
        size=storage.size(picture["name"]),
        digest=f"{width:08d}{version.sha256}",
        media_type="image/webp",
        modified=version.checked_at or version.uploaded_at,
    )
    response = deliver(request, content, {"Cache-Control": COVER_CACHING})
    response["X-Robots-Tag"] = "noindex"
    return response


def serve_citation(request: HttpRequest, page: FactSheetPage, style: str) -> HttpResponseBase:
    if refused := _only_reading(request):
        return refused
    with override(page.locale.language_code):
        citation = page.citation(Layout(request, page))
    written = {
        "bibtex": (citation.bibtex, "application/x-bibtex; charset=utf-8", "bib"),
        "ris": (citation.ris, "application/x-research-info-systems; charset=utf-8", "ris"),
    }
    if style not in written:
        raise Http404("no such style")
    write, media_type, extension = written[style]
    response = HttpResponse(write(), content_type=media_type)
    name = readable_name(page.title, extension=extension)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = ALWAYS_ASK
    return response
