"""Accessible PDFs made from typst templates.

A template gets its data as JSON and imports the shared page design (`paper.typ`). Values in the data are text, never
markup. Typst reads no file outside this folder, uses no network, and only the fonts in `fonts/`.
"""

from __future__ import annotations

import datetime
import json
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Final

import pikepdf
import typst

FOLDER = Path(__file__).parent
EMBLEM = FOLDER.parent / "templates" / "home" / "emblem.svg"
# PDF/UA-1: typst refuses to write a file without tags, title and language.
STANDARD: Final = "ua-1"


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FOLDER / "fonts")])


def typeset(template: Path, data: dict[str, object], *, made_at: datetime.datetime | None = None) -> bytes:
    """Return the PDF made from `template` and `data`. With `made_at`, equal arguments give equal bytes.

    The template reads `data` with `json(bytes(sys.inputs.data))`. Raises typst.TypstError if the document has no title,
    no language or a picture without an alternative text.
    """
    given = {**data, "emblem": EMBLEM.read_text(encoding="utf-8")}
    # The stubs require the same type for template and root.
    return typst.compile(  # type: ignore[call-overload]
        template.read_bytes(),
        root=str(FOLDER),
        font_paths=_fonts(),
        sys_inputs={"data": json.dumps(given)},
        format="pdf",
        pdf_standards=STANDARD,
        timestamp=made_at,
    )


def with_licence(pdf: bytes, url: str) -> bytes:
    """Return the PDF with its licence in the XMP metadata (`xmpRights`, `cc`)."""
    target = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as document:
        with document.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
            metadata.register_xml_namespace("http://creativecommons.org/ns#", "cc")
            metadata["xmpRights:Marked"] = "True"
            metadata["xmpRights:WebStatement"] = url
            metadata["{http://creativecommons.org/ns#}license"] = url
        document.save(target, deterministic_id=True)
    return target.getvalue()
