"""Computes when events and the rows of their timetables begin and end, as moments."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from events import timezones

if TYPE_CHECKING:
    from events.models import Event, TimetableRow


@dataclass(frozen=True)
class RowTimes:
    """The moments of a row in the event's time zone. `ends_at` is None if it is not known."""

    starts_at: datetime.datetime
    ends_at: datetime.datetime | None


@dataclass(frozen=True)
class Span:
    starts_at: datetime.datetime
    ends_at: datetime.datetime
    has_hours: bool
    known_until: datetime.datetime | None


def in_order(rows: Iterable[TimetableRow]) -> list[TimetableRow]:
    return sorted(rows, key=lambda row: (row.day, row.start, row.sort_order or 0))


def row_times(event: Event, rows: Sequence[TimetableRow]) -> list[RowTimes]:
    """Return the moments of `rows`, which must be in order (`in_order`)."""
    found = []
    for number, row in enumerate(rows):
        starts_at = timezones.instant(event.day(row.day), row.start, event.zone)
        if row.end:
            # An end that is not after the start is on the next day.
            day = row.day + (1 if row.end <= row.start else 0)
            ends_at: datetime.datetime | None = timezones.instant(event.day(day), row.end, event.zone)
        else:
            following = next((other for other in rows[number + 1 :] if _follows(other, row)), None)
            ends_at = timezones.instant(event.day(row.day), following.start, event.zone) if following else None
        found.append(RowTimes(starts_at, ends_at))
    return found


def _follows(other: TimetableRow, row: TimetableRow) -> bool:
    """Return whether `row`, which has no end, ends when `other` begins.

    It does if they are on the same day and in the same track, or if one of them is for all tracks.
    """
    shares_track = not other.track or not row.track or other.track == row.track
    return other.day == row.day and other.start > row.start and shares_track


def span(event: Event, rows: Iterable[TimetableRow]) -> Span:
    """Return when the event begins and ends: from its own times, else from its timetable, else from its days."""
    rows = in_order(rows)
    times = row_times(event, rows)
    first_rows = [item.starts_at for row, item in zip(rows, times, strict=True) if row.day == 1]
    starts_at = None
    if event.start_time:
        starts_at = timezones.instant(event.first_day, event.start_time, event.zone)
    elif first_rows:
        starts_at = min(first_rows)
    known_until = _known_until(event, rows, times)
    midnight = timezones.midnight_after(event.last_day, event.zone)
    if known_until and (event.end_time or _is_last_day_complete(event, rows, times)):
        ends_at = known_until
    else:
        ends_at = max(midnight, known_until or midnight)
    return Span(
        starts_at=starts_at or timezones.instant(event.first_day, datetime.time(), event.zone),
        ends_at=ends_at,
        has_hours=starts_at is not None,
        known_until=known_until,
    )


def _known_until(event, rows, times) -> datetime.datetime | None:
    if event.end_time:
        return timezones.instant(event.last_day, event.end_time, event.zone)
    number = len(event.days)
    moments = [item.ends_at or item.starts_at for row, item in zip(rows, times, strict=True) if row.day >= number]
    return max(moments, default=None)


def _is_last_day_complete(event, rows, times) -> bool:
    """Return whether the timetable has rows on the last day and all of them have an end."""
    number = len(event.days)
    last = [item for row, item in zip(rows, times, strict=True) if row.day >= number]
    return bool(last) and all(item.ends_at for item in last)
