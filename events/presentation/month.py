"""The events of a month."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from events import timezones
from events.presentation.teasers import EventTeaser


@dataclass
class MonthDay:
    date: datetime.date
    is_of_month: bool
    is_today: bool
    teasers: list[EventTeaser] = field(default_factory=list)


@dataclass(frozen=True)
class MonthLink:
    first: datetime.date
    url: str


@dataclass
class Month:
    first: datetime.date
    weeks: list[list[MonthDay]]
    # The nearest months that have events. Links to empty months would lead crawlers on without end.
    before: MonthLink | None
    after: MonthLink | None

    @property
    def days_with_events(self) -> list[MonthDay]:
        return [day for week in self.weeks for day in week if day.teasers and day.is_of_month]

    @property
    def weekdays(self) -> list[datetime.date]:
        return [day.date for day in self.weeks[0]]


def months_of(days: Iterable[tuple[datetime.date, datetime.date]]) -> set[datetime.date]:
    """Return the first day of each month with a day of these periods, given by their first and last day."""
    found = set()
    for first, last in days:
        month = first.replace(day=1)
        while month <= last:
            found.add(month)
            month = (month + 31 * timezones.DAY).replace(day=1)
    return found


def make_month(
    first: datetime.date, today: datetime.date, months: set[datetime.date], url_of: Callable[[datetime.date], str]
) -> Month:
    """Return the month without its events. `months` are those with events, `url_of` returns the address of each."""
    weeks = [
        [MonthDay(date, date.month == first.month, date == today) for date in week]
        for week in calendar.Calendar().monthdatescalendar(first.year, first.month)
    ]
    before = max((month for month in months if month < first), default=None)
    after = min((month for month in months if month > first), default=None)
    return Month(
        first,
        weeks,
        MonthLink(before, url_of(before)) if before else None,
        MonthLink(after, url_of(after)) if after else None,
    )
