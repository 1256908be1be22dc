"""Tables for spreadsheet programs, written row by row: nothing in them is taken for a formula, nothing is lost.

What people type is data. A cell that begins like a formula becomes text: in CSV by a single quote before it (OWASP,
CSV injection; ASVS 1.2.10), in XLSX by the type of the cell. So do texts that a program would read as a number and
shorten, such as telephone numbers.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import IO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "|", "＝", "＋", "－", "＠")
# Numbers that lose zeros or digits when a program takes them for numbers.
FRAGILE_NUMBER = re.compile(r"^(0\d|\d{12})[\d\s./-]*$")
# By it Excel knows UTF-8.
MARK = "\ufeff"
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Row = Sequence[object]


def harmless(cell: object) -> object:
    """Return a cell for CSV that no program takes for a formula or shortens; numbers and days stay what they are."""
    if not isinstance(cell, str):
        return cell
    is_dangerous = cell.startswith(FORMULA_STARTS) or cell.lstrip().startswith(FORMULA_STARTS)
    text = ILLEGAL_CHARACTERS_RE.sub("", cell)
    return f"'{text}" if is_dangerous or FRAGILE_NUMBER.match(text) else text


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, value: str) -> str:
        return value


def csv_lines(header: Row, rows: Iterable[Row]) -> Iterator[str]:
    """Yield the file line by line, beginning with the mark of UTF-8."""
    writer = csv.writer(_Echo())
    yield MARK
    yield writer.writerow([harmless(cell) for cell in header])
    for row in rows:
        yield writer.writerow([harmless(cell) for cell in row])


def write_xlsx(target: IO[bytes], title: str, header: Row, rows: Iterable[Row]) -> None:
    """Write a workbook of one sheet into `target`. Rows are on disk, not in memory, while it is made."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title=_sheet_name(title))
    sheet.freeze_panes = "A2"
    sheet.append([_text_cell(sheet, cell) for cell in header])
    for row in rows:
        sheet.append([_text_cell(sheet, cell) for cell in row])
    book.save(target)


def _sheet_name(title: str) -> str:
    return re.sub(r"[\[\]:*?/\\']", " ", title).strip()[:31] or "1"


def _text_cell(sheet: object, value: object) -> object:
    """Return a cell that says of itself that it is text: left alone, "=1" would become a formula."""
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", value)[:32767])
    cell.data_type = "s"
    return cell
