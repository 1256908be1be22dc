"""What editors paste from Word, LibreOffice or Google Docs, as the blocks of a page: headings, texts with lists, tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from html import escape

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PreformattedString

from home.html_sanitizer import is_safe_address

HEADING_LENGTH = 120
MOST_COLUMNS = 8
# The deepest level of nested elements that is read. Reading is recursive, and each level reads all its content again.
DEEPEST = 100
# The deepest level of a list that an attribute may state: Word has nine.
DEEPEST_LIST = 9
# Elements that start a new line.
BLOCKS = {"p", "div", "ul", "ol", "li", "table", "section", "article", "blockquote", "center", "body", "dl", "dt", "dd"}
BLOCKS |= {"pre", *(f"h{level}" for level in range(1, 7))}
# Elements whose text is only in their items or cells.
WITHOUT_OWN_TEXT = {"ul", "ol", "table", "thead", "tbody", "tfoot", "tr"}
# Elements whose content is not text of the document.
REMOVED = ("head", "style", "script", "xml", "meta", "link", "title", "img", "object", "iframe", "svg", "del")
IMAGES = re.compile(r"^(img|v:imagedata)$")
# In Word, the style of a paragraph marks it as a list item. Its bullet or number is in a span with `mso-list: ignore`.
LIST_LEVEL = re.compile(r"mso-list:\s*l\d+\s+level(?P<level>\d)", re.IGNORECASE)
HIDDEN = re.compile(r"mso-list:\s*ignore|display:\s*none|mso-hide:\s*all|mso-element:\s*comment", re.IGNORECASE)
OUTLINE = re.compile(r"mso-outline-level:\s*(?P<level>\d)", re.IGNORECASE)
# `[^\W\d_]` is a letter of any alphabet.
NUMBER = re.compile(r"^\(?(\d+|[^\W\d_]|[ivx]+)[.)]", re.IGNORECASE)
# A further paragraph of the item before has the style of the list, but no bullet.
CONTINUED = re.compile(r"\bMsoListParagraphCxSp(Middle|Last)\b")
# Word's mark of a comment in the text.
COMMENT_MARK = "msocomanchor"
BOLD = re.compile(r"(?<![\w-])font-weight:\s*(bold|[6-9]00)", re.IGNORECASE)
NOT_BOLD = re.compile(r"(?<![\w-])font-weight:\s*(normal|400)", re.IGNORECASE)
ITALIC = re.compile(r"font-style:\s*italic", re.IGNORECASE)
RAISED = re.compile(r"(?<![\w-])vertical-align:\s*(?P<name>super|sub)\b", re.IGNORECASE)
# Each row of spaces and line breaks is read once, from its beginning.
SPACE_AROUND = re.compile(r"^(?:\s|<br/>)++|(?<!\s)(?<!<br/>)(?:\s|<br/>)++$")
INLINE = {"b": "b", "strong": "b", "i": "i", "em": "i", "sup": "sup", "sub": "sub"}


@dataclass(frozen=True)
class Heading:
    text: str
    level: int


@dataclass(frozen=True)
class Text:
    """A paragraph as the HTML of rich text. If `continues` is set, it belongs to the list item before it."""

    html: str
    continues: bool = False


@dataclass(frozen=True)
class Item:
    """An item of a list, `level` counted from 1."""

    html: str
    level: int
    is_numbered: bool


@dataclass(frozen=True)
class Table:
    """A table with cells as plain text. The first row contains the column headings."""

    rows: list[list[str]]


Part = Heading | Text | Item | Table


@dataclass
class Pasted:
    parts: list[Part] = field(default_factory=list)
    has_images: bool = False

    def blocks(self) -> list[tuple[str, object]]:
        """Return (type, value) for blocks of `home.blocks.BodyBlock`. Tables still need a caption."""
        levels = sorted({part.level for part in self.parts if isinstance(part, Heading)})
        found: list[tuple[str, object]] = []
        for is_text, parts in _grouped(self.parts):
            if is_text:
                found.append(("text", _rich_text(parts)))
                continue
            for part in parts:
                if isinstance(part, Heading):
                    found.append(("heading", {"text": part.text, "level": "h2" if part.level == levels[0] else "h3"}))
                elif isinstance(part, Table):
                    first, *rows = part.rows
                    cells = [{"cells": row} for row in rows]
                    found.append(("table", {"caption": "", "columns": first, "rows": cells}))
        return found

    def rich_text(self) -> str:
        """Return all parts as one rich text: headings become bold, rows of tables become paragraphs."""
        return _rich_text(text for part in self.parts for text in _as_text(part))

    @property
    def has_tables(self) -> bool:
        return any(isinstance(part, Table) for part in self.parts)

    @property
    def has_structure(self) -> bool:
        """Whether there are parts other than paragraphs."""
        return any(not isinstance(part, Text) for part in self.parts)


def read(html: str) -> Pasted:
    """Return the content of the HTML of a clipboard, without the styles and bullets of the program that wrote it."""
    # The parser would search for the end of an unfinished tag in all that follows, again for each "<".
    end = html.rfind(">") + 1
    document = BeautifulSoup(html[:end] + html[end:].replace("<", "&lt;"), "html.parser")
    _flatten(document)
    # Google Docs draws the checkboxes of a checklist as pictures.
    images = [image for image in document.find_all(IMAGES) if image.get("aria-roledescription") != "checkbox"]
    pasted = Pasted(has_images=bool(images))
    numbered = {id(element): _is_numbered(element) for element in document.find_all("p")}
    for node in document.find_all(string=lambda text: isinstance(text, PreformattedString)):
        node.extract()
    for element in [*document.find_all([*REMOVED, re.compile("^v:")]), *document.find_all(class_=COMMENT_MARK)]:
        element.decompose()
    for element in document.find_all(style=HIDDEN):
        if not element.decomposed:
            element.decompose()
    pasted.parts = list(_joined(part for part in _parts(document, numbered) if _is_filled(part)))
    return pasted


def _flatten(document: BeautifulSoup) -> None:
    """Replace the elements at the deepest level by their text. No program nests elements so deeply."""
    depths = {id(document): 0}
    for element in list(document.find_all(True)):  # noqa: FBT003  (the library's signature)
        depth = depths.get(id(element.parent), DEEPEST) + 1
        depths[id(element)] = depth
        if depth == DEEPEST:
            # A list or table needs its items or cells, so the whole list or table is replaced.
            whole = element
            while whole.parent is not None and whole.parent.name in WITHOUT_OWN_TEXT:
                whole = whole.parent
            if whole.parent is not None:
                whole.replace_with(whole.get_text(" "))


def _joined(parts: Iterable[Part]) -> Iterator[Part]:
    """Yield the parts. Further paragraphs of a list item are added to that item, as the editor stores them."""
    last: Part | None = None
    for part in parts:
        if isinstance(part, Text) and part.continues and isinstance(last, Item):
            last = replace(last, html=f"{last.html}<br/>{part.html}")
            continue
        if last is not None:
            yield last
        last = part
    if last is not None:
        yield last


def _is_numbered(paragraph: Tag) -> bool:
    """Return whether a paragraph of a list in Word begins with a number."""
    bullet = paragraph.find(style=re.compile(r"mso-list:\s*ignore", re.IGNORECASE))
    return isinstance(bullet, Tag) and bool(NUMBER.match(bullet.get_text(strip=True)))


def _is_filled(part: Part) -> bool:
    if isinstance(part, Table):
        return any(cell for row in part.rows for cell in row)
    text = part.text if isinstance(part, Heading) else re.sub(r"<[^>]*>", "", part.html)
    return bool(text.replace("\xa0", " ").strip())


# Reading


def _parts(element: Tag, numbered: dict[int, bool]) -> Iterator[Part]:
    """Yield the parts of an element that contains block elements, in order."""
    line = ""
    for child in element.children:
        if isinstance(child, Tag) and (child.name in BLOCKS or child.find(list(BLOCKS))):
            yield Text(line.strip())
            line = ""
            yield from _block(child, numbered)
        else:
            line += _inline(child)
    yield Text(line.strip())


def _block(element: Tag, numbered: dict[int, bool]) -> Iterator[Part]:
    level = _heading_level(element)
    if element.name in {"ul", "ol"}:
        yield from _items(element, 1)
    elif element.name == "table":
        yield from _table(element, numbered)
    elif element.find(list(BLOCKS)):
        yield from _parts(element, numbered)
    elif level:
        text = _plain(element)
        yield Heading(text, level) if len(text) <= HEADING_LENGTH else Text(f"<b>{escape(text)}</b>")
    elif found := LIST_LEVEL.search(_style(element)):
        yield Item(_content(element), int(found["level"]), numbered.get(id(element), False))
    else:
        yield Text(_content(element), continues=bool(CONTINUED.search(_classes(element))))


def _classes(element: Tag) -> str:
    return " ".join(map(str, element.get_attribute_list("class")))


def _heading_level(element: Tag) -> int:
    """Return the level of a heading (from 1), or 0 for other elements."""
    if found := re.fullmatch(r"h([1-6])", element.name):
        return int(found[1])
    classes = _classes(element)
    if re.search(r"\bMsoTitle", classes):
        return 1
    if found := re.search(r"\bMsoHeading(\d)", classes):
        return int(found[1])
    if element.get("role") == "heading":
        return _number(element.get("aria-level"), 2)
    return int(found["level"]) if (found := OUTLINE.search(_style(element))) else 0


def _number(value: object, default: int) -> int:
    return int(str(value)) if re.fullmatch(r"[0-9]{1,4}", str(value)) else default


def _items(element: Tag, level: int) -> Iterator[Item]:
    """Yield the items of a list and of nested lists. Google Docs and Word online write each level as its own list."""
    for child in element.find_all(["li", "ul", "ol"], recursive=False):
        if child.name != "li":
            yield from _items(child, level + 1)
            continue
        nested = [found.extract() for found in child.find_all(["ul", "ol"]) if found.find_parent("li") is child]
        own = min(_number(child.get("aria-level") or child.get("data-aria-level"), level), DEEPEST_LIST)
        yield Item(_content(child), max(level, own), element.name == "ol")
        for found in nested:
            yield from _items(found, level + 1)


def _table(element: Tag, numbered: dict[int, bool]) -> Iterator[Part]:
    """Yield a table; for a frame of one cell, its content; for a table with too many columns, its rows as texts."""
    rows = [row for row in element.find_all("tr") if row.find_parent("table") is element]
    cells = [[cell for cell in row.find_all(["td", "th"]) if cell.find_parent("tr") is row] for row in rows]
    filled = _filled(cells)
    width = max((len(row) for row in filled), default=0)
    if width <= 1 and len(filled) <= 1:
        for row in cells:
            for cell in row:
                yield from _parts(cell, numbered)
    elif width > MOST_COLUMNS:
        yield from (Text(escape("; ".join(filter(None, row)))) for row in filled)
    else:
        yield Table([[*row, *[""] * (width - len(row))] for row in filled])


def _filled(rows: list[list[Tag]]) -> list[list[str]]:
    """Return the texts of the cells. Cells covered by a merged cell are empty."""
    covered: dict[tuple[int, int], str] = {}
    texts: list[list[str]] = []
    for number, row in enumerate(rows):
        line: list[str] = []
        for cell in row:
            while (number, len(line)) in covered:
                line.append("")
            across, down = (min(_number(cell.get(name), 1), 20) for name in ("colspan", "rowspan"))
            for lower in range(1, down):
                covered |= dict.fromkeys(((number + lower, len(line) + place) for place in range(across)), "")
            line += [_plain(cell), *[""] * (across - 1)]
        while (number, len(line)) in covered:
            line.append("")
        texts.append(line)
    # Word and Excel add an empty last row with the column widths to tables with merged cells.
    return [line for line in texts if any(line)]


def _plain(element: Tag) -> str:
    return " ".join(element.get_text(" " if element.find(["p", "br", "div", "li", "td"]) else "").split())


def _content(element: Tag) -> str:
    return SPACE_AROUND.sub("", "".join(map(_inline, element.children)))


def _inline(node: object) -> str:
    """Return a text or inline element as the HTML of rich text. Line breaks in the source become spaces."""
    if isinstance(node, NavigableString):
        return escape(re.sub(r"[\s\xa0]+", " ", node), quote=False)
    if not isinstance(node, Tag):
        return ""
    if node.name == "br":
        return "<br/>"
    inner = "".join(map(_inline, node.children))
    if node.name in BLOCKS:
        inner = f"{inner} "
    if not inner.strip():
        return inner
    for name in _formats(node):
        if not re.fullmatch(rf"<{name}>[^<]*</{name}>", inner):
            inner = f"<{name}>{inner}</{name}>"
    address = str(node.get("href") or "") if node.name == "a" else ""
    is_link = re.match(r"(https?|mailto|tel):", address, re.IGNORECASE) and is_safe_address(address)
    return f'<a href="{escape(address)}">{inner}</a>' if is_link else inner


def _formats(element: Tag) -> Iterator[str]:
    style = _style(element)
    if element.name in INLINE:
        # Google Docs puts everything into a `b` element whose style is not bold.
        if not (INLINE[element.name] == "b" and NOT_BOLD.search(style)):
            yield INLINE[element.name]
    elif element.name == "span":
        if BOLD.search(style):
            yield "b"
        if ITALIC.search(style):
            yield "i"
        if raised := RAISED.search(style):
            yield {"super": "sup", "sub": "sub"}[raised["name"].lower()]


def _style(element: Tag) -> str:
    return str(element.get("style") or "")


# Writing


def _grouped(parts: Iterable[Part]) -> Iterator[tuple[bool, list[Part]]]:
    """Yield (True, texts and list items) or (False, headings and tables) for successive parts of the same group."""
    group: list[Part] = []
    was_text = False
    for part in parts:
        is_text = isinstance(part, Text | Item)
        if group and is_text != was_text:
            yield was_text, group
            group = []
        group.append(part)
        was_text = is_text
    if group:
        yield was_text, group


def _as_text(part: Part) -> Iterator[Part]:
    if isinstance(part, Heading):
        yield Text(f"<b>{escape(part.text)}</b>")
    elif isinstance(part, Table):
        yield from (Text(escape("; ".join(filter(None, row)))) for row in part.rows)
    else:
        yield part


def _rich_text(parts: Iterable[Part]) -> str:
    html = ""
    items: list[Item] = []
    for part in parts:
        if isinstance(part, Item):
            if items and part.level == items[0].level and part.is_numbered != items[0].is_numbered:
                html += _list(items)
                items = []
            items.append(part)
            continue
        html += _list(items)
        items = []
        if isinstance(part, Text):
            html += f"<p>{part.html}</p>"
    return html + _list(items)


def _list(items: list[Item]) -> str:
    """Return the HTML of items as one list. Deeper items form a list inside the item before them."""
    if not items:
        return ""
    name = "ol" if items[0].is_numbered else "ul"
    base = items[0].level
    html = ""
    position = 0
    while position < len(items):
        end = position + 1
        while end < len(items) and items[end].level > base:
            end += 1
        html += f"<li>{items[position].html}{_list(items[position + 1 : end])}</li>"
        position = end
    return f"<{name}>{html}</{name}>"
