"""Events: the row of facts, the pages of words, the timetable, and what was announced of them."""

from events.models.announcements import CalendarEntry, TimetableChange
from events.models.event import Event, EventChange, EventOrganiser
from events.models.pages import EventIndexPage, EventPage
from events.models.timetable import EventMaterial, Speaker, TimetableRow

__all__ = [
    "CalendarEntry",
    "Event",
    "EventChange",
    "EventIndexPage",
    "EventMaterial",
    "EventOrganiser",
    "EventPage",
    "Speaker",
    "TimetableChange",
    "TimetableRow",
]
