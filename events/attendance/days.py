"""For which day of an event people are checked in."""

from __future__ import annotations

import datetime

from events.models import Event


def check_in_day(event: Event, chosen: datetime.date | None, today: datetime.date) -> datetime.date:
    """Return the chosen day if it is a day of the event, else today if it is one, else the first day of the event."""
    return next((day for day in (chosen, today) if day in event.days), event.first_day)
