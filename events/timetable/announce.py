"""Records the public state of an event: its span, its calendar entries and the list of changes.

The state is compared with what was announced last, so calling it twice has no further effect. `events/publishing.py`
decides on the steps that follow.
"""

from __future__ import annotations

import datetime
import enum
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from events import timezones
from events.enums import EventPhase, EventStatus
from events.models import CalendarEntry, Event, EventPage, TimetableChange, TimetableRow
from events.timetable.span import Span, in_order, row_times, span
from events.timetable.venues import stored_venue, with_country_code

Json = dict[str, Any]


class EventNews(enum.Enum):
    """The change of the event itself, apart from its timetable, since it was last announced."""

    NONE = "none"
    CHANGED = "changed"
    # The latest change was undone.
    UNDONE = "undone"


@transaction.atomic
def record_public_state(event_id: int, now: datetime.datetime | None = None) -> EventNews:
    """Update the event's span, calendar entries and list of changes.

    Returns what has changed in the event apart from its timetable.

    While the source page is not live, only the span is updated, because nothing has been announced yet.
    """
    now = now or timezone.now()
    event = Event.objects.select_for_update().get(pk=event_id)
    page = event.find_source_page()
    is_public = page is not None and page.live
    rows = _public_rows(page)
    _store_span(event, span(event, rows))
    if not is_public:
        return EventNews.NONE
    entries = {entry.key: entry for entry in event.calendar_entries.all()}
    # Changes of past events are not listed. Neither is the first publication of a timetable.
    is_listed = event.key in entries and event.phase(now) != EventPhase.PAST
    rows_are_listed = is_listed and any(entry.is_row for entry in entries.values())
    news = _announce_event(event, entries.get(event.key), now, is_listed=is_listed)
    titles = _titles(event)
    times = row_times(event, rows)
    for row, item in zip(rows, times, strict=True):
        announced = {
            "starts_at": item.starts_at,
            "ends_at": item.ends_at,
            "room": row.room or row.track,
            "status": EventStatus.CANCELLED if row.is_cancelled else _calendar_status(event),
        }
        entry = entries.pop(row.translation_key, None)
        row_titles = titles.get(row.translation_key, {})
        _announce_row(event, row, entry, announced, row_titles, now, is_listed=rows_are_listed)
    for entry in entries.values():
        if entry.is_row and entry.removed_at is None:
            _announce_removal(event, entry, now, is_listed=rows_are_listed)
    return news


def record_titles(event_id: int) -> None:
    """Store the titles of all rows in all published languages.

    The calendar entry of a deleted row still needs them.
    """
    with transaction.atomic():
        event = Event.objects.select_for_update().get(pk=event_id)
        titles = _titles(event)
        for entry in event.calendar_entries.filter(is_row=True, removed_at=None):
            found = titles.get(entry.key, {})
            if entry.titles != found:
                entry.titles = found
                entry.save(update_fields=["titles"])


def work_out_span(event: Event) -> None:
    """Store when the event begins and ends, computed from its own times and its published timetable."""
    page = event.find_source_page()
    _store_span(event, span(event, _public_rows(page)))


def _public_rows(page: EventPage | None) -> list[TimetableRow]:
    return in_order(page.timetable_rows.all()) if page is not None and page.live else []


def _store_span(event: Event, worked_out: Span) -> None:
    values = {
        "starts_at": worked_out.starts_at,
        "ends_at": worked_out.ends_at,
        "has_hours": worked_out.has_hours,
        "known_until": worked_out.known_until,
    }
    # `save` is not used, because it logs the change as one by an editor and announces it.
    Event.objects.filter(pk=event.pk).update(**values)
    for name, value in values.items():
        setattr(event, name, value)


def _calendar_status(event: Event) -> str:
    """Return the status for calendars. They show an event that was moved by its new time and not by a status."""
    return event.status if event.status in {EventStatus.CANCELLED, EventStatus.POSTPONED} else EventStatus.SCHEDULED


def _parts(place: Json) -> list[str]:
    return [*place["venue"], *filter(None, [place["country"]])]


def _announce_event(event: Event, entry: CalendarEntry | None, now, *, is_listed: bool) -> EventNews:
    place = stored_venue(event)
    announced = _plain(
        {
            "starts_at": event.starts_at if event.has_hours else event.first_day,
            "ends_at": event.known_until if event.has_hours else event.last_day,
            "last_day": event.last_day,
            "place": _parts(place),
            "mode": event.mode,
            "status": _calendar_status(event),
        }
    )
    slot = _plain(
        {
            "status": event.status,
            "first_day": event.first_day,
            "last_day": event.last_day,
            "mode": event.mode,
            "hours": _hours(event),
            "zone": event.zone,
            **place,
        }
    )
    if entry is None:
        CalendarEntry.objects.create(
            key=event.key, event=event, is_row=False, modified_at=now, announced=announced, slot=slot
        )
        return EventNews.NONE
    # Older entries have no hours and no zone. The present values stand for them, so that they count as unchanged.
    before = {"hours": slot["hours"], "zone": slot["zone"]} | with_country_code(entry.slot)
    # Older entries have the name of the country instead of its code.
    entry.announced["place"] = _parts(with_country_code({"venue": entry.announced.get("place", [])}))
    news = EventNews.NONE
    if is_listed and before != slot:
        line = TimetableChange.record(event, None, before, slot, {}, now)
        news = EventNews.CHANGED if line else EventNews.UNDONE
    _store(entry, announced, slot, entry.titles, now)
    return news


def _hours(event: Event) -> list[str]:
    """Return the start and, if known, the end of the event as local times.

    The list of changes does not show them, since it has a line for each row that moves. Participants get an email.
    """
    moments = [event.starts_at, event.known_until] if event.has_hours else []
    zone = timezones.zone_info(event.zone)
    return [f"{moment.astimezone(zone):%H:%M}" for moment in moments if moment]


def _announce_row(event, row: TimetableRow, entry, announced: Json, titles, now, *, is_listed: bool) -> None:
    announced, slot = _plain(announced), slot_of(row)
    if entry is None:
        CalendarEntry.objects.create(
            key=row.translation_key,
            event=event,
            is_row=True,
            modified_at=now,
            announced=announced,
            slot=slot,
            titles=titles,
        )
        if is_listed:
            TimetableChange.record(event, row.translation_key, None, slot, titles, now)
        return
    before = None if entry.removed_at else entry.slot
    if is_listed and before != slot:
        TimetableChange.record(event, row.translation_key, before, slot, titles, now)
    _store(entry, announced, slot, titles, now)


def _announce_removal(event: Event, entry: CalendarEntry, now, *, is_listed: bool) -> None:
    entry.removed_at = now
    entry.sequence += 1
    entry.modified_at = now
    entry.save()
    if is_listed:
        TimetableChange.record(event, entry.key, entry.slot, None, entry.titles, now)


def _store(entry: CalendarEntry, announced: Json, slot: Json, titles, now) -> None:
    returned = entry.removed_at is not None
    if entry.announced != announced or returned:
        entry.sequence += 1
        entry.modified_at = now
    elif entry.slot == slot and entry.titles == titles:
        return
    entry.announced, entry.slot, entry.titles, entry.removed_at = announced, slot, titles, None
    entry.save()


def slot_of(row: TimetableRow) -> Json:
    """Return the position of a row in the timetable, in the form in which the list of changes compares it."""
    return _plain(
        {
            "day": row.day,
            "start": row.start.strftime("%H:%M"),
            "end": row.end.strftime("%H:%M") if row.end else "",
            "room": row.room,
            "track": row.track,
        }
        # Added only for cancelled rows, so that rows that were stored without it compare as equal.
        | ({"is_cancelled": True} if row.is_cancelled else {})
    )


def _titles(event: Event) -> dict[object, dict[str, str]]:
    """Return the title of each row by language, from the live pages of the event."""
    rows = TimetableRow.objects.filter(page__event=event, page__live=True, page__alias_of=None)
    found: dict[object, dict[str, str]] = {}
    for key, language, title in rows.values_list("translation_key", "page__locale__language_code", "title"):
        found.setdefault(key, {})[language] = title
    return found


def _plain(values: Json) -> Json:
    """Return the values converted to JSON types, so that they can be compared with stored values."""
    return {name: _plain_value(value) for name, value in values.items()}


def _plain_value(value: object) -> object:
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [str(item) for item in value]
    return value if value is None or isinstance(value, int) else str(value)
