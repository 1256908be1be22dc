"""Where people are checked in: at the entrance on a day of the event, or at a counted session."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.formats import time_format
from django.utils.translation import gettext as _

from events.models import Event
from events.registration.sessions import SessionDetail, counted_sessions, records_leaving


@dataclass(frozen=True)
class CheckInPoint:
    """Where people are checked in: at the entrance on a day of the event, or when they enter or leave a counted session."""

    day: datetime.date
    session: SessionDetail | None = None
    is_leaving: bool = False

    @property
    def label(self) -> str:
        if self.session is None:
            return _("Entrance of the event")
        values = {"time": time_format(self.session.starts_at), "title": self.session.title}
        if self.is_leaving:
            return _("%(time)s %(title)s: leaving") % values
        return _("%(time)s %(title)s") % values

    @property
    def value(self) -> str:
        """The value for forms, which send it together with the day. Empty for the entrance."""
        if self.session is None:
            return ""
        return f"{self.session.pk}:leaving" if self.is_leaving else str(self.session.pk)


def check_in_day(event: Event, chosen: datetime.date | None, today: datetime.date) -> datetime.date:
    """Return the chosen day if it is a day of the event, else today if it is one, else the first day of the event."""
    return next((day for day in (chosen, today) if day in event.days), event.first_day)


@dataclass(frozen=True)
class PointChoice:
    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class CheckInPoints:
    """The chosen point, and all points of its day. `choices` is empty for a day without counted sessions."""

    point: CheckInPoint
    choices: list[PointChoice]


def check_in_points(event: Event, day: datetime.date, chosen: str, language: str) -> CheckInPoints:
    """Return the points of a day. `chosen` is the `value` of one of them; otherwise the entrance is chosen."""
    sessions = [item for item in counted_sessions(event, language) if item.day == day and item.takes_place]
    if not sessions:
        return CheckInPoints(CheckInPoint(day), [])
    points = [CheckInPoint(day), *_session_points(day, sessions, has_leaving=records_leaving(event))]
    point = next((item for item in points if item.value == chosen), points[0])
    return CheckInPoints(point, [PointChoice(item.value, item.label, item == point) for item in points])


def all_points(event: Event, language: str) -> list[CheckInPoint]:
    """Return the points of all days of the event, in two queries."""
    sessions = [item for item in counted_sessions(event, language) if item.takes_place]
    has_leaving = bool(sessions) and records_leaving(event)
    found = []
    for day in event.days:
        of_day = [item for item in sessions if item.day == day]
        found += [CheckInPoint(day), *_session_points(day, of_day, has_leaving=has_leaving)]
    return found


def _session_points(day: datetime.date, sessions: Sequence[SessionDetail], *, has_leaving: bool) -> list[CheckInPoint]:
    directions = (False, True) if has_leaving else (False,)
    return [CheckInPoint(day, session, is_leaving) for session in sessions for is_leaving in directions]
