"""The public list of changes of an event, as sentences in the active language."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

from events import timezones
from events.enums import Attendance, EventStatus
from events.models import EventPage, TimetableChange
from events.timetable.schedule import Session
from events.timetable.venues import venue_lines

# The number of changes shown.
SHOWN = 20


@dataclass(frozen=True)
class ChangeNote:
    """A line of the list. `key` identifies it. `anchor` is the anchor of the changed row; empty if the row is deleted."""

    changed_at: datetime.datetime
    text: str
    anchor: str = ""
    key: str = ""


def change_notes(page: EventPage, sessions: list[Session]) -> list[ChangeNote]:
    """Return the latest changes in the active language, newest first."""
    shown = {session.key: session for session in sessions}
    zone = timezones.zone_info(page.event.zone)
    notes = []
    for change in TimetableChange.objects.filter(event=page.event)[:SHOWN]:
        session = shown.get(change.row_key) if change.row_key else None
        if change.row_key is None:
            texts = _event_sentences(change.before or {}, change.after or {})
        else:
            title = session.title if session else _title(change, page.locale.language_code)
            texts = [_row_sentence(change, title, page)]
        anchor = session.anchor if session and change.after else ""
        changed_at = change.changed_at.astimezone(zone)
        notes += [ChangeNote(changed_at, text, anchor, f"{change.pk}-{number}") for number, text in enumerate(texts)]
    return notes


def _title(change: TimetableChange, language: str) -> str:
    return change.titles.get(language) or next(iter(change.titles.values()), "")


def _row_sentence(change: TimetableChange, title: str, page: EventPage) -> str:
    before, after = change.before or {}, change.after or {}
    if not before:
        return _("New at %(time)s: “%(title)s”.") % {"time": _when(after, page), "title": title}
    if not after:
        return _("Removed: “%(title)s” at %(time)s.") % {"time": _when(before, page), "title": title}
    if bool(before.get("is_cancelled")) != bool(after.get("is_cancelled")):
        values = {"time": _when(after, page), "title": title}
        if after.get("is_cancelled"):
            return _("Cancelled: “%(title)s” at %(time)s.") % values
        return _("“%(title)s” at %(time)s takes place after all.") % values
    moved = (before["day"], before["start"]) != (after["day"], after["start"])
    ends = before["end"] != after["end"]
    where = after["room"] or after["track"]
    went = (before["room"], before["track"]) != (after["room"], after["track"])
    values = {
        "title": title,
        "old": _when(before, page),
        "new": _when(after, page),
        "end": _time(after["end"]),
        "room": where,
    }
    if moved and went and where:
        return _("“%(title)s” has moved from %(old)s to %(new)s in %(room)s.") % values
    if moved:
        return _("“%(title)s” has moved from %(old)s to %(new)s.") % values
    if went and where:
        return _("“%(title)s” at %(new)s is now in %(room)s.") % values
    if ends and after["end"]:
        return _("“%(title)s” at %(new)s now ends at %(end)s.") % values
    return _("“%(title)s” at %(new)s has changed.") % values


def _when(slot: dict[str, Any], page: EventPage) -> str:
    """Return the time, after the day if the event has several days."""
    if not page.event.is_several_days:
        return _time(slot["start"])
    day = date_format(page.event.day(int(slot["day"])), "SHORT_DATE_FORMAT")
    return _("%(time)s on %(day)s") % {"time": _time(slot["start"]), "day": day}


def _time(stored: object) -> str:
    """Return a stored time ("09:30") in the format of the active language; an empty text if there is none."""
    return time_format(datetime.time.fromisoformat(str(stored))) if stored else ""


def _event_sentences(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    found = []
    days = (before.get("first_day"), before.get("last_day")), (after.get("first_day"), after.get("last_day"))
    if before.get("status") != after.get("status"):
        found.append(_status_sentence(EventStatus(after["status"])))
    if days[0] != days[1] and after.get("status") != EventStatus.POSTPONED:
        first, last = (datetime.date.fromisoformat(str(day)) for day in days[1])
        if first == last:
            found.append(_("The event is now on %(day)s.") % {"day": date_format(first)})
        else:
            values = {"first": date_format(first), "last": date_format(last)}
            found.append(_("The event now runs from %(first)s to %(last)s.") % values)
    venue = venue_lines(after)
    if venue and venue != venue_lines(before):
        found.append(_("The event is now at %(venue)s.") % {"venue": ", ".join(venue)})
    if before.get("mode") != after.get("mode") and after.get("status") != EventStatus.MOVED_ONLINE:
        found.append(_("Attendance: %(mode)s.") % {"mode": Attendance(after["mode"]).label})
    return found


def _status_sentence(status: EventStatus) -> str:
    return {
        EventStatus.SCHEDULED: _("The event takes place as planned."),
        EventStatus.MOVED_ONLINE: _("The event takes place online."),
        EventStatus.RESCHEDULED: _("The event has a new date."),
        EventStatus.POSTPONED: _("The event is postponed. The new date will be announced."),
        EventStatus.CANCELLED: _("The event is cancelled."),
    }[status]
