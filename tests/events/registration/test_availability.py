"""The availability of registration on public pages."""

import datetime
from dataclasses import replace

import pytest

from events.enums import EventStatus, Mode
from events.models import Event, RegistrationSettings
from events.registration.availability import (
    RegistrationAvailability,
    availability,
    joinable_seats,
    registration_states,
)
from events.registration.seats import seat_counts
from events.states import RegistrationStatus
from tests.factories.events import make_event
from tests.factories.registrations import DAY, NOW, make_open_event, make_registration

SECOND = datetime.timedelta(seconds=1)
pytestmark = pytest.mark.django_db


def test_no_registration_without_settings_or_seats():
    assert availability(make_event(), NOW) == RegistrationAvailability.NONE
    assert availability(make_open_event({}), NOW) == RegistrationAvailability.NONE


def test_external_with_a_registration_url():
    assert availability(make_event(registration_url="https://example.org/"), NOW) == RegistrationAvailability.EXTERNAL


def test_registration_on_this_site_has_priority_over_a_registration_url():
    event = make_open_event(event_fields={"registration_url": "https://example.org/"})
    assert availability(event, NOW) == RegistrationAvailability.OPEN


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (NOW - SECOND, RegistrationAvailability.NOT_YET),
        (NOW, RegistrationAvailability.OPEN),
        (NOW + DAY - SECOND, RegistrationAvailability.OPEN),
        (NOW + DAY, RegistrationAvailability.CLOSED),
        (NOW + 60 * DAY, RegistrationAvailability.OFF),
    ],
)
def test_registration_opens_and_closes_at_the_exact_second(now, expected):
    assert availability(make_open_event(opens_at=NOW, closes_at=NOW + DAY), now) == expected


def test_a_full_mode_can_be_joined_until_the_waiting_list_ends():
    event = make_open_event({Mode.ON_SITE: (0, True)})
    settings, seats = event.registration_settings, seat_counts(event)

    def can_join(counts, now):
        return [seat.can_join for seat in joinable_seats(settings, counts, now).values()]

    assert can_join(seats, NOW) == [True]
    assert can_join(seats, settings.waiting_ends_at) == [False]
    without_list = {mode: replace(seat, has_waiting_list=False) for mode, seat in seats.items()}
    assert can_join(without_list, NOW) == [False]


def test_registration_without_a_closing_time_closes_when_the_event_starts():
    event = make_open_event()
    assert availability(event, event.starts_at - SECOND) == RegistrationAvailability.OPEN
    assert availability(event, event.starts_at) == RegistrationAvailability.CLOSED


def test_registration_without_an_opening_time_does_not_open():
    assert availability(make_open_event(opens_at=None), NOW) == RegistrationAvailability.NOT_YET


def test_registration_stays_open_for_an_event_without_a_start_time():
    event = make_open_event()
    event.starts_at = event.ends_at = None
    assert availability(event, NOW) == RegistrationAvailability.OPEN


@pytest.mark.parametrize("status", [EventStatus.CANCELLED, EventStatus.POSTPONED])
def test_a_cancelled_or_postponed_event_has_no_registration(status):
    assert availability(make_open_event(event_fields={"status": status}), NOW) == RegistrationAvailability.OFF


def test_full_when_no_mode_has_a_seat():
    event = make_open_event({Mode.ON_SITE: (1, True), Mode.ONLINE: (1, False)})
    make_registration(event)
    assert availability(event, NOW) == RegistrationAvailability.OPEN
    make_registration(event, RegistrationStatus.PENDING, Mode.ONLINE)
    assert availability(event, NOW) == RegistrationAvailability.FULL


def test_two_queries_for_one_event_and_for_three(django_assert_num_queries):
    events = [make_open_event(), make_open_event({Mode.ON_SITE: (0, True)}), make_event()]
    with django_assert_num_queries(2):
        assert availability(events[0], NOW) == RegistrationAvailability.OPEN
    with django_assert_num_queries(2):
        assert [state.availability for state in registration_states(events, NOW).values()] == ["open", "full", "none"]
    RegistrationSettings.objects.all().delete()
    events = list(Event.objects.all())
    with django_assert_num_queries(1):
        assert {state.availability for state in registration_states(events, NOW).values()} == {
            RegistrationAvailability.NONE
        }


def test_the_current_time_is_the_default():
    assert availability(make_open_event()) == RegistrationAvailability.OPEN
