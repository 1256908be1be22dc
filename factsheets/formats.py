"""The file formats that editors may upload, with their media types and names."""

from __future__ import annotations

PDF = "pdf"

# Extension: media type, and the usual name of the format.
FORMATS = {
    PDF: ("application/pdf", "PDF"),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "Word"),
    "pptx": ("application/vnd.openxmlformats-officedocument.presentationml.presentation", "PowerPoint"),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel"),
    "odt": ("application/vnd.oasis.opendocument.text", "OpenDocument"),
    "odp": ("application/vnd.oasis.opendocument.presentation", "OpenDocument"),
    "ods": ("application/vnd.oasis.opendocument.spreadsheet", "OpenDocument"),
}
EDITABLE = tuple(extension for extension in FORMATS if extension != PDF)


def media_type(extension: str) -> str:
    return FORMATS[extension][0]


def format_name(extension: str) -> str:
    """Return the name of the format for readers: "PDF", "Word (DOCX)"."""
    name = FORMATS[extension][1]
    return name if name.lower() == extension else f"{name} ({extension.upper()})"
