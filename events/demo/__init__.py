"""The demo's events: the Final Forum as it took place, the kickoff, and a forum that is marked as a demonstration."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from events.demo import demo_forum, forum, kickoff
from events.models import (
    Event,
    EventIndexPage,
    EventPage,
    EventQuestion,
    EventSession,
    RegistrationSettings,
    SeatPool,
    TimetableRow,
)
from events.models.timetable import Speaker
from home.demo.blocks import identifier


def build(demo):
    demo.page("events", EventIndexPage, "Events")
    demo.fill("events", index)
    place(demo, "forum-2026", forum.TITLE, "digicantrain-forum-2026", forum.EVENT)
    place(demo, "kickoff-2023", kickoff.TITLE, "digicantrain-kickoff-2023", kickoff.EVENT)
    place(demo, "demo-forum", demo_forum.TITLE, "demo-forum", demo_forum.event_values(timezone.localdate()))
    demo.fill("forum-2026", with_rows("forum-2026", forum.content, forum.ROWS))
    demo.fill("kickoff-2023", kickoff.content)
    demo.fill("demo-forum", with_questions(with_rows("demo-forum", demo_forum.content, demo_forum.ROWS)))
    open_registration("demo-forum")


def index(demo) -> dict[str, Any]:
    return {
        "lead": "Upcoming and past events of the project, with their timetables.",
        "summary": "Events of the project with timetables and calendars to subscribe to.",
        "show_in_menus": True,
    }


def place(demo, key: str, title: str, slug: str, values: dict[str, Any]) -> None:
    """Create the event and the draft of its page if they do not exist."""
    event, _created = Event.objects.get_or_create(key=identifier("event", key), defaults=values)
    demo.page(key, EventPage, title, parent="events", slug=slug, event=event)


def open_registration(key: str) -> None:
    """Open the registration of the demonstration event, unless it has settings already. No participants are created."""
    event = Event.objects.get(key=identifier("event", key))
    _settings, is_new = RegistrationSettings.objects.get_or_create(
        event=event, defaults=demo_forum.registration_settings(timezone.now())
    )
    if is_new:
        for mode, capacity in demo_forum.SEATS.items():
            SeatPool.objects.get_or_create(event=event, mode=mode, defaults={"capacity": capacity})
        for number, row in enumerate(demo_forum.ROWS):
            if row["title"] in demo_forum.SESSION_PLACES:
                EventSession.objects.get_or_create(
                    key=identifier(key, "row", number),
                    defaults={"event": event, "is_chosen": True, "capacity": demo_forum.SESSION_PLACES[row["title"]]},
                )


def with_questions(content):
    return lambda demo: {**content(demo), "questions": questions(demo)}


def questions(demo) -> list[EventQuestion]:
    """Return the questions of the form. Each has the same key in every language."""
    return [
        EventQuestion(
            translation_key=identifier("demo-forum", "question", number),
            locale=demo.source,
            sort_order=number,
            **values,
        )
        for number, values in enumerate(demo_forum.QUESTIONS)
    ]


def with_rows(key: str, content, values: tuple[dict[str, Any], ...]):
    return lambda demo: {**content(demo), "timetable_rows": rows(demo, key, values)}


def rows(demo, key: str, values: tuple[dict[str, Any], ...]) -> list[TimetableRow]:
    """Return the rows of a timetable. Each has the same key in every language."""
    people = {person.name: person for person in demo.snippets.values() if hasattr(person, "orcid")}
    found = []
    for number, value in enumerate(values):
        fields = {"abstract": "", **value}
        speakers = fields.pop("speakers", ())
        row = TimetableRow(
            translation_key=identifier(key, "row", number), locale=demo.source, sort_order=number, **fields
        )
        row.people = [
            Speaker(name, affiliation, person=str(people[name].translation_key) if name in people else "")
            for name, affiliation in speakers
        ]
        found.append(row)
    return found
