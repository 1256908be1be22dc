"""Conditions of queries for events by their phase and attendance, as `Event.phase` and `Event.mode` define them.

`prefix` is the path from the model of the query to the event.
"""

from __future__ import annotations

import datetime

from django.db.models import Q

from events.enums import CALLED_OFF_PHASES, Attendance, EventStatus


def _q(prefix: str, **conditions: object) -> Q:
    return Q(**{prefix + name: value for name, value in conditions.items()})


def takes_place(prefix: str = "event__") -> Q:
    """Return the condition for events that are neither cancelled nor postponed."""
    return ~_q(prefix, status__in=[phase.value for phase in CALLED_OFF_PHASES])


def postponed(prefix: str = "event__") -> Q:
    return _q(prefix, status=EventStatus.POSTPONED)


def past(now: datetime.datetime, prefix: str = "event__") -> Q:
    """Return the condition for events that are over. Cancelled ones are included when their date has passed."""
    return _q(prefix, ends_at__lte=now) & ~postponed(prefix)


def coming(now: datetime.datetime, prefix: str = "event__") -> Q:
    """Return the condition for running and upcoming events. Cancelled ones are included until their date has passed."""
    return (_q(prefix, ends_at__gt=now) | _q(prefix, ends_at=None)) & ~postponed(prefix)


def attended(mode: str, prefix: str = "event__") -> Q:
    """Return the condition for events that people can attend in this way; for an empty text, for all events."""
    if not mode:
        return Q()
    has_moved = _q(prefix, status=EventStatus.MOVED_ONLINE)
    planned = _q(prefix, attendance__in={mode, Attendance.HYBRID.value})
    return has_moved | planned if mode == Attendance.ONLINE else planned & ~has_moved


def held_in(country: str, prefix: str = "event__") -> Q:
    """Return the condition for events with a venue in this country; for an empty text, for all events."""
    if not country:
        return Q()
    is_online = _q(prefix, status=EventStatus.MOVED_ONLINE) | _q(prefix, attendance=Attendance.ONLINE)
    return _q(prefix, venue_country=country) & ~is_online
