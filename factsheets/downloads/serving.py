"""The views below a fact sheet.

`FactSheetPage.route` has checked that the page is public. Each view takes the page, the request and the values of the
address, and answers GET and HEAD.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.utils.http import content_disposition_header
from django.utils.translation import override

from factsheets.downloads.counts import count_download
from factsheets.models import FactSheetPage, FileVersion, PublicationFile
from factsheets.presentation.page import citation_of
from factsheets.visibility import public_pages
from home.file_delivery import Content, deliver, lost_files_are_not_found, readable_name
from home.layout import Layout

# Browsers check with the server each time, so that they never show a replaced or unpublished file from their cache.
REVALIDATE = "no-cache"
# The address of a picture contains its version. `private`: browsers may cache it, proxies may not.
COVER_CACHING = "private, max-age=3600"

P = ParamSpec("P")
View = Callable[Concatenate[FactSheetPage, HttpRequest, P], HttpResponseBase]


def read_only(view: View[P]) -> View[P]:
    """Return 405 for all methods except GET and HEAD. Django's `require_safe` expects the request as the first argument."""

    @wraps(view)
    def wrapper(page: FactSheetPage, request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        return view(page, request, *args, **kwargs)

    return wrapper


@read_only
def serve_pdf(page: FactSheetPage, request: HttpRequest, language: str, number: int | None = None) -> HttpResponseBase:
    return _serve_file(page, request, language, PublicationFile.Kind.PDF, number)


@read_only
def serve_editable(
    page: FactSheetPage, request: HttpRequest, language: str, number: int | None = None
) -> HttpResponseBase:
    return _serve_file(page, request, language, PublicationFile.Kind.EDITABLE, number)


def _serve_file(
    page: FactSheetPage, request: HttpRequest, language: str, kind: str, number: int | None
) -> HttpResponseBase:
    """Return the current version of a file, or the version with `number`. Raises Http404 if there is none."""
    version = _get_version(page, language, kind, number)
    headers = file_headers(version, _file_name(page, version, with_number=number is not None))
    response = deliver(request, content_of(version), headers)
    links = [f'<{page.get_full_url(request)}>; rel="describedby"']
    if licence := page.publication.licence_url:
        links.append(f'<{licence}>; rel="license"')
    response["Link"] = ", ".join(links)
    response["Cache-Control"] = REVALIDATE
    if number is not None:
        response["X-Robots-Tag"] = "noindex"
    count_download(request, response, page.publication, language)
    return response


def _get_version(page: FactSheetPage, language: str, kind: str, number: int | None) -> FileVersion:
    file = (
        PublicationFile.objects.filter(publication=page.publication_id, language=language, kind=kind)
        .select_related("current")
        .first()
    )
    if file is None or file.current is None:
        raise Http404("no such file")
    version = file.current if number is None else file.versions.filter(number=number).first()
    if version is None:
        raise Http404("no such version")
    version.file = file
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
    return {"Content-Disposition": attachment(name), "Content-Language": version.file.language}


def attachment(name: str) -> str:
    return content_disposition_header(as_attachment=True, filename=name) or "attachment"


def _file_name(page: FactSheetPage, version: FileVersion, *, with_number: bool) -> str:
    """Return the name for the downloaded file, such as "DigiCanTrain lyhyesti (fi).pdf".

    It has the title of the page in the file's language, if that page is public.
    """
    language = version.file.language
    title = page.title
    if language != page.locale.language_code:
        pages = FactSheetPage.objects.filter(publication=page.publication_id, locale__language_code=language)
        title = public_pages(pages).values_list("title", flat=True).first() or title
    number = f" v{version.number}" if with_number else ""
    return readable_name(f"{title} ({language}){number}", extension=version.format)


@read_only
def serve_cover(page: FactSheetPage, request: HttpRequest, language: str, number: int, width: int) -> HttpResponseBase:
    """Return the picture of a first page. Raises Http404 for an unknown version or width."""
    version = _get_version(page, language, PublicationFile.Kind.PDF, number)
    picture = next((picture for picture in version.covers if picture["width"] == width), None)
    if picture is None:
        raise Http404("no such picture")
    storage = version.content.storage
    with lost_files_are_not_found():
        size = storage.size(picture["name"])
    content = Content(
        storage=storage,
        name=picture["name"],
        size=size,
        digest=f"{width:08d}{version.sha256}",
        media_type="image/webp",
        modified=version.checked_at or version.uploaded_at,
    )
    response = deliver(request, content, {"Cache-Control": COVER_CACHING})
    response["X-Robots-Tag"] = "noindex"
    return response


@read_only
def serve_citation(page: FactSheetPage, request: HttpRequest, style: str) -> HttpResponseBase:
    """Return the citation as a file for reference managers. Raises Http404 for an unknown style."""
    with override(page.locale.language_code):
        citation = citation_of(page, Layout(request, page))
    styles = {
        "bibtex": (citation.bibtex, "application/x-bibtex; charset=utf-8", "bib"),
        "ris": (citation.ris, "application/x-research-info-systems; charset=utf-8", "ris"),
    }
    if style not in styles:
        raise Http404("no such style")
    write, media_type, extension = styles[style]
    response = HttpResponse(write(), content_type=media_type)
    response["Content-Disposition"] = attachment(readable_name(page.title, extension=extension))
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = REVALIDATE
    return response
