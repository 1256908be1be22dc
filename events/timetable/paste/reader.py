"""Finds the rows of a timetable in the lines of a pasted text."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from events.enums import SpeakerRole
from events.models.event import LONGEST_EVENT
from events.timetable.paste.columns import column_of
from events.timetable.paste.days import NamedDay, read_day
from events.timetable.paste.interpretation import (
    Known,
    PastedRow,
    add_line,
    add_people,
    finish,
    interpret,
    mark_backward,
)
from events.timetable.paste.source import Line, lines_of_html, lines_of_text
from events.timetable.paste.times import Times, contains_time, end_within, read_end, read_times

MAX_DAY = LONGEST_EVENT


@dataclass
class Pasted:
    rows: list[PastedRow] = field(default_factory=list)
    # Lines that belong to no row, such as headings and lines that were not recognised.
    left_over: list[str] = field(default_factory=list)


@dataclass
class _Pending:
    """Times whose title is in a following line."""

    times: Times
    line: str
    # Whether they follow a date. They may then be the hours of the whole day.
    of_day: bool = False


def read(
    text: str,
    *,
    html: str = "",
    people: Iterable[tuple[str, str]] = (),
    first_day: datetime.date | None = None,
    last_day: datetime.date | None = None,
    day: int = 1,
) -> Pasted:
    """Return the rows of a pasted timetable, read from the tables in `html` if there are any, otherwise from `text`.

    `people` has names and keys of the people of the site. Rows are on `day` until a line names another day by number,
    date or weekday. Day 1 is `first_day`, or the first date in the text if that is not a day of the event.
    """
    known = sorted(people, key=lambda person: -len(person[0]))
    lines = lines_of_html(html) if html else []
    if lines:
        from_html = _Reader(known, lines, first_day, last_day, day).read()
        if from_html.rows:
            return from_html
    return _Reader(known, lines_of_text(text), first_day, last_day, day).read()


class _Reader:
    def __init__(
        self, known: Known, lines: list[Line], first_day: datetime.date | None, last_day: datetime.date | None, day: int
    ):
        self.known = known
        self.lines = lines
        self.result = Pasted()
        self.day = day
        self.first_day = first_day
        self.last_day = last_day or (first_day + datetime.timedelta(MAX_DAY - 1) if first_day else None)
        self.year = first_day.year if first_day else 2000
        self.anchor = self._anchor()
        # The row to which a line without a time is added.
        self.current: PastedRow | None = None
        self.pending: _Pending | None = None
        # Warnings that are added to the next row.
        self.notes: list[str] = []
        self.above: list[str] = []
        self.columns: dict[int, str] = {}
        self.tracks: dict[int, str] = {}

    def read(self) -> Pasted:
        for line in self.lines:
            if line.is_row:
                self._read_cells(line)
            else:
                self._read_text(line)
        self._end_pending()
        if self.notes and self.result.rows:
            self.result.rows[-1].warnings += self.notes
        for row in self.result.rows:
            finish(row)
        mark_backward(self.result.rows)
        return self.result

    # Days

    def _anchor(self) -> datetime.date | None:
        """Return the date of day 1."""
        dates = [
            found.date for found in map(self._day_of, self.lines) if found and found.date and not found.is_yearless
        ]
        if not self.first_day:
            return dates[0] if dates else None
        return dates[0] if dates and not self._is_of_event(dates[0]) else self.first_day

    def _day_of(self, line: Line) -> NamedDay | None:
        first = next((cell for cell in line.cells if cell), "")
        found = read_day(" ".join(first.split()), self.year)
        if not found or (found.number or 0) > MAX_DAY:
            return None
        if (
            found.is_yearless
            and found.date
            and self.first_day
            and found.date < self.first_day - datetime.timedelta(180)
        ):
            found.date = found.date.replace(year=found.date.year + 1)
        return None if found.is_weak and not self._is_of_event(found.date) else found

    def _is_of_event(self, date: datetime.date | None) -> bool:
        return bool(date and self.first_day and self.last_day and self.first_day <= date <= self.last_day)

    def _begin_day(self, found: NamedDay, line: str) -> bool:
        """Begin the day that a line names. Returns whether it is a day of the event or of the text."""
        date = found.date
        if date and self.anchor is None:
            self.anchor = date
        if not date and found.number is None and found.weekday is not None:
            date = self._next_weekday(found.weekday)
        number = (date - self.anchor).days + 1 if date and self.anchor else found.number or 0
        if not 1 <= number <= MAX_DAY:
            return False
        self._end_pending()
        self.day = number
        self.current = None
        if found.has_wrong_weekday and date:
            self.notes.append(_("The weekday does not fit the date: %(line)s") % {"line": line})
        if date and self.first_day and not self._is_of_event(date):
            self.notes.append(
                _("%(date)s is not a day of the event. We used it as day %(day)s.")
                % {"date": date_format(date), "day": number}
            )
        return True

    def _next_weekday(self, weekday: int) -> datetime.date | None:
        """Return the next day of the event with that weekday."""
        if not self.anchor:
            return None
        today = self.anchor + datetime.timedelta(self.day - 1)
        if any(row.day == self.day for row in self.result.rows):
            today += datetime.timedelta(1)
        date = today + datetime.timedelta((weekday - today.weekday()) % 7)
        return date if not self.last_day or date <= max(self.last_day, self.anchor) else None

    # Lines of text

    def _read_text(self, line: Line) -> None:
        text = line.text
        if self._completes_pending(text):
            return
        found = self._day_of(line)
        of_day = False
        if found and self._begin_day(found, text):
            if not found.rest:
                return
            if not read_times(found.rest):
                self._leave(found.rest)
                return
            text, of_day = found.rest, True
        timed = read_times(text)
        if timed:
            self._end_pending()
            times, rest = timed
            if rest and not times.is_open:
                self._add_row(times, rest, line.text)
            else:
                self.pending = _Pending(times, line.text, of_day)
        elif self.pending:
            self._add_row(self.pending.times, text, f"{self.pending.line} / {text}")
        elif self.current:
            self._continue(text, is_apart=line.after_blank)
        else:
            self._leave(text)

    def _completes_pending(self, text: str) -> bool:
        """Read the second line of times that are split over two lines. Returns whether it was one."""
        if not self.pending or self.pending.times.end:
            return False
        times = self.pending.times
        if ended := read_end(text):
            times.end, rest = ended
        elif (timed := read_times(text)) and not timed[0].end and (times.is_open or not timed[1]):
            times.end, rest = timed[0].start, timed[1]
            if not times.is_open:
                self.notes.append(_("The second of two times was read as the end."))
        else:
            return False
        times.is_open = False
        self.pending.line = f"{self.pending.line} {text}"
        if rest:
            self._add_row(times, rest, self.pending.line)
        return True

    def _end_pending(self) -> None:
        """Add times without a title as a row without one, so that they are not lost."""
        pending, self.pending = self.pending, None
        if not pending:
            return
        if pending.of_day:
            self._leave(pending.line)
        else:
            self._add_row(pending.times, "", pending.line)

    def _leave(self, text: str) -> None:
        self.result.left_over.append(text)
        self.above.append(text)

    def _continue(self, text: str, *, is_apart: bool) -> None:
        row = self.current
        if row is None:
            self._leave(text)
            return
        if not row.title:
            row.title = text
            interpret(row, self.known)
        else:
            add_line(row, text, self.known)
        row.line = f"{row.line} / {text}"
        if contains_time(text):
            row.warnings.append(_("This line has a time and was added to this session: %(line)s") % {"line": text})
        elif is_apart:
            row.warnings.append(
                _("It is not clear where this line belongs. It was added to this session: %(line)s") % {"line": text}
            )

    def _add_row(self, times: Times, title: str, line: str, track: str = "") -> PastedRow:
        self.pending = None
        row = PastedRow(start=times.start, end=times.end, title=title, day=self.day, line=line, track=track)
        first, *more = title.split("\n")
        row.title = first.strip()
        if row.title:
            interpret(row, self.known)
        for text in more:
            add_line(row, text, self.known)
        if self.above:
            self.notes.append(_("Not in any session: %(lines)s") % {"lines": " · ".join(self.above)})
        row.warnings += self.notes
        self.notes, self.above = [], []
        self.result.rows.append(row)
        self.current = row
        return row

    # Rows of tables

    def _read_cells(self, line: Line) -> None:
        filled = [index for index, cell in enumerate(line.cells) if cell]
        taken = self._take_day_cell(line, filled)
        if taken is None:
            return
        filled = filled[taken:]
        place, times, rest = self._times_of(line, filled)
        if times is None:
            self._read_untimed(line, filled)
            return
        self._end_pending()
        contents = [index for index in filled if index not in place]
        if not contents and not rest:
            self.pending = _Pending(times, line.text)
        elif self.tracks and not rest:
            self._add_tracks(times, line, contents)
        else:
            self._add_cells(times, line, contents, rest)

    def _take_day_cell(self, line: Line, filled: list[int]) -> int | None:
        """Begin the day that the first cell names. Returns how many cells were used; None if there are no other cells."""
        found = self._day_of(line)
        if not found:
            return 0
        cell = line.cells[filled[0]]
        if len(filled) == 1 and (not found.rest or not read_times(found.rest)):
            if not self._begin_day(found, cell):
                return 0
            if found.rest:
                self._leave(found.rest)
            return None
        if found.rest or not any(read_times(line.cells[index]) for index in filled[1:]):
            return 0
        if filled[0] in line.repeated:
            return 1
        return 1 if self._begin_day(found, cell) else 0

    def _times_of(self, line: Line, filled: list[int]) -> tuple[set[int], Times | None, str]:
        """Return the indexes of the cells with times, the times, and the rest of the text in their cell."""
        for position, index in enumerate(filled):
            timed = read_times(" ".join(line.cells[index].split()))
            if not timed or (timed[1] and position and not read_times(timed[1])):
                continue
            times, rest = timed
            rest = end_within(times, rest)
            # The cell is read again, so that the line breaks of a title in it are kept.
            if rest and "\n" in line.cells[index]:
                again = read_times(line.cells[index])
                rest = again[1] if again else rest
            used = {index}
            following = filled[position + 1 : position + 2]
            second = read_times(line.cells[following[0]]) if following and not rest and not times.end else None
            if second and not second[1] and not second[0].end:
                times.end = second[0].start
                used.add(following[0])
            times.is_open = False
            return used, times, rest
        return set(), None, ""

    def _read_untimed(self, line: Line, filled: list[int]) -> None:
        if self._is_head(line, filled):
            return
        text = line.text
        if self.pending:
            self._add_cells(self.pending.times, line, filled, "", f"{self.pending.line} / {text}")
        elif filled == [0] and len(line.cells) > 1:
            # A heading over the whole width of the table.
            self.current = None
            self._leave(text)
        elif self.current:
            for index in filled:
                for part in line.cells[index].split("\n"):
                    self._continue(part, is_apart=False)
            self.current.warnings.append(_("A row without a time was added to this session: %(line)s") % {"line": text})
        else:
            self._leave(text)

    def _is_head(self, line: Line, filled: list[int]) -> bool:
        """Read the head of a table. Returns whether the line is one.

        A head names the columns with times, titles, speakers and rooms, or one track for each column.
        """
        names = {index: column_of(line.cells[index]) for index in filled}
        found = [name for name in names.values() if name]
        if not found or len(filled) < 2 or not ("time" in found or len(found) >= 2):
            return False
        self._end_pending()
        self.current = None
        others = [index for index, name in names.items() if not name]
        has_tracks = "title" not in found and len(others) > 1
        self.tracks = {index: " ".join(line.cells[index].split()) for index in others} if has_tracks else {}
        self.columns = {index: name for index, name in names.items() if name}
        return True

    def _add_cells(self, times: Times, line: Line, contents: list[int], rest: str, text: str = "") -> None:
        by_column: dict[str, list[str]] = {}
        others = [rest] if rest else []
        for index in contents:
            column = self.columns.get(index, "")
            if column in {"speakers", "chairs", "room"}:
                by_column.setdefault(column, []).append(line.cells[index])
            elif column == "title" and not rest:
                others.insert(0, line.cells[index])
            else:
                others.append(line.cells[index])
        row = self._add_row(times, others[0] if others else "", text or line.text)
        for more in others[1:]:
            for part in more.split("\n"):
                add_line(row, part, self.known)
        for cell in by_column.get("speakers", []):
            add_people(row, cell, self.known)
        for cell in by_column.get("chairs", []):
            add_people(row, cell, self.known, SpeakerRole.CHAIR)
        for cell in by_column.get("room", []):
            row.room = " ".join(cell.split())
        self._mark_repeated(row, line, contents)

    def _add_tracks(self, times: Times, line: Line, contents: list[int]) -> None:
        is_common = len(contents) == 1 and (not line.spans or line.spans[contents[0]] > 1)
        for index in contents:
            row = self._add_row(times, line.cells[index], line.text, self.tracks.get(index, ""))
            if is_common and (line.spans or row.kind.is_break):
                row.track = ""
            self._mark_repeated(row, line, [index])

    def _mark_repeated(self, row: PastedRow, line: Line, contents: list[int]) -> None:
        repeated = [
            line.cells[index] for index in contents if index in line.repeated and self.columns.get(index) != "room"
        ]
        if repeated:
            text = " · ".join(" ".join(cell.split()) for cell in repeated)
            row.warnings.append(_("Next to several times in the table: %(text)s") % {"text": text})
