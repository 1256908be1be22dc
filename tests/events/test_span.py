"""When rows and events begin and end."""

import datetime
import zoneinfo

import pytest

from events import timezones
from events.enums import EventPhase
from events.models import Event
from events.timetable.span import row_times, span
from tests.factories.events import DAY, make_page, row, time

pytestmark = pytest.mark.any_database

UTC = datetime.UTC


def event(**fields):
    values = {"first_day": DAY, "last_day": DAY, "zone": "Europe/Helsinki"} | fields
    return Event(**values)


def local(moment):
    return moment and moment.strftime("%d %H:%M")


def times(of, *rows):
    return [(local(item.starts_at), local(item.ends_at)) for item in row_times(of, rows)]


def test_a_row_without_an_end_lasts_until_the_next():
    assert times(event(), row("09:00", "One"), row("09:30", "Two", "10:00"), row("10:30", "Three")) == [
        ("16 09:00", "16 09:30"),
        ("16 09:30", "16 10:00"),
        ("16 10:30", None),
    ]


def test_a_row_lasts_until_the_next_of_its_track():
    assert times(
        event(),
        row("09:00", "One", track="A"),
        row("09:00", "Two", track="B"),
        row("09:30", "Three", track="B"),
        row("10:00", "All"),
    ) == [("16 09:00", "16 10:00"), ("16 09:00", "16 09:30"), ("16 09:30", "16 10:00"), ("16 10:00", None)]


def test_a_row_past_midnight_ends_on_the_next_day():
    assert times(event(), row("22:00", "Party", "01:30")) == [("16 22:00", "17 01:30")]


def test_an_event_is_as_long_as_its_timetable():
    found = span(event(), [row("09:00", "One"), row("10:00", "Two", "11:00")])
    assert (local(found.starts_at), local(found.ends_at), found.has_hours) == ("16 09:00", "16 11:00", True)


def test_an_unknown_end_is_the_end_of_the_day():
    found = span(event(), [row("09:00", "One"), row("10:00", "Two")])
    assert (local(found.ends_at), local(found.known_until)) == ("17 00:00", "16 10:00")


def test_times_of_the_event_take_precedence_over_its_timetable():
    found = span(event(start_time=time("08:30"), end_time=time("12:00")), [row("09:00", "One", "11:00")])
    assert (local(found.starts_at), local(found.ends_at)) == ("16 08:30", "16 12:00")


def test_an_event_without_times_lasts_whole_days():
    found = span(event(last_day=DAY + timezones.DAY), [])
    assert (local(found.starts_at), local(found.ends_at), found.has_hours) == ("16 00:00", "18 00:00", False)


@pytest.mark.parametrize(
    ("zone", "day", "local_time", "utc"),
    [
        ("Europe/Helsinki", "2026-03-28", "10:00", "2026-03-28T08:00"),
        ("Europe/Helsinki", "2026-03-29", "02:59", "2026-03-29T00:59"),
        ("Europe/Helsinki", "2026-03-29", "03:30", "2026-03-29T01:30"),  # skipped: read as 04:30
        ("Europe/Helsinki", "2026-03-29", "04:00", "2026-03-29T01:00"),
        ("Europe/Helsinki", "2026-10-25", "03:30", "2026-10-25T00:30"),  # occurs twice: the first one
        ("Europe/Helsinki", "2026-10-25", "04:00", "2026-10-25T02:00"),
        ("Europe/Athens", "2026-10-26", "10:00", "2026-10-26T08:00"),
        ("Europe/Madrid", "2026-03-29", "03:00", "2026-03-29T01:00"),
        ("UTC", "2026-03-29", "02:30", "2026-03-29T02:30"),
    ],
)
def test_clock_changes(zone, day, local_time, utc):
    found = timezones.instant(datetime.date.fromisoformat(day), datetime.time.fromisoformat(local_time), zone)
    assert found.astimezone(UTC) == datetime.datetime.fromisoformat(utc).replace(tzinfo=UTC)


def test_a_time_skipped_by_a_clock_change_is_shifted():
    found = timezones.instant(datetime.date(2026, 3, 29), datetime.time(3, 30), "Europe/Helsinki")
    assert found == datetime.datetime(2026, 3, 29, 4, 30, tzinfo=zoneinfo.ZoneInfo("Europe/Helsinki"))


def test_the_phase_changes_on_the_minute(home_page):
    page = make_page(home_page, row("09:00", "One", "10:00"))
    begin = datetime.datetime(2030, 5, 16, 6, 0, tzinfo=UTC)
    end = datetime.datetime(2030, 5, 16, 7, 0, tzinfo=UTC)
    second = datetime.timedelta(seconds=1)
    statuses = [page.event.phase(moment) for moment in (begin - second, begin, end - second, end)]
    assert statuses == [EventPhase.UPCOMING, EventPhase.RUNNING, EventPhase.RUNNING, EventPhase.PAST]
