"""The Final Forum of 12 February 2026. Titles, times and names are those of the organisers' announcement."""

from __future__ import annotations

import datetime
from datetime import time
from typing import Any

from events.enums import Attendance, RowKind
from home.demo.blocks import bullets, call_to_action, link_to, rich, stream, text
from home.demo.project import FORUM_TITLE

TITLE = FORUM_TITLE

# The announcement does not name the town. The time zone is a guess, because two talks are about Estonia.
EVENT: dict[str, Any] = {
    "zone": "Europe/Tallinn",
    "first_day": datetime.date(2026, 2, 12),
    "last_day": datetime.date(2026, 2, 12),
    "attendance": Attendance.HYBRID,
}

ROWS: tuple[dict[str, Any], ...] = (
    {
        "start": time(9, 30),
        "end": time(10),
        "kind": RowKind.REGISTRATION,
        "title": "Registration and Welcome Coffee Break",
    },
    {
        "start": time(10),
        "kind": RowKind.OPENING,
        "title": "Welcome words",
        "speakers": (("Virpi Sulosaari", "Project Leader"),),
    },
    {"start": time(10, 10), "title": "Digital transformation in health care – Estonian perspective"},
    {"start": time(10, 30), "title": "Digital services and digital skills in Estonian cancer control plan"},
    {"start": time(10, 50), "title": "DigiCanTrain – overview of the project", "has_qa": True},
    {"start": time(11, 15), "title": "DigiCanTrain – programme"},
    {
        "start": time(11, 35),
        "title": "Experiences of the training",
        "abstract": "Trainer and participant from Estonia and Greece",
        "has_qa": True,
    },
    {"start": time(12), "kind": RowKind.MEAL, "title": "Buffet Lunch – networking", "room": "Restaurant Senso"},
    {"start": time(13), "title": "Digital intervention in cancer care"},
    {"start": time(13, 25), "title": "DigiCanTrain – main results, key learning and way forward", "has_qa": True},
    {
        "start": time(14),
        "title": "Empowering health care workforce: The EU’s Vision for a Digital Health Future",
    },
    {"start": time(14, 20), "kind": RowKind.BREAK, "title": "Coffee Break – networking"},
    {
        "start": time(14, 50),
        "kind": RowKind.PANEL,
        "title": "Panel discussions",
        "abstract": "Facilitating future collaboration between European stakeholders",
    },
    {"start": time(15, 40), "kind": RowKind.SUMMARY, "title": "Summarising panel discussions"},
    {"start": time(15, 50), "kind": RowKind.CLOSING, "title": "Concluding words and farewell"},
)


def content(demo) -> dict[str, Any]:
    return {
        "lead": "The last public event of the project: one day, on site and online, for everyone who wants to use its "
        "results.",
        "summary": "The last public event of the project, on site and online: aim, target groups and timetable.",
        "aim": bullets(
            "To share the results of the project, above all on digital literacy and competences.",
            "To discuss new ideas and good practice in person-centred digital interventions in cancer care.",
            "To bring together educators, health care professionals, policymakers and non-governmental organisations "
            "from all over Europe who work for digital skills in health care.",
        ),
        "target_groups": bullets(
            "Health care professionals",
            "Leaders and educators",
            "Policymakers",
            "Non-governmental organisations",
            "The DigiCanTrain consortium",
        ),
        "practical": rich("Online participants registered in advance. Registration is closed."),
        "registration_label": "DigiCanTrain Final Forum online participant registration 12 February 2026",
        "report": stream(
            "forum-2026/report",
            text("You can download the timetable of the forum as PDF."),
            call_to_action(
                "Results of the project",
                "Results, fact sheets and publications are on one page.",
                link_to(demo.pages["results"], "See the results"),
            ),
        ),
    }
