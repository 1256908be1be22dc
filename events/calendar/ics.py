"""Calendar files (RFC 5545). The `icalendar` library escapes, folds and orders the lines."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable

from icalendar import Calendar, Timezone
from icalendar import Event as CalendarEvent
from icalendar.prop import vCalAddress, vDDDTypes, vText, vUri

from events import timezones
from events.calendar.entries import Entry
from events.calendar.zones import vtimezone

PRODUCT = "-//consortium-site//events//EN"
# How often subscribers should refresh (RFC 7986, section 5.7). Older applications read X-PUBLISHED-TTL.
REFRESH = datetime.timedelta(hours=1)

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def calendar(
    entries: Iterable[Entry],
    *,
    name: str,
    language: str,
    uid: str,
    source_url: str,
    description: str = "",
    url: str = "",
    color: str = "teal",
) -> bytes:
    """Return a calendar in `language`. `uid` identifies the calendar and never changes; `source_url` is its address."""
    entries = list(entries)
    result = Calendar()
    result.add("prodid", PRODUCT)
    result.add("version", "2.0")
    result.add("calscale", "GREGORIAN")
    result.add("method", "PUBLISH")
    result.add("uid", uid)
    result.add("name", _text(name), parameters={"LANGUAGE": language})
    result.add("x-wr-calname", _text(name))
    if description:
        result.add("description", _text(description), parameters={"LANGUAGE": language})
        result.add("x-wr-caldesc", _text(description))
    result.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    result.add("x-published-ttl", vText("PT1H"))
    result.add("source", vUri(source_url), parameters={"VALUE": "URI"})
    result.add("color", color)
    if url:
        result.add("url", vUri(url))
    if entries:
        result.add("last-modified", max(entry.modified_at for entry in entries).astimezone(timezones.UTC))
    for zone in _zones(entries):
        result.add_component(zone)
    for entry in entries:
        result.add_component(_event(entry, language))
    return result.to_ical()


def invitation(
    entry: Entry,
    *,
    method: str,
    organizer: str,
    organizer_name: str,
    attendee: str,
    language: str,
    at: datetime.datetime,
) -> bytes:
    """Return an invitation with one entry, for one participant (RFC 5546).

    `method` is REQUEST or CANCEL, `at` the time of the message. The message requests no reply, because the participant
    has registered.
    """
    result = Calendar()
    result.add("prodid", PRODUCT)
    result.add("version", "2.0")
    result.add("calscale", "GREGORIAN")
    result.add("method", method)
    for zone in _zones([entry]):
        result.add_component(zone)
    event = _event(entry, language)
    # With METHOD, DTSTAMP is the time of the message (RFC 5545, section 3.8.7.2).
    event["dtstamp"] = vDDDTypes(at.astimezone(timezones.UTC).replace(microsecond=0))
    event.add("organizer", vCalAddress(f"mailto:{organizer}"), parameters={"CN": organizer_name})
    status = {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "ACCEPTED", "RSVP": "FALSE", "CUTYPE": "INDIVIDUAL"}
    event.add("attendee", vCalAddress(f"mailto:{attendee}"), parameters=status)
    result.add_component(event)
    return result.to_ical()


def _zones(entries: list[Entry]) -> list[Timezone]:
    """Return a VTIMEZONE for each time zone of the entries."""
    moments: dict[str, list[datetime.datetime]] = {}
    for entry in entries:
        if isinstance(entry.starts, datetime.datetime) and entry.zone != "UTC":
            ends = entry.ends if isinstance(entry.ends, datetime.datetime) else entry.starts
            moments.setdefault(entry.zone, []).extend([entry.starts, ends])
    return [vtimezone(zone, min(found), max(found)) for zone, found in sorted(moments.items())]


def _event(entry: Entry, language: str) -> CalendarEvent:
    event = CalendarEvent()
    event.add("uid", entry.uid)
    # In a published calendar DTSTAMP is the time of the last revision (RFC 5545, section 3.8.7.2), so an unchanged
    # entry always gives the same file.
    event.add("dtstamp", entry.modified_at.astimezone(timezones.UTC))
    event.add("created", entry.created_at.astimezone(timezones.UTC))
    event.add("last-modified", entry.modified_at.astimezone(timezones.UTC))
    event.add("sequence", entry.sequence)
    _add_times(event, entry)
    parameters = {"LANGUAGE": language}
    event.add("summary", _text(entry.summary), parameters=parameters)
    if entry.description:
        event.add("description", _text(entry.description), parameters=parameters)
    if entry.location:
        event.add("location", _text(entry.location), parameters=parameters)
    if entry.url:
        event.add("url", vUri(entry.url))
    if entry.categories:
        event.add("categories", [_text(category) for category in entry.categories])
    event.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    event.add("class", "PUBLIC")
    event.add("transp", "TRANSPARENT" if entry.is_cancelled else "OPAQUE")
    return event


def _text(text: str) -> vText:
    """Return the text as `vText`: the library does not escape plain strings of properties that it does not know.

    Control characters are removed (RFC 5545, section 3.3.11).
    """
    return vText(CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))


def _add_times(event: CalendarEvent, entry: Entry) -> None:
    if not isinstance(entry.starts, datetime.datetime):
        event.add("dtstart", entry.starts)
        # The end of an entry of whole days is exclusive (RFC 5545, section 3.6.1).
        event.add("dtend", (entry.ends or entry.starts) + timezones.DAY)
        return
    event.add("dtstart", _moment(entry.starts, entry.zone))
    # Compared in UTC. When clocks go back, an hour occurs twice, and in local time the second one does not seem later.
    ends = entry.ends
    if isinstance(ends, datetime.datetime) and ends.astimezone(timezones.UTC) > entry.starts.astimezone(timezones.UTC):
        event.add("dtend", _moment(ends, entry.zone))


def _moment(moment: datetime.datetime, zone: str) -> datetime.datetime:
    """Return the moment in local time, or in UTC if local time cannot express it.

    When clocks go back, an hour occurs twice, and local time cannot express the second one.
    """
    local = moment.astimezone(timezones.zone_info(zone))
    return moment.astimezone(timezones.UTC) if zone == "UTC" or local.fold else local
