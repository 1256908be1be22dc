"""VTIMEZONE components for calendar files.

They are written here because `icalendar` writes a wrong start of summer time. RFC 5545 (section 3.6.5) requires the
clock time before the change (03:00 in Helsinki); `icalendar` writes the time after it (04:00).
"""

from __future__ import annotations

import datetime
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard
from icalendar.prop import vUTCOffset

from events import timezones

# Offset changes are listed for this long before and after the entries.
MARGIN = datetime.timedelta(days=400)
MINUTE = datetime.timedelta(minutes=1)


@dataclass(frozen=True)
class Observance:
    """A change to another UTC offset: the offsets before and after it, and the name of the new one."""

    offset_from: datetime.timedelta
    offset_to: datetime.timedelta
    name: str
    is_summer: bool


def vtimezone(name: str, first: datetime.datetime, last: datetime.datetime) -> Timezone:
    """Return the VTIMEZONE of a zone for the moments from `first` to `last`."""
    zone = timezones.zone_info(name)
    begin = (first - MARGIN).astimezone(timezones.UTC).replace(minute=0, second=0, microsecond=0)
    end = (last + MARGIN).astimezone(timezones.UTC)
    onsets: dict[Observance, list[datetime.datetime]] = {}
    before = begin.astimezone(zone)
    offset = _offset(before)
    start = Observance(offset, offset, before.tzname() or name, bool(before.dst()))
    onsets[start] = [before.replace(tzinfo=None)]
    for moment in _switches(zone, begin, end):
        after = moment.astimezone(zone)
        offset_from = _offset((moment - MINUTE).astimezone(zone))
        observance = Observance(offset_from, _offset(after), after.tzname() or name, bool(after.dst()))
        # The onset is a local time with the offset that applies before the change.
        onsets.setdefault(observance, []).append((moment + offset_from).replace(tzinfo=None))
    result = Timezone()
    result.add("tzid", name)
    for observance, found in onsets.items():
        result.add_component(_component(observance, found))
    return result


def _component(observance: Observance, onsets: list[datetime.datetime]):
    component = TimezoneDaylight() if observance.is_summer else TimezoneStandard()
    first, *others = onsets
    component.add("dtstart", first)
    for onset in others:
        component.add("rdate", onset)
    component.add("tzoffsetfrom", vUTCOffset(observance.offset_from))
    component.add("tzoffsetto", vUTCOffset(observance.offset_to))
    component.add("tzname", observance.name)
    return component


def _offset(moment: datetime.datetime) -> datetime.timedelta:
    return moment.utcoffset() or datetime.timedelta()


def _switches(zone: zoneinfo.ZoneInfo, begin: datetime.datetime, end: datetime.datetime) -> Iterator[datetime.datetime]:
    """Yield the moments between `begin` and `end` at which the offset changes, to the minute."""
    moment = begin
    while moment < end:
        following = moment + timezones.DAY
        if _offset(moment.astimezone(zone)) != _offset(following.astimezone(zone)):
            low, high = moment, following
            while high - low > MINUTE:
                middle = low + (high - low) / 2
                middle = middle.replace(second=0, microsecond=0)
                if middle == low:
                    break
                if _offset(middle.astimezone(zone)) == _offset(moment.astimezone(zone)):
                    low = middle
                else:
                    high = middle
            yield high
        moment = following
