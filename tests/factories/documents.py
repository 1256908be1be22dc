"""Files as editors upload them: PDFs with and without faults, and OpenDocument texts."""

import zipfile
from io import BytesIO

import pikepdf

FONT = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)


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


def pdf_bytes(pdf: pikepdf.Pdf, **options) -> bytes:
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


def make_docx(
    parts: dict[str, str | bytes] | None = None,
    *,
    main_type: str = "openxmlformats-officedocument.wordprocessingml.document.main+xml",
    more_types: str = "",
    relations: str = "",
) -> bytes:
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="application/vnd.{main_type}"/>{more_types}</Types>'
    )
    schema = "http://schemas.openxmlformats.org/package/2006/relationships"
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("[Content_Types].xml", types)
        archive.writestr("word/document.xml", "<w/>")
        archive.writestr("word/_rels/document.xml.rels", f'<Relationships xmlns="{schema}">{relations}</Relationships>')
        for name, content in (parts or {}).items():
            archive.writestr(name, content)
    return target.getvalue()
