"""Extracts the text of a PDF, and renders pictures of its first page."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

MAX_PAGES = 1000
# The number of pages that are read. A statement is on the first or last page of a fact sheet or report.
PAGES_TO_READ = 60
LETTERS_TO_READ = 400_000
# The greatest height of the picture, as a multiple of its width.
TALLEST = 2

Issue = dict[str, Any]


def letters_of(text: str) -> str:
    """Return only the letters and digits, so that a statement is found despite line ends, hyphens and spaces."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    return "".join(character for character in folded if character.isalnum())


def read_pages(path: Path, fact_sheet: dict[str, Any]) -> tuple[int, str, list[dict[str, Any]]]:
    import pypdfium2  # noqa: PLC0415  (after the limits are set)

    document = pypdfium2.PdfDocument(path)
    pages = len(document)
    if pages == 0:
        raise ValueError("no pages")
    if pages > MAX_PAGES:
        return pages, "", []
    covers = render_covers(document[0], Path(fact_sheet["folder"]), fact_sheet["covers"])
    texts, length = [], 0
    for number in range(min(pages, PAGES_TO_READ)):
        page = document[number]
        texts.append(page.get_textpage().get_text_bounded())
        length += len(texts[-1])
        page.close()
        if length > LETTERS_TO_READ:
            break
    return pages, " ".join(texts), covers


def render_covers(page: Any, folder: Path, wanted: list[tuple[int, int]]) -> list[dict[str, Any]]:
    """Render the page once at the largest width and scale it down to the other widths.

    `wanted` has the width in pixels and the WebP quality of each picture.
    """
    from PIL import Image  # noqa: PLC0415  (after the limits are set)

    width, height = page.get_size()
    if not (0 < width < 100_000 and 0 < height < 100_000):
        raise ValueError("no size")
    widest = max(target for target, _quality in wanted)
    scale = widest / width
    if height * scale > widest * TALLEST:
        scale = widest * TALLEST / height
    picture = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
    page.close()
    covers = []
    for target, quality in sorted(wanted):
        size = (target, max(1, round(picture.height * target / picture.width)))
        smaller = picture.resize(size, Image.Resampling.LANCZOS)
        name = f"{target}.webp"
        smaller.save(folder / name, "WEBP", quality=quality, method=6)
        covers.append({"file": name, "width": size[0], "height": size[1]})
    return covers


def statement_issues(text: str, fact_sheet: dict[str, Any]) -> list[Issue]:
    statements: dict[str, str] = fact_sheet["statements"]
    letters = letters_of(text)
    if len(letters) < 20:
        return [{"code": "no_text"}]
    if not statements:
        return []
    wanted = statements.get(fact_sheet["language"]) or next(iter(statements.values()))
    if letters_of(wanted) in letters:
        return []
    elsewhere = any(letters_of(statement) in letters for statement in statements.values())
    return [{"code": "other_statement" if elsewhere else "no_statement", "statement": wanted}]
