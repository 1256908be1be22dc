"""Reads the table in a CSV or XLSX file as texts. Formulas are not evaluated, and markup is treated as text."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from home.file_check.archives import check_archive
from home.file_check.encodings import decode

SEPARATORS = (";", ",", "\t")
MAX_COLUMNS = 60
# Characters. More than the longest valid answer has, so that a text that is too long is refused instead of cut.
MAX_CELL = 2_500
# The most empty rows before or inside the table. A damaged workbook may have a million of them.
MAX_EMPTY_ROWS = 1000


def read_table(request: dict[str, Any]) -> dict[str, Any]:
    """Return the rows of the table as `{"rows": [[number, [text, ...]], ...]}`, or issues.

    `table["max_rows"]` of the request is the greatest number of rows; `table["encoding"]` may name an encoding. Empty rows
    are left out. Of a workbook, only the first sheet is read.
    """
    options = request["table"]
    if request["extension"] == "xlsx":
        found = check_archive(request)
        if found["issues"]:
            return found
        cells = _workbook_rows(request["path"])
    else:
        try:
            text = decode(Path(request["path"]).read_bytes(), options.get("encoding", ""))
        except (UnicodeDecodeError, LookupError):
            return {"issues": [{"code": "encoding"}]}
        try:
            cells = iter(list(_text_rows(text)))
        except csv.Error:
            return {"issues": [{"code": "damaged"}]}
    rows = list(islice(_filled(cells), options["max_rows"] + 2))
    # One more than `max_rows`, because the first row contains the headings.
    if len(rows) > options["max_rows"] + 1:
        return {"issues": [{"code": "too_many_rows", "count": options["max_rows"]}]}
    if len(rows) < 2:
        return {"issues": [{"code": "no_rows"}]}
    return {"rows": rows}


def _text_rows(text: str) -> Iterator[list[str]]:
    lines = io.StringIO(text, newline="")
    return csv.reader(lines, delimiter=separator_of(text))


def separator_of(text: str) -> str:
    """Return the separator of a CSV text: the one in a first line `sep=;`, else the most frequent in the first line."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    if first.lower().startswith("sep=") and first[4:5] in SEPARATORS:
        return first[4]
    return max(SEPARATORS, key=first.count)


def _workbook_rows(path: str) -> Iterator[Iterable[object]]:
    from openpyxl import load_workbook  # noqa: PLC0415  (memory: only for workbooks)

    # Read the file into memory, because openpyxl refuses file names without an extension.
    content = io.BytesIO(Path(path).read_bytes())
    # With `data_only`, cells have the values that the program stored beside its formulas, not the formulas.
    book = load_workbook(content, read_only=True, data_only=True, keep_links=False)
    sheet = book.worksheets[0]
    # Ignore the size that the workbook states: it may be wrong.
    sheet.reset_dimensions()
    return iter(sheet.iter_rows(values_only=True))


def _filled(rows: Iterator[Iterable[object]]) -> Iterator[tuple[int, list[str]]]:
    """Yield (number, texts) for each row that is not empty. Numbers begin at 1, as in a spreadsheet."""
    empty = 0
    for number, row in enumerate(rows, 1):
        cells = [_text(cell) for cell in islice(row, MAX_COLUMNS)]
        while cells and not cells[-1]:
            cells.pop()
        if cells and not (number == 1 and len(cells) < 3 and cells[0].lower().startswith("sep=")):
            empty = 0
            yield number, cells
        else:
            empty += 1
            if empty > MAX_EMPTY_ROWS:
                return


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, datetime.datetime):
        cell = cell.date().isoformat() if cell.time() == datetime.time() else cell.isoformat(" ")
    return " ".join(str(cell).replace("\0", "").split())[:MAX_CELL]
