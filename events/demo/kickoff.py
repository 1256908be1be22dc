"""The kickoff in Turku: two days of which no timetable is known."""

from __future__ import annotations

import datetime
from typing import Any

from events.enums import Attendance
from home.demo.blocks import stream, text

TITLE = "DigiCanTrain kickoff"

FACTS: dict[str, Any] = {
    "zone": "Europe/Helsinki",
    "first_day": datetime.date(2023, 3, 23),
    "last_day": datetime.date(2023, 3, 24),
    "attendance": Attendance.ON_SITE,
    "venue_town": "Turku",
    "venue_country": "FI",
}


def content(demo) -> dict[str, Any]:
    return {
        "lead": "The consortium met in Turku, Finland, and the work began.",
        "summary": "Two days in Turku, Finland, with which the project began.",
        "body": stream(
            "kickoff-2023/body",
            text(
                "The kickoff was held successfully in Turku, the home of the coordinator, Turku University of Applied "
                "Sciences.",
                f"What the partners set out to do: {demo.link('project', 'About the project')}",
            ),
        ),
    }
