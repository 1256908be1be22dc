"""A made-up event in the future that shows the features of the site. Its title says that it will not take place."""

from __future__ import annotations

import datetime
import json
from datetime import time
from typing import Any

from events.enums import Attendance, FieldRequirement, Mode, QuestionKind, Recording, RowKind
from home.demo.blocks import bullets, identifier, rich, stream, text

TITLE = "Demonstration forum: this event will not take place"
WEEKS_AHEAD = 6
THURSDAY = 3

TRAINING, CARE = "A", "B"


def event_values(today: datetime.date) -> dict[str, Any]:
    """Return the values of a two-day event that begins on a Thursday some weeks after `today`."""
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


# Places by attendance mode; None for no limit.
SEATS: dict[Mode, int | None] = {Mode.ON_SITE: 80, Mode.ONLINE: None}


def registration_settings(now: datetime.datetime) -> dict[str, Any]:
    """Return registration settings: open from `now` until the event begins."""
    return {"opens_at": now, "asks_country": FieldRequirement.OPTIONAL, "asks_photo_consent": True}


def choices(question: str, *labels: str) -> str:
    """Return choices as a question stores them. Each has the same id in every language."""
    return json.dumps(
        [
            {"type": "choice", "id": str(identifier("demo-forum", "choice", question, number)), "value": label}
            for number, label in enumerate(labels)
        ]
    )


QUESTIONS: tuple[dict[str, Any], ...] = (
    {
        "label": "What would you like to get out of the day?",
        "help_text": "One sentence is enough. The speakers read it before the event.",
        "kind": QuestionKind.LONG_TEXT,
    },
    {
        "label": "Which track will you follow?",
        "kind": QuestionKind.CHOICE,
        "choices": choices("track", "Track A: training", "Track B: care", "I decide on the day"),
    },
    {"label": "Will you come to the evening get-together?", "kind": QuestionKind.YES_NO, "only_mode": Mode.ON_SITE},
    {
        "label": "How far do you travel to the event?",
        "kind": QuestionKind.NUMBER,
        "minimum": 0,
        "unit": "km",
        "only_mode": Mode.ON_SITE,
    },
    {
        "label": "On which day will you arrive in Turku?",
        "kind": QuestionKind.DATE,
        "only_mode": Mode.ON_SITE,
    },
    {
        "label": "Do you have dietary requirements?",
        "help_text": "For example: vegan, no nuts.",
        "kind": QuestionKind.TEXT,
        "only_mode": Mode.ON_SITE,
        "is_sensitive": True,
    },
    {
        "label": "Do you have access needs?",
        "help_text": "For example: step-free access, captions, a seat near the front.",
        "kind": QuestionKind.TEXT,
        "is_sensitive": True,
    },
)

ROWS: tuple[dict[str, Any], ...] = (
    {"start": time(9), "end": time(9, 30), "kind": RowKind.REGISTRATION, "title": "Registration and coffee"},
    {"start": time(9, 30), "kind": RowKind.OPENING, "title": "Opening", "language": "en"},
    {
        "start": time(9, 45),
        "end": time(10, 45),
        "title": "Example talk for all tracks",
        "abstract": "Sessions without a track are for everyone and span all columns.",
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
        "abstract": "It runs at the same time as two talks of the other track.",
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
    {
        "day": 2,
        "start": time(9),
        "end": time(10, 30),
        "kind": RowKind.WORKSHOP,
        "title": "Example workshop",
        "track": TRAINING,
    },
    {"day": 2, "start": time(10, 30), "end": time(10, 45), "kind": RowKind.BREAK, "title": "Coffee"},
    {"day": 2, "start": time(10, 45), "end": time(11, 45), "title": "Example talk", "language": "en", "has_qa": True},
    {"day": 2, "start": time(11, 45), "end": time(12), "kind": RowKind.CLOSING, "title": "Closing words"},
    # The last row, so that the rows above keep their keys in a demo that was loaded before this row was added.
    {
        "day": 2,
        "start": time(9),
        "end": time(10, 30),
        "kind": RowKind.WORKSHOP,
        "title": "Another example workshop",
        "abstract": "Participants choose one of the two workshops when they register.",
        "track": CARE,
    },
)

# The places on site of the sessions that participants choose, by title.
SESSION_PLACES = {"Example workshop": 20, "Another example workshop": 5}


def content(demo) -> dict[str, Any]:
    return {
        "lead": "This page shows how an event of the project looks before it takes place. The event is made up: do not "
        "book travel.",
        "summary": "A made-up event that shows how timetables, tracks and calendars work. It will not take place.",
        "aim": bullets(
            "To show a timetable of two days with two parallel tracks.",
            "To show times in the visitor’s own time zone, calendar files and the timetable as PDF.",
        ),
        "target_groups": rich("Everyone who wants to try out the site."),
        "body": stream(
            "demo-forum/body",
            text("The dates of this event depend on the day on which the demonstration was loaded."),
        ),
        "practical": rich("All data on this page is made up."),
        "registration_intro": rich(
            "You can register here with any email address to see how it works. The demonstration sends no emails."
        ),
        "data_recipients": "nobody, since this event will not take place",
    }
