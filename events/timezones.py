"""Local times and moments. Events are stored with days, local times and their time zone, never with offsets."""

from __future__ import annotations

import datetime
import zoneinfo
from functools import cache

from babel import dates as babel_dates
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

UTC = datetime.UTC
DAY = datetime.timedelta(days=1)
# Babel's "en" is American English.
BABEL_LOCALES = {"en": "en_GB"}


@cache
def zones() -> list[str]:
    """Return the time zones that an event may have: regional names of the IANA database, and UTC."""
    places = ("Europe/", "Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Indian/", "Pacific/")
    return ["UTC", *sorted(name for name in zoneinfo.available_timezones() if name.startswith(places))]


def validate_zone(name: str) -> None:
    if name not in zones():
        raise ValidationError(_("Choose a time zone, for example Europe/Helsinki."), code="zone")


@cache
def zone_info(name: str) -> zoneinfo.ZoneInfo:
    return zoneinfo.ZoneInfo(name)


def instant(day: datetime.date, time: datetime.time, zone: str) -> datetime.datetime:
    """Return the moment of a local time in `zone`.

    A local time that is skipped when clocks go forward becomes the later one (02:30 becomes 03:30). For a local time
    that occurs twice when clocks go back, the first moment is returned.
    """
    local = datetime.datetime.combine(day, time, tzinfo=zoneinfo.ZoneInfo(zone))
    # The conversion to UTC and back replaces a local time that does not exist by one that clocks show.
    return local.astimezone(UTC).astimezone(local.tzinfo)


def midnight_after(day: datetime.date, zone: str) -> datetime.datetime:
    return instant(day + DAY, datetime.time(), zone)


def zone_name(moment: datetime.datetime, zone: str, language: str) -> str:
    """Return the name of the zone at `moment` in `language`, such as "Eastern European Standard Time"."""
    if zone == "UTC":
        return "UTC"
    local = moment.astimezone(zoneinfo.ZoneInfo(zone))
    name = babel_dates.get_timezone_name(local, "long", locale=BABEL_LOCALES.get(language, language))
    return name[:1].upper() + name[1:]


def offset_name(moment: datetime.datetime, zone: str) -> str:
    """Return the offset of the zone at `moment`, such as "UTC+2" or "UTC−3:30"."""
    offset = moment.astimezone(zoneinfo.ZoneInfo(zone)).utcoffset() or datetime.timedelta()
    minutes = int(offset.total_seconds() // 60)
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    sign = "+" if minutes > 0 else "−"
    return f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")
