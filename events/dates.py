"""Days, hours and zone of an event as pages, programmes and mails say them."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.utils.formats import date_format, get_format, time_format
from django.utils.translation import gettext as _

from events import timezones
from events.models import EventPage


@dataclass(frozen=True)
class When:
    """Days, hours and zone of an event, in its zone. Hours that nobody has said are None."""

    first_day: datetime.date
    last_day: datetime.date
    starts_at: datetime.datetime | None
    ends_at: datetime.datetime | None
    zone: str
    zone_name: str
    offset: str


def when_of(page: EventPage, language: str = "") -> When:
    """Return when the page's event is. The zone's name is in the page's language, or in another one."""
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


def day_in_words(day: datetime.date) -> str:
    """Return a day with its weekday, as the active language writes it."""
    weekday = date_format(day, "l")
    return f"{weekday[:1].upper()}{weekday[1:]}, {date_format(day)}"


def short_day(day: datetime.date) -> str:
    """Return a day without its year, as short as the active language writes it: 2.11., 02/11, 2 Nov."""
    return date_format(day, get_format("SHORT_DATE_FORMAT").rstrip("Y /\u00a0"))


def days_in_words(when: When) -> str:
    if when.first_day == when.last_day:
        return day_in_words(when.first_day)
    return _("%(first)s to %(last)s") % {"first": date_format(when.first_day), "last": date_format(when.last_day)}


def in_lines(when: When) -> list[str]:
    """Return days, hours and zone in the active language, each a line; hours that nobody has said are left out."""
    if when.starts_at is None:
        return [days_in_words(when)]
    if when.first_day == when.last_day:
        return [day_in_words(when.first_day), _hours(when.starts_at, when.ends_at), zone_in_words(when)]
    first = date_format(when.starts_at, "DATETIME_FORMAT")
    last = date_format(when.ends_at, "DATETIME_FORMAT") if when.ends_at else date_format(when.last_day)
    return [_("%(first)s to %(last)s") % {"first": first, "last": last}, zone_in_words(when)]


def _hours(starts_at: datetime.datetime, ends_at: datetime.datetime | None) -> str:
    begin = time_format(starts_at, "TIME_FORMAT")
    if ends_at is None:
        return _("from %(time)s") % {"time": begin}
    return f"{begin}–{time_format(ends_at, 'TIME_FORMAT')}"


def zone_in_words(when: When) -> str:
    """Return the zone with its distance from UTC, such as "Eastern European Summer Time (UTC+3)"."""
    return f"{when.zone_name} ({when.offset})" if when.zone_name != when.offset else when.offset


def moment_in_words(moment: datetime.datetime, zone: str) -> str:
    """Return a moment on the zone's clocks with the distance from UTC, such as "16 May 2030, 09:00 (UTC+3)"."""
    local = moment.astimezone(timezones.zone_info(zone))
    return f"{date_format(local, 'DATETIME_FORMAT')} ({timezones.offset_name(moment, zone)})"
