"""Converts the local times of an event and its timetable to another time zone. The moments stay the same."""

from __future__ import annotations

import datetime
import zoneinfo
from collections.abc import Callable

from events import timezones
from events.models import Event, EventPage


def keep_instants(event: Event, old_zone: str, user) -> None:
    """Convert the times of `event` and of its timetable, published and draft, from `old_zone` to `event.zone`.

    The event itself is changed but not saved.
    """
    first_day = event.first_day
    moved = _mover(old_zone, event.zone)
    if event.start_time:
        event.first_day, event.start_time = moved(event.first_day, event.start_time)
    if event.end_time:
        event.last_day, event.end_time = moved(event.last_day, event.end_time)
    event.last_day = max(event.first_day, event.last_day)
    page = event.find_source_page()
    if page is None:
        return
    draft = page.get_latest_revision_as_object() if page.has_unpublished_changes or not page.live else None
    if page.live:
        _move_rows(page, first_day, event.first_day, moved)
        page.save_revision(user=user).publish(user=user)
    if draft:
        _move_rows(draft, first_day, event.first_day, moved)
        draft.save_revision(user=user, log_action=True)


Mover = Callable[[datetime.date, datetime.time], tuple[datetime.date, datetime.time]]


def _mover(old_zone: str, new_zone: str) -> Mover:
    def moved(day: datetime.date, time: datetime.time) -> tuple[datetime.date, datetime.time]:
        local = timezones.instant(day, time, old_zone).astimezone(zoneinfo.ZoneInfo(new_zone))
        return local.date(), local.time().replace(tzinfo=None)

    return moved


def _move_rows(page: EventPage, old_first: datetime.date, new_first: datetime.date, moved: Mover) -> None:
    rows = list(page.timetable_rows.all())
    for row in rows:
        date = old_first + timezones.DAY * (row.day - 1)
        end = row.end
        if end:
            end_date = date + timezones.DAY if end <= row.start else date
            _day, end = moved(end_date, end)
        new_date, row.start = moved(date, row.start)
        row.end = end
        row.day = max(1, (new_date - new_first).days + 1)
    page.timetable_rows.set(rows)
