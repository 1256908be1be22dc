"""The kickoff in Turku. Its timetable is not known."""

from __future__ import annotations

import datetime
from typing import Any

from events.enums import Attendance
from home.demo.blocks import stream, text

TITLE = "DigiCanTrain kickoff"

EVENT: dict[str, Any] = {
    "zone": "Europe/Helsinki",
    "first_day": datetime.date(2023, 3, 23),
    "last_day": datetime.date(2023, 3, 24),
    "attendance": Attendance.ON_SITE,
    "venue_town": "Turku",
    "venue_country": "FI",
}


def content(demo) -> dict[str, Any]:
    return {
        "lead": "The consortium met in Turku, Finland, to start the project.",
        "summary": "The two-day first meeting of the project in Turku, Finland.",
        "body": stream(
            "kickoff-2023/body",
            text(
                "The kickoff took place in Turku, at the coordinator, Turku University of Applied Sciences.",
                f"The aims of the project: {demo.link('project', 'About the project')}",
            ),
        ),
    }
