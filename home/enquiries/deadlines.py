"""Calculates the day by which an enquiry must be answered, and the time after which it is deleted."""

from __future__ import annotations

import calendar
import datetime

SATURDAY = 5


def working_days_after(day: datetime.date, number: int) -> datetime.date:
    """Return the last of the `number` working days after `day`.

    Public holidays count as working days, because the partners' countries have different ones.
    """
    while number:
        day += datetime.timedelta(days=1)
        number -= day.weekday() < SATURDAY
    return day


def months_before(moment: datetime.datetime, number: int) -> datetime.datetime:
    """Return the same day and time `number` months earlier, or the last day of that month if it is shorter."""
    year, month = divmod(moment.year * 12 + moment.month - 1 - number, 12)
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)
