"""A forum in the future that is not one: it shows what the site can do, and says so in its title."""

from __future__ import annotations

import datetime
from datetime import time
from typing import Any

from events.enums import Attendance, Recording, RowKind
from home.demo.blocks import bullets, rich, stream, text

TITLE = "Demonstration forum: this event will not take place"
WEEKS_AHEAD = 6
THURSDAY = 3

TRAINING, CARE = "A", "B"


def facts(today: datetime.date) -> dict[str, Any]:
    """Return the facts of a two-day event that begins on a Thursday some weeks from `today`."""
    ahead = today + datetime.timedelta(weeks=WEEKS_AHEAD)
    first_day = ahead + datetime.timedelta(days=(THURSDAY - ahead.weekday()) % 7)
    return {
        "zone": "Europe/Helsinki",
        "first_day": first_day,
        "last_day": first_day + datetime.timedelta(days=1),
        "attendance": Attendance.HYBRID,
        "venue_town": "Turku",
        "venue_country": "FI",
        "languages_spoken": ["en", "fi"],
        "recording": Recording.NONE,
    }


ROWS: tuple[dict[str, Any], ...] = (
    {"start": time(9), "end": time(9, 30), "kind": RowKind.REGISTRATION, "title": "Registration and coffee"},
    {"start": time(9, 30), "kind": RowKind.OPENING, "title": "Opening", "language": "en"},
    {
        "start": time(9, 45),
        "end": time(10, 45),
        "title": "Example talk for everybody",
        "abstract": "Rows of no track are for everybody and stand across all columns.",
        "language": "en",
        "has_qa": True,
    },
    {"start": time(10, 45), "end": time(11), "kind": RowKind.BREAK, "title": "Coffee"},
    {"start": time(11), "end": time(11, 40), "title": "Example talk in track A", "track": TRAINING, "language": "en"},
    {
        "start": time(11),
        "end": time(12, 15),
        "kind": RowKind.WORKSHOP,
        "title": "Example workshop in track B",
        "abstract": "It runs beside two talks of the other track.",
        "track": CARE,
        "language": "fi",
    },
    {
        "start": time(11, 40),
        "end": time(12, 15),
        "title": "Another example talk in track A",
        "track": TRAINING,
        "language": "en",
        "has_qa": True,
    },
    {"start": time(12, 15), "end": time(13, 15), "kind": RowKind.MEAL, "title": "Lunch"},
    {
        "start": time(13, 15),
        "end": time(14, 15),
        "kind": RowKind.PANEL,
        "title": "Example panel discussion",
        "language": "en",
    },
    {"start": time(14, 15), "end": time(14, 30), "kind": RowKind.SUMMARY, "title": "Summary of the first day"},
    {"start": time(18), "end": time(21), "kind": RowKind.NETWORKING, "title": "Evening get-together"},
    {"day": 2, "start": time(9), "end": time(10, 30), "kind": RowKind.WORKSHOP, "title": "Example workshop"},
    {"day": 2, "start": time(10, 30), "end": time(10, 45), "kind": RowKind.BREAK, "title": "Coffee"},
    {"day": 2, "start": time(10, 45), "end": time(11, 45), "title": "Example talk", "language": "en", "has_qa": True},
    {"day": 2, "start": time(11, 45), "end": time(12), "kind": RowKind.CLOSING, "title": "Closing words"},
)


def content(demo) -> dict[str, Any]:
    return {
        "lead": "This page shows how an event of the project looks before it takes place. Nobody will meet on these "
        "days: do not book anything.",
        "summary": "A made-up event that shows how timetables, tracks and calendars work. It will not take place.",
        "aim": bullets(
            "To show a timetable of two days, with two tracks that run side by side.",
            "To show times in the visitor’s own zone, calendar files and the programme on paper.",
        ),
        "target_groups": rich("Everybody who wants to try the site out."),
        "body": stream(
            "demo-forum/body",
            text("The days of this event are counted from the day on which the demonstration was loaded."),
        ),
        "practical": rich("Nothing on this page is real except the way it works."),
    }
