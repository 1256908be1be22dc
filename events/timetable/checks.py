"""Warnings about a timetable. Editors can save it nevertheless."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.timetable.span import RowTimes, row_times

if TYPE_CHECKING:
    from events.models import Event, TimetableRow

# Shorter gaps between two rows are not reported.
MIN_GAP = datetime.timedelta(minutes=1)
# Rows before this time may be in the night after the last day.
MORNING = datetime.time(5)


@dataclass(frozen=True)
class TimetableWarning:
    """A warning about a row. `row` is its index in the checked list."""

    row: int
    text: str


def check(event: Event, rows: Sequence[TimetableRow]) -> list[TimetableWarning]:
    """Return the warnings about `rows`, which must be in order, in the active language."""
    times = row_times(event, rows)
    pairs = _pairs(times)
    found = [
        *_outside(event, rows),
        *_crossing_midnight(rows, times),
        *_same_room(rows, pairs),
        *_same_person(rows, pairs),
        *_gaps(rows, times),
        *outside_hours(event, rows),
    ]
    return sorted(found, key=lambda warning: warning.row)


def _outside(event, rows) -> Iterator[TimetableWarning]:
    count = len(event.days)
    for number, row in enumerate(rows):
        is_night = row.day == count + 1 and row.start < MORNING
        if row.day > count and not is_night:
            yield TimetableWarning(
                number,
                ngettext(
                    "Day %(day)s is after the end of the event, which has %(count)d day.",
                    "Day %(day)s is after the end of the event, which has %(count)d days.",
                    count,
                )
                % {"day": row.day, "count": count},
            )


def _crossing_midnight(rows, times: Sequence[RowTimes]) -> Iterator[TimetableWarning]:
    for number, row in enumerate(rows):
        ends_at = times[number].ends_at
        if row.end and row.end <= row.start and ends_at:
            length = ends_at - times[number].starts_at
            if length > datetime.timedelta(hours=8):
                yield TimetableWarning(
                    number,
                    _(
                        "The end time %(end)s is before the start time. "
                        "The session would last %(hours)d hours, until the next day."
                    )
                    % {"end": time_format(row.end), "hours": length.total_seconds() // 3600},
                )


def _pairs(times: Sequence[RowTimes]) -> list[tuple[int, int]]:
    """Return pairs of indexes of rows that overlap. A row without an end counts as a moment."""
    found: list[tuple[int, int]] = []
    running: list[int] = []
    for number, item in enumerate(times):
        # Rows are in order. A row that has ended before this one overlaps no following row, either.
        running = [
            other
            for other in running
            if times[other].starts_at == item.starts_at or (times[other].ends_at or item.starts_at) > item.starts_at
        ]
        found += [(other, number) for other in running]
        running.append(number)
    return found


def _same_room(rows, pairs) -> Iterator[TimetableWarning]:
    for first, second in pairs:
        one, other = rows[first], rows[second]
        if one.room and one.room.casefold() == other.room.casefold():
            yield TimetableWarning(
                second,
                _("%(room)s is not free: “%(title)s” is there from %(start)s.")
                % {"room": other.room, "title": one.title, "start": time_format(one.start)},
            )
        elif not one.room and not other.room and one.track.casefold() == other.track.casefold():
            yield TimetableWarning(
                second,
                _(
                    "Overlaps with “%(title)s”, which starts at %(start)s. "
                    "Give each of the two sessions its own track or room."
                )
                % {"title": one.title, "start": time_format(one.start)},
            )


def _same_person(rows, pairs) -> Iterator[TimetableWarning]:
    for first, second in pairs:
        names = {person.person or person.name.casefold() for person in rows[first].people}
        for person in rows[second].people:
            if (person.person or person.name.casefold()) in names:
                yield TimetableWarning(
                    second,
                    _("%(name)s is in “%(title)s” at the same time.")
                    % {"name": person.name, "title": rows[first].title},
                )


def _gaps(rows, times) -> Iterator[TimetableWarning]:
    """Yield a warning for each row with a gap before it on the same day."""
    until: dict[int, datetime.datetime] = {}
    for number, (row, item) in enumerate(zip(rows, times, strict=True)):
        before = until.get(row.day)
        if before and item.starts_at - before >= MIN_GAP:
            minutes = int((item.starts_at - before).total_seconds() // 60)
            yield TimetableWarning(
                number,
                ngettext(
                    "There is a gap of %(count)d minute before this session.",
                    "There is a gap of %(count)d minutes before this session.",
                    minutes,
                )
                % {"count": minutes},
            )
        end = item.ends_at or item.starts_at
        until[row.day] = max(before, end) if before else end


def outside_hours(event: Event, rows: Sequence[TimetableRow]) -> Iterator[TimetableWarning]:
    """Yield warnings for the first and the last session, if they differ from the hours in the details of the event."""
    if not rows:
        return
    first = rows[0]
    if event.start_time and first.day == 1 and first.start < event.start_time:
        text = _("The details of the event say that it starts at %(time)s, after this session.")
        yield TimetableWarning(0, text % {"time": time_format(event.start_time)})
    days = len(event.days)
    # Sessions at night end on the next day.
    late = [(row.end or row.start, number) for number, row in enumerate(rows) if row.day == days]
    ended, number = max(late, default=(None, 0))
    if event.end_time and ended and ended > event.end_time and rows[number].start < ended:
        text = _("The details of the event say that it ends at %(time)s, before the end of this session.")
        yield TimetableWarning(number, text % {"time": time_format(event.end_time)})
