"""Publications with their pages and files. Results of validation are recorded without running it."""

from django.core.files.base import ContentFile
from wagtail.models import Page

from factsheets.models import FactSheetIndexPage, FactSheetPage, FileVersion
from factsheets.uploads import add_version
from factsheets.validation.results import CoverImage, ValidationResult
from factsheets.versions import record_result
from tests.factories.pages import make_page

# The smallest valid WebP picture.
WEBP = b"RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00"


def make_fact_sheet_list(
    home: Page, title: str = "Fact sheets", slug: str = "fact-sheets", **fields
) -> FactSheetIndexPage:
    return make_page(FactSheetIndexPage, home, title, slug=slug, **fields)


def make_fact_sheet(index: Page, title: str = "A beacon", **fields) -> FactSheetPage:
    return make_page(FactSheetPage, index, title, **fields)


def add_file(
    sheet: FactSheetPage,
    language: str = "en",
    *,
    kind: str = "pdf",
    content: bytes = b"%PDF-1.7 0123456789",
    issues: list | None = None,
    **fields,
) -> FileVersion:
    """Upload a version and record a validation result with `issues`. A PDF gets a picture of its first page."""
    extension = "pdf" if kind == "pdf" else "odt"
    version = add_version(
        sheet.publication, language=language, kind=kind, extension=extension, content=ContentFile(content), **fields
    )
    covers = [CoverImage(width, width * 2, WEBP) for width in (224, 480, 800)] if kind == "pdf" else []
    return record_result(version.pk, ValidationResult(issues or [], 2 if kind == "pdf" else None, covers))
