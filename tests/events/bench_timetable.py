"""Compares response times for timetables of 200 and 20 rows in three tracks over three days: `make bench`."""

import datetime
import time
from collections.abc import Callable

import pytest
from django.db import connection, reset_queries
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events.models import EventPage, TimetableRow
from tests.factories.events import DAY, make_page, row

REPEATS = 15
LARGEST_RATIO = 2
FEW, MANY = 20, 200


def rows(count: int) -> list[TimetableRow]:
    return [
        row(
            f"{8 + number // 9 % 12:02}:{number // 108 * 25:02}",
            f"Row {number}",
            day=1 + number % 3,
            track="ABC"[number // 3 % 3],
            abstract="Some text about the session. " * 4,
            speakers_data=[{"name": "Anna Example", "affiliation": "University", "role": "speaker", "person": ""}],
        )
        for number in range(count)
    ]


def measure(request: Callable) -> tuple[float, int]:
    """Return the shortest time in seconds, which other processes affect least, and the number of queries."""
    request()
    reset_queries()  # the capture starts at the end of the log, which has a maximum length
    with CaptureQueriesContext(connection) as captured:
        request()
    query_count = len(captured)
    times = []
    for _time in range(REPEATS):
        started = time.perf_counter()
        assert request().status_code == 200
        times.append(time.perf_counter() - started)
    return min(times), query_count


def screens(page: EventPage, visitor: Client, editor: Client) -> dict[str, Callable]:
    return {
        "editor: timetable": lambda: editor.get(reverse("events:timetable", args=[page.event_id])),
        "editor: page": lambda: editor.get(reverse("wagtailadmin_pages:edit", args=[page.pk])),
        "editor: details": lambda: editor.get(reverse("events:edit", args=[page.event_id])),
        "page": lambda: visitor.get(page.url),
        "calendar": lambda: visitor.get(page.timetable_calendar_path),
    }


@pytest.mark.django_db
def test_timetable_of_200_rows_compared_with_20(client, admin_client, home_page, settings, capsys):
    settings.PAGE_CACHE_SECONDS = 0
    last = DAY + datetime.timedelta(days=2)
    few = make_page(home_page, *rows(FEW), title="Few", slug="few", last_day=last)
    many = make_page(home_page, *rows(MANY), title="Many", slug="many", last_day=last)
    before = {name: measure(request) for name, request in screens(few, client, admin_client).items()}
    after = {name: measure(request) for name, request in screens(many, client, admin_client).items()}
    with capsys.disabled():
        print()  # noqa: T201
        for name, (short, queries_few) in before.items():
            long, queries_many = after[name]
            print(  # noqa: T201
                f"{name:18} {FEW} rows: {short * 1000:6.1f} ms, {queries_few} queries   {MANY}: {long * 1000:6.1f} ms, "
                f"{queries_many} queries   ratio {long / short:.2f}"
            )
    for name, (short, queries_few) in before.items():
        assert after[name][1] == queries_few, name
        if name.startswith("editor"):
            assert after[name][0] / short <= LARGEST_RATIO, name
