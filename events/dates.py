"""Texts of dates, times and time zones of events, in the active language, for pages, PDFs and emails."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.utils.formats import date_format, get_format, time_format
from django.utils.translation import gettext as _

from events import timezones
from events.models import EventPage


@dataclass(frozen=True)
class When:
    """Dates, times and time zone of an event. Times are in that time zone, and None if they are not known."""

    first_day: datetime.date
    last_day: datetime.date
    starts_at: datetime.datetime | None
    ends_at: datetime.datetime | None
    zone: str
    zone_name: str
    offset: str


def when_of(page: EventPage, language: str = "") -> When:
    """Return the dates and times of the page's event.

    The name of the time zone is in `language`, by default the language of the page.
    """
    event = page.event
    zone = timezones.zone_info(event.zone)
    anchor = event.starts_at or timezones.instant(event.first_day, datetime.time(12), event.zone)
    has_end = event.has_hours and event.known_until is not None and event.known_until == event.ends_at
    return When(
        first_day=event.first_day,
        last_day=event.last_day,
        starts_at=event.starts_at.astimezone(zone) if event.has_hours and event.starts_at else None,
        ends_at=event.ends_at.astimezone(zone) if has_end and event.ends_at else None,
        zone=event.zone,
        zone_name=timezones.zone_name(anchor, event.zone, language or page.locale.language_code),
        offset=timezones.offset_name(anchor, event.zone),
    )


def format_day(day: datetime.date) -> str:
    """Return a date with its weekday, such as "Thursday, 16 May 2030"."""
    weekday = date_format(day, "l")
    return f"{weekday[:1].upper()}{weekday[1:]}, {date_format(day)}"


def format_short_day(day: datetime.date) -> str:
    """Return a date without its year in the short format of the language: 2.11., 02/11, 2 Nov."""
    return date_format(day, get_format("SHORT_DATE_FORMAT").rstrip("Y /\u00a0"))


def format_days(when: When) -> str:
    """Return the date of the event, or its first and last date."""
    if when.first_day == when.last_day:
        return format_day(when.first_day)
    return _("%(first)s to %(last)s") % {"first": date_format(when.first_day), "last": date_format(when.last_day)}


def format_when(when: When) -> list[str]:
    """Return dates, times and time zone, one line each. Times that are not known are left out."""
    if when.starts_at is None:
        return [format_days(when)]
    if when.first_day == when.last_day:
        return [format_day(when.first_day), _format_times(when.starts_at, when.ends_at), format_zone(when)]
    first = date_format(when.starts_at, "DATETIME_FORMAT")
    last = date_format(when.ends_at, "DATETIME_FORMAT") if when.ends_at else date_format(when.last_day)
    return [_("%(first)s to %(last)s") % {"first": first, "last": last}, format_zone(when)]


def _format_times(starts_at: datetime.datetime, ends_at: datetime.datetime | None) -> str:
    start = time_format(starts_at)
    if ends_at is None:
        return _("from %(time)s") % {"time": start}
    return f"{start}–{time_format(ends_at)}"


def format_zone(when: When) -> str:
    """Return the time zone with its offset, such as "Eastern European Summer Time (UTC+3)"."""
    return f"{when.zone_name} ({when.offset})" if when.zone_name != when.offset else when.offset


def format_moment(moment: datetime.datetime, zone: str) -> str:
    """Return date and time in a time zone with its offset, such as "16 May 2030, 09:00 (UTC+3)"."""
    local = moment.astimezone(timezones.zone_info(zone))
    return f"{date_format(local, 'DATETIME_FORMAT')} ({timezones.offset_name(moment, zone)})"
