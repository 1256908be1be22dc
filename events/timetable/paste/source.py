"""The lines of a pasted text or of pasted HTML, with the cells of tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from home.pasted_html import COMMENT_MARK, HIDDEN

# A timetable has fewer rows and columns. A cell may state that it spans thousands of them.
MAX_SPAN = 50
MAX_COLUMNS = 30
# A longer line is read in parts, because the time of some patterns grows with the square of the length.
MAX_LINE = 5000
_PIPES = re.compile(r"^\s*\||\|.*\||^\s*[•·*▪–—-]?\s*\d{1,2}[.:]\d\d[^|]*\|")
_HAS_CONTENT = re.compile(r"[^\W_]")
_BLOCKS = frozenset(
    {
        "address",
        "article",
        "aside",
        "blockquote",
        "br",
        "caption",
        "dd",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "footer",
    }
    | {
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
    }
    | {"tbody", "td", "tfoot", "th", "thead", "tr", "ul"}
)
_WITHOUT_TEXT = frozenset(
    {"head", "script", "style", "template", "noscript", "title", "textarea", "select", "svg", "math", "del"}
)


@dataclass
class Line:
    """A line of text, which has one cell, or a row of a table with its cells."""

    cells: list[str]
    after_blank: bool = False
    # Whether the line is a row of a table. Any other line has one cell.
    is_row: bool = False
    # Indexes of cells that are repeated from a row above, because they span several rows.
    repeated: frozenset[int] = field(default_factory=frozenset)
    # The number of columns that each cell spans.
    spans: list[int] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " | ".join(" ".join(cell.split()) for cell in self.cells if cell)


def lines_of_text(text: str) -> list[Line]:
    """Return the lines that are not empty. Tabs and vertical bars separate their cells."""
    found = []
    after_blank = False
    for raw in _parts(text.splitlines()):
        if not _HAS_CONTENT.search(raw):
            # Lines of dashes and separator lines of a Markdown table count as empty lines, too.
            after_blank = after_blank or not raw.strip()
            continue
        cells = _cells(raw)
        found.append(Line(cells or [" ".join(raw.split())], after_blank, is_row=bool(cells)))
        after_blank = False
    return found


def _parts(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        for start in range(0, max(len(line), 1), MAX_LINE):
            yield line[start : start + MAX_LINE]


def _cells(raw: str) -> list[str]:
    """Return the cells of a line; an empty list if the line is plain text."""
    if "\t" in raw.strip():
        cells = raw.split("\t")
    elif _PIPES.search(raw.strip()):
        cells = raw.strip().removeprefix("|").removesuffix("|").split("|")
    else:
        return []
    cells = [" ".join(cell.split()).strip("•·*▪ ") for cell in cells]
    return cells[:MAX_COLUMNS] + ([" ".join(cells[MAX_COLUMNS:])] if len(cells) > MAX_COLUMNS else [])


def lines_of_html(html: str) -> list[Line]:
    """Return the lines of a document with a table; an empty list if it has no table.

    The result is plain text, without markup, attributes and hidden content.
    """
    parser = etree.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, huge_tree=False)
    try:
        root = etree.fromstring(html, parser)
    except (etree.XMLSyntaxError, ValueError):
        return []
    if root is None or root.find(".//table") is None:
        return []
    _remove_hidden(root)
    return list(_lines_below(root))


def _remove_hidden(root) -> None:
    """Remove hidden elements, and comments and bullets from Word. The text after an element stays."""
    for element in list(root.iter(etree.Element)):
        is_comment = COMMENT_MARK in (element.get("class") or "").split()
        if element is not root and (is_comment or HIDDEN.search(element.get("style") or "")):
            element.text = ""
            del element[:]


def _lines_below(root) -> Iterator[Line]:
    """Yield the lines of an element. A table that contains other tables is only for layout, and is read as text."""
    text: list[str] = []
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            text.append(node)
            continue
        if node.tag in _WITHOUT_TEXT or not isinstance(node.tag, str):
            continue
        if node.tag == "table" and node.find(".//table") is None:
            yield from _plain_lines(text)
            text = []
            for caption in node.iterfind(".//caption"):
                yield from _plain_lines([_text(caption)])
            yield from _rows(node)
            continue
        parts: list = ["\n"] if node.tag in _BLOCKS else []
        parts.append(node.text or "")
        for child in node:
            parts += [child, child.tail or ""]
        if node.tag in _BLOCKS:
            parts.append("\n")
        waiting += reversed(parts)
    yield from _plain_lines(text)


def _plain_lines(parts: list[str]) -> Iterator[Line]:
    for raw in _parts("".join(parts).split("\n")):
        line = " ".join(raw.split())
        if _HAS_CONTENT.search(line):
            yield Line([line])


def _rows(table) -> Iterator[Line]:
    """Yield the rows of a table. A cell that spans several rows is in each of them, marked as repeated."""
    open_cells: dict[int, tuple[int, str]] = {}
    for row in table.iter("tr"):
        line = Line([], is_row=True)
        following: dict[int, tuple[int, str]] = {}
        repeated: set[int] = set()
        for cell in [*row, None]:
            while len(line.cells) in open_cells:
                _repeat(line, open_cells, following, repeated)
            if cell is None or cell.tag not in {"td", "th"} or len(line.cells) >= MAX_COLUMNS:
                continue
            text, columns, rows = _text(cell), _span(cell, "colspan"), _span(cell, "rowspan")
            for offset in range(columns):
                if rows > 1:
                    following[len(line.cells)] = (rows - 1, "" if offset else text)
                line.cells.append("" if offset else text)
                line.spans.append(0 if offset else columns)
        open_cells = following
        line.repeated = frozenset(repeated)
        if any(_HAS_CONTENT.search(cell) for cell in line.cells):
            yield line


def _repeat(line: Line, open_cells, following, repeated: set[int]) -> None:
    """Add the cell of an earlier row that reaches into this column."""
    column = len(line.cells)
    left, text = open_cells.pop(column)
    if left > 1:
        following[column] = (left - 1, text)
    repeated.add(column)
    line.cells.append(text)
    line.spans.append(1)


def _span(cell, name: str) -> int:
    value = cell.get(name) or "1"
    return min(max(int(value), 1), MAX_SPAN) if re.fullmatch(r"[0-9]{1,4}", value) else 1


def _text(cell) -> str:
    """Return the text of a cell with a line break between its paragraphs."""
    parts: list[str] = []
    for event, node in etree.iterwalk(cell, events=("start", "end")):
        if node.tag in _BLOCKS and node is not cell:
            parts.append("\n")
        text = node.text if event == "start" else node.tail
        is_outside = node is cell if event == "end" else node.tag in _WITHOUT_TEXT
        parts.append("" if is_outside else (text or "").replace("\n", " "))
    lines = (" ".join(line.split()).strip("•·*▪ ") for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)
