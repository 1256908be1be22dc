"""A forum in the future that is not one: it shows what the site can do, and says so in its title."""

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


# Seats for each way of taking part; None for as many as come.
SEATS: dict[Mode, int | None] = {Mode.ON_SITE: 80, Mode.ONLINE: None}


def registration(now: datetime.datetime) -> dict[str, Any]:
    """Return the settings of a registration that is open from `now` until the event begins."""
    return {"opens_at": now, "asks_country": FieldRequirement.OPTIONAL, "asks_photo_consent": True}


def choices(question: str, *labels: str) -> str:
    """Return choices as the field of a question stores them; each keeps its identity in every language."""
    return json.dumps(
        [
            {"type": "choice", "id": str(identifier("demo-forum", "choice", question, number)), "value": label}
            for number, label in enumerate(labels)
        ]
    )


QUESTIONS: tuple[dict[str, Any], ...] = (
    {
        "label": "What should the day answer for you?",
        "help_text": "A sentence is enough; the speakers read it beforehand.",
        "kind": QuestionKind.LONG_TEXT,
    },
    {
        "label": "Which track will you follow?",
        "kind": QuestionKind.CHOICE,
        "choices": choices("track", "Track A: training", "Track B: care", "I decide on the day"),
    },
    {"label": "Will you come to the evening get-together?", "kind": QuestionKind.YES_NO, "only_mode": Mode.ON_SITE},
    {
        "label": "What should the kitchen know?",
        "help_text": "For example: vegan, no nuts.",
        "kind": QuestionKind.TEXT,
        "only_mode": Mode.ON_SITE,
        "is_sensitive": True,
    },
    {
        "label": "What do you need so that you can take part well?",
        "help_text": "For example: step-free ways, captions, a seat near the front.",
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
        "registration_intro": rich(
            "You can register here to see how it goes, with any address: in the demonstration no mail leaves the "
            "machine."
        ),
        "data_recipients": "nobody, since this event will not take place",
    }
