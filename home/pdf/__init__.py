"""Sets documents in type: accessible PDFs from templates of ours and data of anybody's.

A template is a typst file. It gets its data as JSON and imports the house's paper (`paper.typ`); what stands in the
data is text and never markup. Nothing outside of this folder is read, no network is used, and only the fonts in
`fonts/` are.
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

from home import emblem

FOLDER = Path(__file__).parent
# Tagged, with title and language: typst refuses to write a file that lacks what this standard demands.
STANDARD: Final = "ua-1"


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FOLDER / "fonts")])


def typeset(template: Path, data: dict[str, object], *, made_at: datetime.datetime | None = None) -> bytes:
    """Return the PDF that `template` makes of `data`; the same bytes for the same arguments when `made_at` is given.

    The template reads `data` with `json(bytes(sys.inputs.data))`. Raises typst.TypstError for a document that lacks a
    title, a language or the description of a picture.
    """
    given = {**data, "emblem": emblem_picture()}
    # The stubs want one type for template and root.
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
    """Return the PDF with its licence where machines look for it, in the XMP metadata (`xmpRights`, `cc`)."""
    target = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as document:
        with document.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
            metadata.register_xml_namespace("http://creativecommons.org/ns#", "cc")
            metadata["xmpRights:Marked"] = "True"
            metadata["xmpRights:WebStatement"] = url
            metadata["{http://creativecommons.org/ns#}license"] = url
        document.save(target, deterministic_id=True)
    return target.getvalue()


def emblem_picture() -> str:
    """Return the EU emblem as an SVG document, for paper: without the white border that it needs on colour."""
    return emblem.svg(border=False).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
