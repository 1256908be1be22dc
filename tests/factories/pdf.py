"""The text of PDF files."""

import pypdfium2


def text_of(pdf: bytes) -> str:
    """Return the words of all pages, with one space between them."""
    with pypdfium2.PdfDocument(pdf) as document:
        return " ".join(" ".join(page.get_textpage().get_text_bounded() for page in document).split())
