"""The sessions of an event as they were last announced, including sessions that are no longer in the timetable."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass

from django.conf import settings

from events import timezones
from events.enums import EventStatus
from events.models import CalendarEntry, Event


@dataclass(frozen=True)
class AnnouncedSession:
    """A session with its title in one language. Moments are in the event's time zone. The end is None if not known."""

    key: uuid.UUID
    title: str
    starts_at: datetime.datetime
    ends_at: datetime.datetime | None
    room: str
    is_cancelled: bool
    is_removed: bool

    @property
    def day(self) -> datetime.date:
        return self.starts_at.date()

    @property
    def minutes(self) -> int | None:
        """The length of the session in minutes; None if its end is not known."""
        return round((self.ends_at - self.starts_at).total_seconds() / 60) if self.ends_at else None

    @property
    def takes_place(self) -> bool:
        return not (self.is_cancelled or self.is_removed)

    def overlaps(self, other: AnnouncedSession) -> bool:
        """Return whether the sessions overlap, so that nobody can attend both of them completely."""
        if self.ends_at is None or other.ends_at is None:
            return self.starts_at == other.starts_at
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


def announced_sessions(event: Event, language: str) -> list[AnnouncedSession]:
    """Return all sessions that were ever announced, in the order of the timetable. One query."""
    entries = CalendarEntry.objects.filter(event=event, is_row=True)
    found = [_session(entry, event, language) for entry in entries]
    return sorted(found, key=lambda session: (session.starts_at, session.room, str(session.key)))


def _session(entry: CalendarEntry, event: Event, language: str) -> AnnouncedSession:
    zone = timezones.zone_info(event.zone)
    starts_at, ends_at = (entry.announced.get(name) for name in ("starts_at", "ends_at"))
    titles: dict[str, str] = entry.titles
    title = titles.get(language) or titles.get(settings.LANGUAGE_CODE) or next(iter(titles.values()), "")
    return AnnouncedSession(
        key=entry.key,
        title=title,
        starts_at=datetime.datetime.fromisoformat(starts_at).astimezone(zone),
        ends_at=datetime.datetime.fromisoformat(ends_at).astimezone(zone) if ends_at else None,
        room=entry.announced.get("room", ""),
        # If an event is cancelled, its rows have that status, too.
        is_cancelled=entry.announced.get("status") == EventStatus.CANCELLED,
        is_removed=entry.removed_at is not None,
    )
