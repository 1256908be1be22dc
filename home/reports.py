"""Reports as tables: a screen, a tagged PDF, a workbook and CSV are made from the same data."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import IO

from django.utils import timezone
from django.utils.formats import date_format, localize
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from home import spreadsheets
from home.bar_charts import bar_chart
from home.layout import Layout
from home.pdf import typeset
from home.pdf.characters import breakable, printable

TEMPLATE = Path(__file__).parent / "pdf" / "report.typ"
# The width of a column in a PDF grows with its longest text, between these numbers of letters.
NARROWEST, WIDEST = 6, 36
# With a column to sign there is less room: names and organisations get the same.
WIDEST_IF_SIGNED = 20
# Rows of a table. Files have all rows.
MOST_ON_SCREEN = 200
# Where a line of a PDF may end: at spaces, at the places of `breakable` and after hyphens. Dates have spaces at which it
# may not.
WORD_ENDS = re.compile(r"[ \t\n\u200b]+|(?<=-)")


@dataclass(frozen=True)
class Table:
    """A table with one heading for each column. Cells are texts, numbers or dates.

    With `charted`, a chart shows the numbers of this column for the labels of the first. `empty` stands in place of rows.
    With `signed`, the last column is empty, for people to sign: in a PDF it is wide, and the rows are high.
    """

    title: str
    columns: list[str]
    rows: Sequence[Sequence[object]]
    note: str = ""
    empty: str = ""
    charted: int | None = None
    signed: bool = False

    @cached_property
    def bars(self) -> list[tuple[str, int]]:
        """The labels and numbers of the chart; empty without one."""
        if self.charted is None:
            return []
        return [(str(row[0]), int(str(row[self.charted]))) for row in self.rows]

    @cached_property
    def chart(self) -> SafeString | str:
        return bar_chart(self.title, self.bars) if self.bars else ""

    def shown_rows(self) -> Iterator[list[str]]:
        """Yield the rows as texts in the active language."""
        for row in self.rows:
            yield [shown(cell) for cell in row]

    def rows_on_screen(self) -> Iterator[list[str]]:
        """Yield the first rows as texts: a screen with thousands is slow, and nobody reads it."""
        return islice(self.shown_rows(), MOST_ON_SCREEN)

    @property
    def rows_left_out(self) -> int:
        return max(0, len(self.rows) - MOST_ON_SCREEN)


@dataclass(frozen=True)
class Section:
    title: str
    tables: list[Table]
    text: str = ""


@dataclass(frozen=True)
class Report:
    title: str
    # What the report is about, such as its period.
    summary: list[str]
    sections: list[Section]
    made_at: datetime.datetime
    # Pages are wide for tables with many columns.
    is_wide: bool = False
    # Below the tables: what is not in the report.
    remarks: list[str] = field(default_factory=list)

    @property
    def tables(self) -> list[Table]:
        return [table for section in self.sections for table in section.tables]


def shown(cell: object) -> str:
    """Return a cell as text in the active language."""
    if isinstance(cell, datetime.date):
        return date_format(cell, "SHORT_DATE_FORMAT")
    if isinstance(cell, bool) or not isinstance(cell, int | float | Decimal):
        return str(cell)
    return str(localize(cell))


def write_xlsx(report: Report, target: IO[bytes]) -> None:
    """Write a workbook with a sheet for each table. Numbers and dates stay numbers and dates."""
    sheets = [(f"{number} {table.title}", table.columns, table.rows) for number, table in enumerate(report.tables, 1)]
    about = [[line] for line in [*report.summary, _made(report), *report.remarks]]
    spreadsheets.write_workbook(target, [(_("About this report"), [report.title], about), *sheets])


def pdf(report: Report, layout: Layout) -> bytes:
    """Return the report as a tagged PDF in the active language."""
    pictures: dict[str, str] = {}
    sections = [
        {
            "title": section.title,
            "text": section.text,
            "tables": [_table_data(table, pictures) for table in section.tables],
        }
        for section in report.sections
    ]
    data: dict[str, object] = {
        "title": report.title,
        "language": get_language() or "en",
        "author": layout.site_name,
        "summary": report.summary,
        "sections": sections,
        "remarks": [*report.remarks, _made(report)],
        "wide": report.is_wide,
        "statement": layout.texts.funding_statement if layout.texts else "",
        "disclaimer": layout.texts.disclaimer if layout.texts else "",
        "labels": {"report": _("Report"), "page": _("Page {number} of {total}")},
    }
    return typeset(TEMPLATE, data, made_at=report.made_at.replace(microsecond=0), pictures=pictures)


def _made(report: Report) -> str:
    return _("As of %(moment)s.") % {"moment": date_format(timezone.localtime(report.made_at), "DATETIME_FORMAT")}


def _table_data(table: Table, pictures: dict[str, str]) -> dict[str, object]:
    rows = list(table.shown_rows())
    chart = ""
    if any(number for _label, number in table.bars):
        chart = f"chart-{len(pictures)}"
        pictures[chart] = bar_chart(table.title, [(printable(label), number) for label, number in table.bars])
    # Headings of a list to sign may take several lines.
    texts = rows if table.signed else [table.columns, *rows]
    lengths = [max((len(row[place]) for row in texts), default=0) for place in range(len(table.columns))]
    columns = [breakable(column) for column in table.columns]
    cells = [[breakable(cell) for cell in row] for row in rows]
    # The column for signatures has a width of its own.
    sized, widest = (slice(-1), WIDEST_IF_SIGNED) if table.signed else (slice(None), WIDEST)
    longest_words = [_longest_word(texts) for texts in zip(columns, *cells, strict=True)]
    return {
        "title": table.title,
        "columns": columns,
        "signed": table.signed,
        "widths": [min(max(length, NARROWEST), widest) for length in lengths][sized],
        # No column is narrower than its longest words.
        "longest_words": longest_words[sized],
        "rows": cells,
        "note": table.note,
        "empty": table.empty,
        "chart": chart,
        "alternative": "; ".join(f"{label}: {number}" for label, number in table.bars),
    }


def _longest_word(texts: Iterable[str]) -> list[str]:
    """Return the longest words of the heading and of the cells of a column, where a line cannot be broken."""
    heading, *cells = texts
    return [
        max(words, key=len) for words in (_words(heading), [word for cell in cells for word in _words(cell)]) if words
    ]


def _words(text: str) -> list[str]:
    return WORD_ENDS.split(text)
