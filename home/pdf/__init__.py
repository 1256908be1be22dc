"""Creates accessible PDFs from typst templates.

A template gets its data as JSON and imports the shared page design (`paper.typ`). Values in the data are treated as text,
never as markup. Typst reads no file outside this folder, uses no network, and has only the fonts in `fonts/`: Commissioner
and Ubuntu for the design, Noto for other scripts. A PDF can be created from any text (decision 0080).
"""

from __future__ import annotations

import datetime
import json
import logging
from collections.abc import Iterator, Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, cast

from home.pdf.characters import in_all_texts, latin, printable

# Functions import the libraries that they need: most processes of the site never create a PDF, and would use 15 MB more
# memory each.
if TYPE_CHECKING:
    import pikepdf
    import typst

logger = logging.getLogger(__name__)

FOLDER = Path(__file__).parent
EMBLEM = FOLDER.parent / "templates" / "home" / "emblem.svg"
# PDF/UA-1. With this standard, typst refuses to create a file without tags, title and language.
STANDARD: Final = "ua-1"


@cache
def _fonts() -> typst.Fonts:
    import typst  # noqa: PLC0415  (memory)

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FOLDER / "fonts")])


def typeset(
    template: Path,
    data: dict[str, object],
    *,
    made_at: datetime.datetime | None = None,
    pictures: Mapping[str, str] | None = None,
) -> bytes:
    """Return the PDF made from `template` and `data`. With `made_at`, equal arguments give equal bytes.

    The template reads `data` with `json(bytes(sys.inputs.data))`. `pictures` are SVG texts; the template finds them in its
    data under their keys. Characters that no font has are shown as □. If typst still refuses a text, all texts are set in
    Latin letters. Raises typst.TypstError if the document has no title, no language or a picture without an alternative
    text.
    """
    import typst  # noqa: PLC0415  (memory)

    try:
        return _compile(template, in_all_texts(data, printable), pictures or {}, made_at)
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise
        logger.warning("%s: typst refuses a text, so all texts are set in Latin letters", template.name)
        return _compile(template, in_all_texts(data, latin), pictures or {}, made_at)


def picture(
    template: Path, data: dict[str, object], *, pixels_per_inch: int = 144, as_format: Literal["png", "svg"] = "png"
) -> bytes:
    """Return the page of a template as a picture. The template reads `data` in the same way as for a PDF.

    An SVG picture contains its letters as shapes, so it needs no font.
    """
    import typst  # noqa: PLC0415  (memory)

    given = {**cast("dict[str, object]", in_all_texts(data, printable)), "emblem": ""}
    # The stubs require the same type for template and root.
    return typst.compile(  # type: ignore[type-var]
        template.read_bytes(),
        root=str(FOLDER),
        font_paths=_fonts(),
        sys_inputs={"data": json.dumps(given)},
        format=as_format,
        ppi=pixels_per_inch,
    )


def _compile(template: Path, data: object, pictures: Mapping[str, str], made_at: datetime.datetime | None) -> bytes:
    import typst  # noqa: PLC0415  (memory)

    given = {**cast("dict[str, object]", data), **pictures, "emblem": EMBLEM.read_text(encoding="utf-8")}
    # The stubs require the same type for template and root.
    found = typst.compile(  # type: ignore[call-overload]
        template.read_bytes(),
        root=str(FOLDER),
        font_paths=_fonts(),
        sys_inputs={"data": json.dumps(given)},
        format="pdf",
        pdf_standards=STANDARD,
        timestamp=made_at,
    )
    return with_row_headers(found)


def with_row_headers(pdf: bytes) -> bytes:
    """Return the PDF with the first cell of each table row marked as the header of its row.

    Typst marks only the cells of a table's head as headers; `pdf.header-cell` is not in its Python package.
    """
    import pikepdf  # noqa: PLC0415  (memory)

    target = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as document:
        rows = [node for node in _structure(document) if node.get("/S") == "/TR"]
        for row in rows:
            cells = _children(row)
            if cells and cells[0].get("/S") == "/TD":
                cells[0].S = pikepdf.Name.TH
                cells[0].A = pikepdf.Dictionary(O=pikepdf.Name.Table, Scope=pikepdf.Name.Row)
        document.save(target, deterministic_id=True)
    return target.getvalue()


def _structure(document: pikepdf.Pdf) -> Iterator[pikepdf.Dictionary]:
    """Yield the elements of the structure tree."""
    waiting = _children(document.Root.StructTreeRoot)
    while waiting:
        node = waiting.pop()
        yield node
        waiting += _children(node)


def _children(node: pikepdf.Dictionary) -> list[pikepdf.Dictionary]:
    import pikepdf  # noqa: PLC0415  (memory)

    found = node.get("/K")
    kids = list(found) if isinstance(found, pikepdf.Array) else [found]
    return [kid for kid in kids if isinstance(kid, pikepdf.Dictionary) and "/S" in kid]


def with_licence(pdf: bytes, url: str) -> bytes:
    """Return the PDF with the address of its licence in the XMP metadata (`xmpRights`, `cc`)."""
    import pikepdf  # noqa: PLC0415  (memory)

    target = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as document:
        with document.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
            metadata.register_xml_namespace("http://creativecommons.org/ns#", "cc")
            metadata["xmpRights:Marked"] = "True"
            metadata["xmpRights:WebStatement"] = url
            metadata["{http://creativecommons.org/ns#}license"] = url
        document.save(target, deterministic_id=True)
    return target.getvalue()
