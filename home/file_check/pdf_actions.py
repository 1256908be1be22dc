"""Finds what a PDF can run, send or open: actions, scripts, forms, media and attached files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from home.file_check.links import SCHEME_OR_HOST, is_safe_link

# Keys and names in a PDF that start an action or contain other files (ISO 32000-2, 12.6, 12.7, 13).
ACTIVE_KEYS = {"/AA", "/Collection", "/JS", "/JavaScript", "/RichMediaContent", "/RichMediaSettings", "/XFA"}
ACTIVE_NAMES = {
    "/GoToE",
    "/GoToR",
    "/ImportData",
    "/JavaScript",
    "/Launch",
    "/Movie",
    "/Rendition",
    "/RichMedia",
    "/RichMediaExecute",
    "/Screen",
    "/Sound",
    "/SubmitForm",
}
# Words to search for in the bytes of an object. Only objects that contain one of them are read key by key.
SUSPICIOUS = re.compile(
    rb"/(AA|Collection|EF|FFilter|Filespec|F|FS|GoTo[ER]|ImportData|JavaScript|JS|Launch|Movie|Rendition|RichMedia\w*|"
    rb"Screen|Sound|SubmitForm|UF|URI|XFA)\b"
)
# The deepest level of nested lists in an object that is read.
DEEPEST = 100
# Extensions of files that may be attached to a PDF, and the first bytes of programs, archives and pages with scripts.
ATTACHABLE = (".csv", ".txt", ".xml", ".jpeg", ".jpg", ".png")
PROGRAM_STARTS = (
    b"MZ",
    b"\x7fELF",
    b"#!",
    b"PK",
    b"%PDF",
    b"\xd0\xcf\x11\xe0",
    b"\xca\xfe\xba\xbe",
    b"\xcf\xfa\xed\xfe",
)
MARKUP = re.compile(rb"<\s*(script|html|svg|!doctype|\?xml-stylesheet)|\bon\w+\s*=", re.IGNORECASE)


def has_active_content(pdf: Any) -> bool:
    """Return whether any object of the PDF can run, send or open something, or contains another file.

    Objects without references to them are read too, because viewers differ in the references that they follow.
    """
    from pikepdf import Name, Stream  # noqa: PLC0415  (after the limits are set)

    for item in pdf.objects:
        # A name that is an object of its own. An action may refer to it.
        if isinstance(item, Name) and str(item) in ACTIVE_NAMES:
            return True
        is_stream = isinstance(item, Stream)
        values = item.stream_dict if is_stream else item
        if not SUSPICIOUS.search(values.unparse(resolved=True)):
            continue
        if is_stream and ("/F" in values or "/FFilter" in values):  # its content is in another file
            return True
        if any(is_active_dictionary(values) for values in dictionaries(values)):
            return True
    return False


def dictionaries(value: Any, depth: int = 0) -> Iterator[Any]:
    """Yield the dictionaries inside an object without following references. Raises ValueError if it is nested too deeply."""
    from pikepdf import Array, Dictionary  # noqa: PLC0415  (after the limits are set)

    if depth > DEEPEST:
        raise ValueError("nested too deep")
    if isinstance(value, Dictionary):
        yield value
        for child in value.as_dict().values():
            if not getattr(child, "is_indirect", True):
                yield from dictionaries(child, depth + 1)
    elif isinstance(value, Array):
        for child in value:
            if not getattr(child, "is_indirect", True):
                yield from dictionaries(child, depth + 1)


def is_active_dictionary(values: Any) -> bool:
    from pikepdf import Dictionary, Name, String  # noqa: PLC0415  (after the limits are set)

    if ACTIVE_KEYS & set(values.keys()):
        return True
    for key, value in values.items():
        if isinstance(value, Name) and key in {"/S", "/Subtype", "/Type"} and str(value) in ACTIVE_NAMES:
            return True
        if key == "/URI" and isinstance(value, String) and not is_safe_link(str(value)):
            return True
        if (
            key in {"/F", "/UF", "/DOS", "/Unix", "/Mac"}
            and isinstance(value, String)
            and SCHEME_OR_HOST.match(str(value))
        ):
            return True
        if key == "/EF" and isinstance(value, Dictionary) and not is_harmless_attachment(values, value):
            return True
    return False


def is_harmless_attachment(file: Any, streams: Any) -> bool:
    """Return whether both the name and the content of an attached file are those of a text, table or picture."""
    names = [str(file[key]) for key in ("/F", "/UF", "/DOS", "/Unix", "/Mac") if key in file]
    if not names or not all(name.lower().endswith(ATTACHABLE) for name in names):
        return False
    for stream in streams.as_dict().values():
        start = stream.read_bytes()[:65_536].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
        if start.startswith(PROGRAM_STARTS) or MARKUP.search(start):
            return False
    return True
