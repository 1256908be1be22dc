"""A session that is cancelled stays in the timetable, struck through, and is cancelled in calendars."""

import re

import pytest

from events.admin.timetable import row_json
from events.models import CalendarEntry
from events.timetable.changes import change_notes
from tests.factories import reload
from tests.factories.events import in_language, make_page, publish, row, rows_of, translate_all
from tests.html import soup

pytestmark = [pytest.mark.any_database, pytest.mark.slow]


@pytest.fixture
def page(home_page):
    return make_page(home_page, row("09:00", "Opening", "10:00"), row("10:00", "Talk", "11:00"))


def cancel(page, *, is_cancelled=True):
    rows = rows_of(page)
    rows[1].is_cancelled = is_cancelled
    return publish(page, rows)


def statuses(client, page) -> list[str]:
    """Return the statuses of the sessions in the calendar file of the timetable."""
    text = client.get(reload(page).timetable_calendar_path).content.decode()
    return sorted(re.findall(r"^STATUS:(\w+)", text, re.MULTILINE))


def test_it_stays_on_the_page_struck_through(page, client):
    cancel(page)
    shown = soup(client.get(reload(page).get_url()))
    assert [item.get_text() for item in shown.select(".session__title s")] == ["Talk"]
    assert len(shown.select(".session__cancelled")) == 1
    assert {title.get_text(strip=True) for title in shown.select(".session__title")} == {"Opening", "Talk"}


def test_calendars_are_told_with_a_higher_sequence(page, client):
    key = rows_of(page)[1].translation_key
    before = {entry.key: entry.sequence for entry in CalendarEntry.objects.all()}
    cancel(page)
    assert statuses(client, page) == ["CANCELLED", "CONFIRMED"]
    raised = [entry.key for entry in CalendarEntry.objects.all() if entry.sequence != before[entry.key]]
    assert raised == [key]


def test_it_can_take_place_after_all(page, client):
    cancel(page)
    cancel(page, is_cancelled=False)
    assert statuses(client, page) == ["CONFIRMED", "CONFIRMED"]
    assert soup(client.get(reload(page).get_url())).select(".session__cancelled") == []


def test_the_list_of_changes_says_so_and_other_rows_are_not_listed(page):
    cancel(page)
    found = reload(page)
    assert [note.text for note in change_notes(found, found.sessions)] == ["Cancelled: “Talk” at 10:00."]


def test_it_is_cancelled_in_all_languages(page, client):
    translate_all(page)
    cancel(page)
    shown = soup(client.get(in_language(page, "fi").get_url()))
    assert shown.select_one(".session__cancelled").get_text(strip=True) == "Tämä ohjelmakohta on peruttu."


def test_the_grid_of_the_editor_knows_it(page):
    assert [row_json(item)["is_cancelled"] for item in rows_of(cancel(page))] == [False, True]
