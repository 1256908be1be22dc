"""QR codes as pictures."""

from __future__ import annotations

from io import BytesIO

import segno

# The quiet zone that ISO/IEC 18004 requires, in modules.
BORDER = 4


def svg(text: str) -> str:
    """Return an SVG element without a size, black on white, for use in HTML or in a PDF."""
    # "omitsize" sets a viewBox instead of a size, so that the style sheet or the PDF sets the size.
    return _made(text).svg_inline(border=BORDER, omitsize=True, dark="#000", light="#fff")


def svg_file(text: str) -> str:
    """Return an SVG file with a size and the namespace, which other programs need."""
    target = BytesIO()
    _made(text).save(target, kind="svg", border=BORDER, dark="#000", light="#fff", xmldecl=False)
    return target.getvalue().decode()


def png(text: str, scale: int = 8) -> bytes:
    """Return a PNG file with `scale` pixels for each module."""
    target = BytesIO()
    _made(text).save(target, kind="png", border=BORDER, scale=scale)
    return target.getvalue()


def _made(text: str) -> segno.QRCode:
    return segno.make_qr(text, error="m")
