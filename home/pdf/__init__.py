"""Accessible PDFs made from typst templates.

A template gets its data as JSON and imports the shared page design (`paper.typ`). Values in the data are text, never
markup. Typst reads no file outside this folder, uses no network, and only the fonts in `fonts/`: Commissioner and Ubuntu
for the design, Noto for other scripts. Whatever a text contains, there is a PDF (decision 0080).
"""

from __future__ import annotations

import datetime
import json
import logging
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Final, cast

import pikepdf
import typst

from home.pdf.characters import in_all_texts, latin, printable

logger = logging.getLogger(__name__)

FOLDER = Path(__file__).parent
EMBLEM = FOLDER.parent / "templates" / "home" / "emblem.svg"
# PDF/UA-1: typst refuses to write a file without tags, title and language.
STANDARD: Final = "ua-1"


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FOLDER / "fonts")])


def typeset(
    template: Path,
    data: dict[str, object],
    *,
    made_at: datetime.datetime | None = None,
    pictures: Mapping[str, str] | None = None,
) -> bytes:
    """Return the PDF made from `template` and `data`. With `made_at`, equal arguments give equal bytes.

    The template reads `data` with `json(bytes(sys.inputs.data))`. `pictures` are SVG files, which it finds there under
    their keys. Characters that no font has are shown as □. If typst
    refuses a text all the same, all texts are set in Latin letters. Raises typst.TypstError if the document has no
    title, no language or a picture without an alternative text.
    """
    try:
        return _compile(template, in_all_texts(data, printable), pictures or {}, made_at)
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise
        logger.warning("%s: typst refuses a text, so all texts are set in Latin letters", template.name)
        return _compile(template, in_all_texts(data, latin), pictures or {}, made_at)


def _compile(template: Path, data: object, pictures: Mapping[str, str], made_at: datetime.datetime | None) -> bytes:
    given = {**cast("dict[str, object]", data), **pictures, "emblem": EMBLEM.read_text(encoding="utf-8")}
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
