"""Publications with their pages and files. Files are settled as a check would, without its process."""

from django.core.files.base import ContentFile
from wagtail.models import Page

from factsheets.models import FactSheetIndexPage, FactSheetPage, FileVersion
from factsheets.versions import Cover, Verdict, add_version, settle
from tests.factories.pages import make_page

# The smallest picture that is one.
WEBP = b"RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00"


def make_library(home: Page, title: str = "Fact sheets", slug: str = "fact-sheets", **fields) -> FactSheetIndexPage:
    return make_page(FactSheetIndexPage, home, title, slug=slug, **fields)


def make_sheet(index: Page, title: str = "A beacon", **fields) -> FactSheetPage:
    return make_page(FactSheetPage, index, title, **fields)


def give_file(
    sheet: FactSheetPage,
    language: str = "en",
    *,
    kind: str = "pdf",
    content: bytes = b"%PDF-1.7 0123456789",
    findings: list | None = None,
    **fields,
) -> FileVersion:
    """Upload a version and settle it with `findings`; a PDF gets a picture of its first page."""
    extension = "pdf" if kind == "pdf" else "odt"
    version = add_version(
        sheet.publication, language=language, kind=kind, extension=extension, content=ContentFile(content), **fields
    )
    covers = [Cover(width, width * 2, WEBP) for width in (240, 480, 800)] if kind == "pdf" else []
    return settle(version.pk, Verdict(findings or [], 2 if kind == "pdf" else None, covers))
