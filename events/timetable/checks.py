"""What may be wrong with a timetable, in words. These are warnings: an editor may have good reasons."""

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

# A pause between two rows is not worth a word below this.
LEAST_GAP = datetime.timedelta(minutes=1)
# Rows in the small hours belong to the night of the day before.
MORNING = datetime.time(5)


@dataclass(frozen=True)
class TimetableWarning:
    """A doubt about a row. `row` is its place in the list that was checked."""

    row: int
    text: str


def check(event: Event, rows: Sequence[TimetableRow]) -> list[TimetableWarning]:
    """Return the doubts about `rows`, which are in order, in the active language."""
    times = row_times(event, rows)
    pairs = _pairs(times)
    found = [
        *_outside(event, rows),
        *_crossing_midnight(rows, times),
        *_same_room(rows, pairs),
        *_same_person(rows, pairs),
        *_gaps(rows, times),
    ]
    return sorted(found, key=lambda warning: warning.row)


def _clock(time: datetime.time) -> str:
    return time_format(time)


def _outside(event, rows) -> Iterator[TimetableWarning]:
    count = len(event.days)
    for number, row in enumerate(rows):
        is_night = row.day == count + 1 and row.start < MORNING
        if row.day > count and not is_night:
            yield TimetableWarning(
                number,
                ngettext(
                    "Day %(day)s is after the event, which has %(count)d day.",
                    "Day %(day)s is after the event, which has %(count)d days.",
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
                    _("Ends at %(end)s, before it begins: it would run for %(hours)d hours, past midnight.")
                    % {"end": _clock(row.end), "hours": length.total_seconds() // 3600},
                )


def _pairs(times: Sequence[RowTimes]) -> list[tuple[int, int]]:
    """Return the places of rows that share time; one without an end counts as a moment."""
    found: list[tuple[int, int]] = []
    running: list[int] = []
    for number, item in enumerate(times):
        # Rows are in order: what is over when this one begins is over for all that follow.
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
                _("%(room)s is taken: “%(title)s” is there from %(start)s.")
                % {"room": other.room, "title": one.title, "start": _clock(one.start)},
            )
        elif not one.room and not other.room and one.track.casefold() == other.track.casefold():
            yield TimetableWarning(
                second,
                _("At the same time as “%(title)s” from %(start)s, and neither has a track or room of its own.")
                % {"title": one.title, "start": _clock(one.start)},
            )


def _same_person(rows, pairs) -> Iterator[TimetableWarning]:
    for first, second in pairs:
        names = {person.person or person.name.casefold() for person in rows[first].people}
        for person in rows[second].people:
            if (person.person or person.name.casefold()) in names:
                yield TimetableWarning(
                    second,
                    _("%(name)s is at “%(title)s” at the same time.")
                    % {"name": person.name, "title": rows[first].title},
                )


def _gaps(rows, times) -> Iterator[TimetableWarning]:
    """Yield rows that nothing leads up to: time on the same day in which nothing is on the programme."""
    until: dict[int, datetime.datetime] = {}
    for number, (row, item) in enumerate(zip(rows, times, strict=True)):
        before = until.get(row.day)
        if before and item.starts_at - before >= LEAST_GAP:
            minutes = int((item.starts_at - before).total_seconds() // 60)
            yield TimetableWarning(
                number,
                ngettext(
                    "Nothing is on the programme for %(count)d minute before this.",
                    "Nothing is on the programme for %(count)d minutes before this.",
                    minutes,
                )
                % {"count": minutes},
            )
        end = item.ends_at or item.starts_at
        until[row.day] = max(before, end) if before else end
