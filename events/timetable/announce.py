"""Tells calendars and the public log what changed, whenever facts or a timetable become public.

Safe to call at any time and as often as one likes: it compares what is public now with what was announced last.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from events import timezones
from events.enums import EventPhase, EventStatus
from events.models import CalendarEntry, Event, EventPage, TimetableChange, TimetableRow
from events.timetable.span import Span, in_order, row_times, span

Json = dict[str, Any]


@transaction.atomic
def announce(event_pk: int, now: datetime.datetime | None = None) -> None:
    """Bring the event's moments, its calendar entries and its log up to what is public of it.

    Before any page of the event is live only the moments are worked out: nobody was told anything.
    """
    now = now or timezone.now()
    event = Event.objects.select_for_update().get(pk=event_pk)
    page = EventPage.source_page_of(event)
    is_public = page is not None and page.live
    rows = _public_rows(page)
    _store_span(event, span(event, rows))
    if not is_public:
        return
    entries = {entry.key: entry for entry in event.calendar_entries.all()}
    # What happened long ago is not news, and a timetable's first publication announces rows, not changes.
    is_news = event.key in entries and event.phase(now) != EventPhase.PAST
    rows_are_news = is_news and any(entry.is_row for entry in entries.values())
    _announce_event(event, entries.get(event.key), now, is_news=is_news)
    titles = _titles(event)
    times = row_times(event, rows)
    for row, item in zip(rows, times, strict=True):
        announced = {
            "starts_at": item.starts_at,
            "ends_at": item.ends_at,
            "room": row.room or row.track,
            "status": _calendar_status(event),
        }
        entry = entries.pop(row.translation_key, None)
        _announce_row(event, row, entry, announced, titles.get(row.translation_key, {}), now, is_news=rows_are_news)
    for entry in entries.values():
        if entry.is_row and entry.removed_at is None:
            _announce_removal(event, entry, now, is_news=rows_are_news)


def work_out_span(event: Event) -> None:
    """Work out when the event begins and ends, from its facts and what is public of its timetable."""
    page = EventPage.source_page_of(event)
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
    # Past the log: these are not facts that somebody entered.
    Event.objects.filter(pk=event.pk).update(**values)
    for name, value in values.items():
        setattr(event, name, value)


def _calendar_status(event: Event) -> str:
    """Return what matters of the status to a calendar: moved to another day is a change of time, not of status."""
    return event.status if event.status in {EventStatus.CANCELLED, EventStatus.POSTPONED} else EventStatus.SCHEDULED


def _announce_event(event: Event, entry: CalendarEntry | None, now, *, is_news: bool) -> None:
    announced = _plain(
        {
            "starts_at": event.starts_at if event.has_hours else event.first_day,
            "ends_at": event.known_until if event.has_hours else event.last_day,
            "last_day": event.last_day,
            "place": event.venue_parts if event.is_on_site else [],
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
            "venue": event.venue_parts if event.is_on_site else [],
            "hours": _hours(event),
            "zone": event.zone,
        }
    )
    if entry is None:
        CalendarEntry.objects.create(
            key=event.key, event=event, is_row=False, modified_at=now, announced=announced, slot=slot
        )
        return
    # An entry that was written before slots knew of hours and zones knows of no other ones.
    before = {"hours": slot["hours"], "zone": slot["zone"]} | entry.slot
    if is_news and before != slot:
        TimetableChange.record(event, None, before, slot, {}, now)
    _store(entry, announced, slot, entry.titles, now)


def _hours(event: Event) -> list[str]:
    """Return the first and, where somebody has said it, the last hour on the event's clocks.

    The public log says nothing of them, since it has a line for each row that moves; people who registered are told.
    """
    moments = [event.starts_at, event.known_until] if event.has_hours else []
    zone = timezones.zone_info(event.zone)
    return [f"{moment.astimezone(zone):%H:%M}" for moment in moments if moment]


def _announce_row(event, row: TimetableRow, entry, announced: Json, titles, now, *, is_news: bool) -> None:
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
        if is_news:
            TimetableChange.record(event, row.translation_key, None, slot, titles, now)
        return
    before = None if entry.removed_at else entry.slot
    if is_news and before != slot:
        TimetableChange.record(event, row.translation_key, before, slot, titles, now)
    _store(entry, announced, slot, titles, now)


def _announce_removal(event: Event, entry: CalendarEntry, now, *, is_news: bool) -> None:
    entry.removed_at = now
    entry.sequence += 1
    entry.modified_at = now
    entry.save()
    if is_news:
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
    """Return what the log tells of a row: where it stands on the programme."""
    return _plain(
        {
            "day": row.day,
            "start": row.start.strftime("%H:%M"),
            "end": row.end.strftime("%H:%M") if row.end else "",
            "room": row.room,
            "track": row.track,
        }
    )


def _titles(event: Event) -> dict[object, dict[str, str]]:
    """Return the title of each row by language, from the live pages of the event."""
    rows = TimetableRow.objects.filter(page__event=event, page__live=True, page__alias_of=None)
    found: dict[object, dict[str, str]] = {}
    for key, language, title in rows.values_list("translation_key", "page__locale__language_code", "title"):
        found.setdefault(key, {})[language] = title
    return found


def _plain(values: Json) -> Json:
    """Return the values as they come back from the database, so that two of them can be compared."""
    return {name: _plain_value(value) for name, value in values.items()}


def _plain_value(value: object) -> object:
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [str(item) for item in value]
    return value if value is None or isinstance(value, int) else str(value)
