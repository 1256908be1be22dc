"""Publications with their pages and files. Files are settled as a check would, without its process."""

import zipfile
from io import BytesIO

import pikepdf
from django.core.files.base import ContentFile
from wagtail.models import Page

from factsheets.library import Cover, Verdict, add_version, settle
from factsheets.models import FactSheetIndexPage, FactSheetPage, FileVersion
from tests.factories.pages import make_page

FONT = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
# The smallest picture that is one.
WEBP = b"RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00"


def make_pdf(
    text: str = "A fact sheet. Funded by the European Union.",
    *,
    title: str = "A fact sheet",
    language: str = "en",
    tagged: bool = True,
    pages: int = 1,
) -> pikepdf.Pdf:
    pdf = pikepdf.new()
    for _number in range(pages):
        page = pdf.add_blank_page(page_size=(595, 842))
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=FONT))
        page.Contents = pdf.make_stream(f"BT /F1 12 Tf 50 700 Td ({text}) Tj ET".encode())
    if title:
        pdf.docinfo["/Title"] = title
        pdf.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
    if language:
        pdf.Root.Lang = pikepdf.String(language)
    if tagged:
        pdf.Root.MarkInfo = pikepdf.Dictionary(Marked=True)
        pdf.Root.StructTreeRoot = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.StructTreeRoot))
    return pdf


def written(pdf: pikepdf.Pdf, **options) -> bytes:
    target = BytesIO()
    pdf.save(target, **options)
    return target.getvalue()


def make_odt(parts: dict[str, str] | None = None) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        for name, content in {"content.xml": "<a/>", **(parts or {})}.items():
            archive.writestr(name, content)
    return target.getvalue()


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
