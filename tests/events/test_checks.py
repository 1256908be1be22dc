"""Warnings about a timetable."""

import datetime

import pytest

from events.models import Event, Speaker
from events.timetable.checks import check
from tests.factories.events import DAY, row

pytestmark = pytest.mark.any_database


@pytest.fixture
def event():
    return Event(first_day=DAY, last_day=DAY, zone="Europe/Helsinki")


def texts(event, *rows):
    return [(warning.row, warning.text) for warning in check(event, rows)]


def speakers_data(name):
    return [Speaker(name).as_json()]


def test_a_correct_timetable_has_no_warnings(event):
    assert texts(event, row("09:00", "One"), row("10:00", "Two", "11:00"), row("11:00", "Three")) == []


def test_parallel_tracks_have_no_warnings(event):
    assert texts(event, row("09:00", "One", "10:00", track="A"), row("09:00", "Two", "10:00", track="B")) == []


def test_two_rows_in_one_room(event):
    assert texts(
        event,
        row("09:00", "One", "10:00", room="Hall", track="A"),
        row("09:30", "Two", "10:30", room="hall", track="B"),
    ) == [(1, "hall is not free: “One” is there from 09:00.")]


def test_two_rows_at_once_without_track_or_room(event):
    assert texts(event, row("09:00", "One", "10:00"), row("09:30", "Two", "10:30")) == [
        (1, "Overlaps with “One”, which starts at 09:00. Give each of the two sessions its own track or room.")
    ]


def test_one_person_in_two_places(event):
    assert texts(
        event,
        row("09:00", "One", "10:00", track="A", speakers_data=speakers_data("Anna Example")),
        row("09:30", "Two", "10:30", track="B", speakers_data=speakers_data("anna example")),
    ) == [(1, "anna example is in “One” at the same time.")]


def test_a_person_may_speak_in_consecutive_rows(event):
    assert (
        texts(
            event,
            row("09:00", "One", "10:00", speakers_data=speakers_data("Anna Example")),
            row("10:00", "Two", "11:00", speakers_data=speakers_data("Anna Example")),
        )
        == []
    )


def test_gaps(event):
    assert texts(event, row("09:00", "One", "09:30"), row("09:45", "Two", "10:00")) == [
        (1, "There is a gap of 15 minutes before this session.")
    ]


def test_rows_outside_the_days(event):
    assert texts(event, row("09:00", "One", "10:00"), row("09:00", "Two", "10:00", day=2)) == [
        (1, "Day 2 is after the end of the event, which has 1 day.")
    ]


def test_rows_after_midnight_belong_to_the_last_day(event):
    assert texts(event, row("22:00", "Party", "01:00"), row("01:00", "Last song", "01:10", day=2)) == []


def test_an_end_before_the_start_is_past_midnight_with_a_warning(event):
    assert texts(event, row("10:00", "One", "09:00")) == [
        (0, "The end time 09:00 is before the start time. The session would last 23 hours, until the next day.")
    ]


def test_details_of_the_event_that_begin_after_the_first_session_or_end_before_the_last(event):
    event.start_time, event.end_time = datetime.time(9, 30), datetime.time(16)
    assert texts(event, row("09:00", "Coffee", "10:00"), row("10:00", "Talk", "17:00")) == [
        (0, "The details of the event say that it starts at 09:30, after this session."),
        (1, "The details of the event say that it ends at 16:00, before the end of this session."),
    ]
    assert texts(event, row("09:30", "Coffee", "10:00"), row("10:00", "Talk", "16:00")) == []
