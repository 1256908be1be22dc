"""Checks Office, OpenDocument and EPUB files, and ZIP archives. All of these are ZIP files."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import IO, Any
from xml.etree import ElementTree

from home.file_check.links import is_safe_link
from home.file_check.zip_files import DAMAGED, has_more_entries

# A usual document has a few hundred parts and unpacks to about ten times its size.
MAX_PARTS = 10_000
MAX_UNPACKED = 500 * 1024 * 1024
# The most bytes that are read of a part to find links and macros. The parts that contain them are far smaller.
LARGEST_PART = 32 * 1024 * 1024

# Office files: for each extension, the content type of the main part of a file without macros.
MAIN_PARTS = {
    "docx": ("word/document.xml", "wordprocessingml.document.main+xml"),
    "pptx": ("ppt/presentation.xml", "presentationml.presentation.main+xml"),
    "xlsx": ("xl/workbook.xml", "spreadsheetml.sheet.main+xml"),
}
# OpenDocument and EPUB files have a part that contains their type.
MIMETYPES = {
    "epub": b"application/epub+zip",
    "odp": b"application/vnd.oasis.opendocument.presentation",
    "ods": b"application/vnd.oasis.opendocument.spreadsheet",
    "odt": b"application/vnd.oasis.opendocument.text",
}
# Files in a ZIP archive that the operating system runs when someone opens them.
PROGRAM = re.compile(r"\.(exe|dll|com|msi|js|vbs|bat|cmd|lnk|jar|hta|scr|ps1|(doc|dot|ppt|pot|xls|xlt)m|xlsb)$")
OPENXML = "application/vnd.openxmlformats-officedocument."
ACTIVE_PART = re.compile(
    r"(vbaproject|vbadata|/?activex/|macrosheets/|dialogsheets/|oleobject|/embeddings/.*\.bin$|"
    r"^basic/|^scripts/|^object \d+$|\.(exe|dll|js|vbs|bat|cmd|lnk|jar|hta|scr|ps1|(doc|dot|ppt|pot|xls|xlt)m|xlsb)$)"
)
ACTIVE_TYPE = re.compile(
    r"(macro|vba|activex|oleobject|ole-object|attachedtemplate|keymap|customui|ddelink)", re.IGNORECASE
)
ACTIVE_OPENDOCUMENT = re.compile(
    rb"(vnd\.sun\.star\.script:|<script:event-listener|<office:scripts>\s*<|application/vnd\.sun\.star\.(oleobject|basic)|"
    rb"<office:dde-source|<draw:applet|<draw:plugin)"
)


def check_archive(request: dict[str, Any]) -> dict[str, Any]:
    with Path(request["path"]).open("rb") as file:
        code = check_start(file)
        try:
            code = code or check_parts(file, request["extension"])
        except (*DAMAGED, ElementTree.ParseError):
            code = "damaged"
    details = {"not_format": {"extension": request["extension"]}, "too_costly": request["limits"]}
    return {"issues": [{"code": code, **details.get(code, {})}] if code else []}


def check_start(file: IO[bytes]) -> str:
    """Return the code of an issue found without reading the directory of the archive, or an empty string."""
    start = file.read(8)
    if start.startswith(b"\xd0\xcf\x11\xe0"):  # an Office file with a password
        return "encrypted"
    if not start.startswith(b"PK\x03\x04"):
        return "not_format"
    return "too_costly" if has_more_entries(file, MAX_PARTS) else ""


def check_parts(file: IO[bytes], extension: str) -> str:
    """Return the code of an issue in the parts, or an empty string. Raises one of `DAMAGED`."""
    with zipfile.ZipFile(file) as archive:
        parts = archive.infolist()
        names = {part.filename for part in parts}
        if sum(part.file_size for part in parts) > MAX_UNPACKED:
            return "too_costly"
        if any(part.flag_bits & 1 for part in parts) or is_encrypted_opendocument(archive, names):
            return "encrypted"
        if not is_of_type(archive, names, extension):
            return "not_format"
        if extension == "zip":
            return "active" if any(PROGRAM.search(name.lower()) for name in names) else ""
        if len({name.lower() for name in names}) < len(parts):
            # Two parts with the same name: programs differ in which of the two they read.
            return "damaged"
        is_active = any(ACTIVE_PART.search(name.lower()) for name in names) or has_active_part(archive, names)
        return "active" if is_active else ""


def part_of(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    with archive.open(name) as part:
        return part.read(limit)


def is_encrypted_opendocument(archive: zipfile.ZipFile, names: set[str]) -> bool:
    manifest = "META-INF/manifest.xml"
    return manifest in names and b"encryption-data" in part_of(archive, manifest, 1_000_000)


def is_of_type(archive: zipfile.ZipFile, names: set[str], extension: str) -> bool:
    """Return whether the main part has the type of the extension. It has another type if the file contains macros."""
    if extension == "zip":
        return True
    if media_type := MIMETYPES.get(extension):
        return "mimetype" in names and part_of(archive, "mimetype", 200).strip() == media_type
    main, main_type = MAIN_PARTS[extension]
    if "[Content_Types].xml" not in names or main not in names:
        return False
    types = content_types(archive)
    found = types.get(f"/{main}".lower(), "")
    return found == OPENXML + main_type or bool(ACTIVE_TYPE.search(found))


def content_types(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the content types in an Office file: by name of the part, or by extension, as in `*.xml`."""
    tree = parsed(archive, "[Content_Types].xml")
    found = {}
    for item in tree.iter():
        name = item.get("PartName") or f"*.{item.get('Extension', '')}"
        found[name.lower()] = item.get("ContentType", "")
    return found


def has_active_part(archive: zipfile.ZipFile, names: set[str]) -> bool:
    """Return whether an Office or OpenDocument file has macros, controls, or links that open another file."""
    if "[Content_Types].xml" in names and any(map(ACTIVE_TYPE.search, content_types(archive).values())):
        return True
    return any(is_active_part(archive, name) for name in names)


def is_active_part(archive: zipfile.ZipFile, name: str) -> bool:
    if name.lower().endswith(".rels"):
        return any(is_active_relation(item) for item in parsed(archive, name).iter())
    if name.lower().startswith("xl/externallinks/"):
        return b"ddeLink" in plain(archive, name)
    if name in {"styles.xml", "META-INF/manifest.xml"} or name.rsplit("/", maxsplit=1)[-1] == "content.xml":
        return bool(ACTIVE_OPENDOCUMENT.search(plain(archive, name)))
    return False


def is_active_relation(item: ElementTree.Element) -> bool:
    if ACTIVE_TYPE.search(item.get("Type", "").rsplit("/", 1)[-1]):
        return True
    return item.get("TargetMode", "").lower() == "external" and not is_safe_link(item.get("Target", ""))


def parsed(archive: zipfile.ZipFile, name: str) -> ElementTree.Element:
    """Return the parsed part. Raises ValueError for a document type: Office files have none, and entities can hide words."""
    content = plain(archive, name)
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise ValueError("document type")
    return ElementTree.fromstring(part_of(archive, name, LARGEST_PART))  # noqa: S314  (limits apply, no entities)


def plain(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return the part without zero bytes, so that ASCII words can be found in UTF-16 text as well."""
    return part_of(archive, name, LARGEST_PART).replace(b"\x00", b"")
