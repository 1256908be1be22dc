"""Writes CSV and XLSX files row by row, and prevents data from being read as formulas.

A text that looks like a formula stays a text: in CSV with a single quote before it (OWASP, CSV injection; ASVS 1.2.10), in
XLSX by the type of the cell. The same applies to texts that a program would read as a number and shorten, such as phone
numbers. In CSV it also applies to what comes after a semicolon or a line break, where a program may begin a new cell: in
Finnish, Estonian and Greek, spreadsheets separate cells by semicolons and then do not recognise quotes around them.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import IO

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "|", "＝", "＋", "－", "＠")
# Semicolons, spaces and quotes before what looks like a formula: programs may begin a new cell there.
NEW_CELL = re.compile(r"(?<![;\s'\"])[;\s'\"]++(?=[=+\-@|＝＋－＠])")
CELL_ENDS = frozenset(";\t\r\n")
# Digits that lose zeros or precision if a program reads them as a number.
FRAGILE_NUMBER = re.compile(r"^(0\d|\d{12})[\d\s./-]*$")
# Characters that XML 1.0 does not allow: programs refuse a workbook that holds one.
NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# The byte order mark. Excel recognises UTF-8 by it.
BOM = "\ufeff"
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Row = Sequence[object]


def escape_cell(cell: object) -> object:
    """Return the value of a CSV cell, escaped if a program would read the text as a formula or number."""
    if not isinstance(cell, str):
        return cell
    is_dangerous = cell.startswith(FORMULA_STARTS) or cell.lstrip().startswith(FORMULA_STARTS)
    text = NEW_CELL.sub(_quoted, NOT_IN_XML.sub("", cell))
    return f"'{text}" if is_dangerous or FRAGILE_NUMBER.match(text) else text


def _quoted(found: re.Match[str]) -> str:
    return found[0] if CELL_ENDS.isdisjoint(found[0]) else f"{found[0]}'"


class _Echo:
    """A file object whose `write` returns the text, for `csv.writer`."""

    def write(self, value: str) -> str:
        return value


def csv_lines(header: Row, rows: Iterable[Row]) -> Iterator[str]:
    """Yield the lines of a CSV file, beginning with the byte order mark."""
    writer = csv.writer(_Echo())
    yield BOM
    yield writer.writerow([escape_cell(cell) for cell in header])
    for row in rows:
        yield writer.writerow([escape_cell(cell) for cell in row])


def write_xlsx(target: IO[bytes], title: str, header: Row, rows: Iterable[Row]) -> None:
    """Write a workbook with one sheet to `target`. Rows are buffered on disk, not in memory."""
    write_workbook(target, [(title, header, rows)])


def write_workbook(target: IO[bytes], sheets: Iterable[tuple[str, Row, Iterable[Row]]]) -> None:
    """Write a workbook with a sheet for each (title, header, rows). Rows are buffered on disk, not in memory.

    The first 31 characters of the titles must differ.
    """
    from openpyxl import Workbook  # noqa: PLC0415  (memory: only for workbooks)

    book = Workbook(write_only=True)
    for title, header, rows in sheets:
        sheet = book.create_sheet(title=_sheet_name(title))
        sheet.freeze_panes = "A2"
        sheet.append([_text_cell(sheet, cell) for cell in header])
        for row in rows:
            sheet.append([_text_cell(sheet, cell) for cell in row])
    book.save(target)


def _sheet_name(title: str) -> str:
    return re.sub(r"[\[\]:*?/\\']", " ", title).strip()[:31] or "1"


def _text_cell(sheet: object, value: object) -> object:
    """Return a text as a cell of type text: otherwise "=1" would become a formula, and "#N/A" an error."""
    if not isinstance(value, str):
        return value
    text = NOT_IN_XML.sub("", value)[:32767]
    if not text.startswith(("=", "#")):
        # openpyxl writes this as text anyway. A cell object for each of many cells would double the time.
        return text
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415  (memory: only for workbooks)

    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    return cell
