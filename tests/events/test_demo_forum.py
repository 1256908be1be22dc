"""The demo's Final Forum is the published timetable, row by row."""

import datetime

import pytest

from events.demo import demo_forum, forum, kickoff
from events.enums import RowKind
from events.timetable.paste import read
from home.demo import catalogues
from tests.events.test_paste import FORUM

pytestmark = pytest.mark.any_database


def test_rows_of_the_demo_are_those_of_the_published_timetable():
    published = read(FORUM).rows
    shown = [
        (
            row["start"],
            row.get("end"),
            row.get("kind", RowKind.TALK),
            row["title"],
            # The published text has a typing error: "form Estonia".
            row.get("abstract", "").replace("from Estonia", "form Estonia"),
            [*row.get("speakers", ())],
            row.get("room", ""),
            row.get("has_qa", False),
        )
        for row in forum.ROWS
    ]
    assert shown == [
        (
            row.start,
            row.end,
            row.kind,
            row.title,
            row.abstract,
            [(person.name, person.affiliation) for person in row.people],
            row.room,
            row.has_qa,
        )
        for row in published
    ]


def test_days_of_the_demo():
    assert (forum.EVENT["first_day"], forum.EVENT["zone"]) == (datetime.date(2026, 2, 12), "Europe/Tallinn")
    assert (kickoff.EVENT["first_day"], kickoff.EVENT["last_day"]) == (
        datetime.date(2023, 3, 23),
        datetime.date(2023, 3, 24),
    )


@pytest.mark.parametrize("today", ["2026-11-22", "2026-12-31", "2027-02-28"])
def test_the_demonstration_forum_is_in_the_future_on_two_weekdays(today):
    loaded = datetime.date.fromisoformat(today)
    values = demo_forum.event_values(loaded)
    assert values["first_day"].weekday() == 3
    assert 42 <= (values["first_day"] - loaded).days < 49
    assert values["last_day"] - values["first_day"] == datetime.timedelta(days=1)


@pytest.mark.parametrize("language", ["fi", "et", "el"])
def test_all_texts_of_the_timetables_are_translated(language):
    found = catalogues.Catalogue.read(language).entries
    rows = [*forum.ROWS, *demo_forum.ROWS]
    texts = {row["title"] for row in rows} | {row["abstract"] for row in rows if row.get("abstract")}
    texts |= {forum.TITLE, kickoff.TITLE, demo_forum.TITLE}
    assert {text for text in texts if not found.get((None, text))} == set()
