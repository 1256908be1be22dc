"""Writes a fact sheet as an OpenDocument text, which is the editable file beside the PDF."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

MEDIA_TYPE = "application/vnd.oasis.opendocument.text"
NAMESPACES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" '
    'xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" office:version="1.3"'
)
COUNTRIES = {"en": "GB", "fi": "FI", "et": "EE", "el": "GR"}
# A fixed time, so that equal texts give equal bytes.
MOMENT = (2026, 1, 1, 0, 0, 0)


def write(sheet: dict[str, Any], *, language: str, messages: str, closing: list[str]) -> bytes:
    """Return the file. `messages` is the heading of the key messages; `closing` are the paragraphs at the end."""
    parts = [_heading(1, sheet["title"]), _paragraph(sheet["lead"]), _heading(2, messages), _points(sheet["messages"])]
    if sheet["figures"]:
        parts.append(_points([f"{value}: {label}" for value, label in sheet["figures"]]))
    for section in sheet["sections"]:
        parts.append(_heading(2, section["heading"]))
        parts.extend(_part(item) for item in section["content"])
    parts.extend(_paragraph(text) for text in closing)
    files = {
        "content.xml": f"<office:document-content {NAMESPACES}><office:body><office:text>{''.join(parts)}"
        "</office:text></office:body></office:document-content>",
        "styles.xml": _styles(language),
        "meta.xml": f"<office:document-meta {NAMESPACES}><office:meta><dc:title>{escape(sheet['title'])}</dc:title>"
        f"<dc:language>{language}</dc:language></office:meta></office:document-meta>",
        "META-INF/manifest.xml": _manifest(),
    }
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        # The format requires the media type as the first file, uncompressed.
        archive.writestr(zipfile.ZipInfo("mimetype", MOMENT), MEDIA_TYPE)
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, f'<?xml version="1.0" encoding="UTF-8"?>{content}')
    return target.getvalue()


def _heading(level: int, text: str) -> str:
    return f'<text:h text:style-name="Heading_20_{level}" text:outline-level="{level}">{escape(text)}</text:h>'


def _paragraph(text: str) -> str:
    return f"<text:p>{escape(text)}</text:p>"


def _points(items: list[str]) -> str:
    return (
        "<text:list>"
        + "".join(f"<text:list-item>{_paragraph(item)}</text:list-item>" for item in items)
        + "</text:list>"
    )


def _part(item: Any) -> str:
    if isinstance(item, str):
        return _paragraph(item)
    if isinstance(item, list):
        return _points(item)
    return _paragraph(item["caption"]) + _table(item)


def _table(item: dict[str, Any]) -> str:
    def row(cells: list[str]) -> str:
        inner = "".join(f"<table:table-cell>{_paragraph(cell)}</table:table-cell>" for cell in cells)
        return f"<table:table-row>{inner}</table:table-row>"

    head = f"<table:table-header-rows>{row(item['columns'])}</table:table-header-rows>"
    columns = f'<table:table-column table:number-columns-repeated="{len(item["columns"])}"/>'
    return f"<table:table>{columns}{head}{''.join(row(cells) for cells in item['rows'])}</table:table>"


def _styles(language: str) -> str:
    return (
        f"<office:document-styles {NAMESPACES}><office:styles>"
        f'<style:default-style style:family="paragraph"><style:text-properties fo:language="{language}" '
        f'fo:country="{COUNTRIES[language]}" fo:font-size="11pt"/></style:default-style>'
        f"{_heading_style(1, '22pt')}{_heading_style(2, '15pt')}"
        "</office:styles></office:document-styles>"
    )


def _heading_style(level: int, size: str) -> str:
    return (
        f'<style:style style:name="Heading_20_{level}" style:display-name="Heading {level}" style:family="paragraph" '
        f'style:default-outline-level="{level}"><style:text-properties fo:font-size="{size}" fo:font-weight="bold"/>'
        "</style:style>"
    )


def _manifest() -> str:
    namespace = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    entries = [("/", MEDIA_TYPE), *((name, "text/xml") for name in ("content.xml", "styles.xml", "meta.xml"))]
    inner = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{kind}"/>' for path, kind in entries
    )
    return f'<manifest:manifest xmlns:manifest="{namespace}" manifest:version="1.3">{inner}</manifest:manifest>'
