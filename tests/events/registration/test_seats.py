"""Seats are counted by status, and a free seat is offered to the participant who has waited longest."""

import pytest
from django.db import IntegrityError, transaction

from events.enums import EventStatus, Mode
from events.models import OutboxMail, RegistrationSettings, SeatPool
from events.registration.errors import NotSetUpError
from events.registration.seats import (
    SeatCount,
    seat_counts,
    seat_counts_by_event,
    settings_of,
)
from events.registration.waiting_list import next_in_line, offer_end, promote
from events.states import RegistrationStatus
from tests.factories import reload
from tests.factories.events import change_event, make_event
from tests.factories.registrations import (
    DAY,
    HOUR,
    NOW,
    make_open_event,
    make_registration,
    set_seats_of,
    status_of,
)

_S = RegistrationStatus
pytestmark = pytest.mark.django_db


def make_waiting(event, name, hours_ago=1, **values):
    return make_registration(event, _S.WAITING, name=name, queued_at=NOW - hours_ago * HOUR, **values)


def test_counts_of_every_status_in_both_modes():
    event = make_open_event({Mode.ON_SITE: (8, True), Mode.ONLINE: (None, False)})
    other = make_open_event()
    for status in _S:
        make_registration(event, status)
        make_registration(other, status)
    make_registration(event, mode=Mode.ONLINE)
    assert seat_counts(event) == {
        Mode.ON_SITE: SeatCount(
            Mode.ON_SITE, 8, held=5, waiting=1, offered=1, pending=1, confirmed=3, total=10, has_waiting_list=True
        ),
        Mode.ONLINE: SeatCount(Mode.ONLINE, None, held=1, confirmed=1, total=1, has_waiting_list=False),
    }
    assert list(seat_counts(event)) == [Mode.ON_SITE, Mode.ONLINE]


def test_seat_counts_without_events():
    assert seat_counts_by_event([]) == {}


@pytest.mark.parametrize(
    ("capacity", "held", "waiting", "left", "is_full"),
    [(10, 9, 0, 1, False), (10, 10, 0, 0, True), (10, 12, 0, -2, True), (10, 9, 1, 1, True), (0, 0, 0, 0, True)],
)
def test_a_mode_is_full_without_a_free_seat_or_with_a_waiting_list(capacity, held, waiting, left, is_full):
    count = SeatCount(Mode.ON_SITE, capacity, held, waiting)
    assert (count.left, count.is_full) == (left, is_full)


def test_a_mode_without_a_capacity_always_has_a_seat():
    count = SeatCount(Mode.ONLINE, None, 5000)
    assert (count.left, count.has_seat, count.is_full) == (None, True, False)


def test_an_event_that_moved_online_offers_no_place_on_site():
    event = change_event(make_open_event(), status=EventStatus.MOVED_ONLINE)
    assert list(seat_counts(event)) == [Mode.ONLINE]


def test_one_query_for_one_event_and_for_three(django_assert_num_queries):
    events = [make_open_event(), make_open_event(), make_open_event()]
    for event in events:
        make_registration(event)
    with django_assert_num_queries(1):
        assert seat_counts(events[0])[Mode.ON_SITE].held == 1
    with django_assert_num_queries(1):
        assert [counts[Mode.ON_SITE].held for counts in seat_counts_by_event(events).values()] == [1, 1, 1]


def test_seats_are_offered_once_in_the_order_of_the_waiting_list():
    event = make_open_event({Mode.ON_SITE: (2, True)})
    late, early, last = make_waiting(event, "Late", 2), make_waiting(event, "Early", 3), make_waiting(event, "Last", 1)
    assert [person.name for person in promote(event, NOW)] == ["Early", "Late"]
    assert [status_of(person) for person in (late, early, last)] == ["offered", "offered", "waiting"]
    assert promote(event, NOW) == []
    assert list(OutboxMail.objects.values_list("registration", "kind").order_by("pk")) == [
        (early.pk, "offered"),
        (late.pk, "offered"),
    ]


def test_equal_times_are_ordered_by_primary_key():
    event = make_open_event({Mode.ON_SITE: (1, True)})
    first, _second = make_waiting(event, "First", 1), make_waiting(event, "Second", 1)
    assert promote(event, NOW) == [first]


def test_each_mode_has_its_own_waiting_list():
    event = make_open_event({Mode.ON_SITE: (0, True), Mode.ONLINE: (1, True)})
    make_waiting(event, "On site", 5)
    online = make_waiting(event, "Online", 1, mode=Mode.ONLINE)
    assert promote(event, NOW) == [online]


def test_without_a_capacity_every_waiting_participant_is_offered_a_seat():
    event = make_open_event({Mode.ON_SITE: (None, True)})
    people = [make_waiting(event, "", number) for number in (3, 2, 1)]
    assert promote(event, NOW) == people


def test_an_offer_ends_after_the_hours_set_or_when_the_event_starts():
    event = make_open_event({Mode.ON_SITE: (1, True)}, offer_hours=5)
    person = make_waiting(event, "Anna")
    promote(event, NOW)
    assert reload(person).offer_expires_at == NOW + 5 * HOUR
    assert offer_end(event, event.starts_at - HOUR) == event.starts_at
    event.starts_at = None
    assert offer_end(event, NOW) == NOW + 5 * HOUR


def test_an_offer_requires_registration_settings():
    with pytest.raises(NotSetUpError):
        offer_end(make_event(), NOW)


@pytest.mark.parametrize(
    ("event_fields", "settings", "now"),
    [
        ({"status": EventStatus.CANCELLED}, {}, NOW),
        ({"status": EventStatus.POSTPONED}, {}, NOW),
        ({}, {"waiting_until": NOW}, NOW),
        ({}, {"closes_at": NOW}, NOW),
        ({}, {}, NOW + 60 * DAY),
    ],
)
def test_no_seat_is_offered_for_a_cancelled_event_or_after_the_waiting_list_ends(event_fields, settings, now):
    event = make_open_event({Mode.ON_SITE: (1, True)}, event_fields, **settings)
    person = make_waiting(event, "Anna")
    assert promote(event, now) == []
    assert status_of(person) == "waiting"
    # The same participant is next in line without these restrictions.
    assert next_in_line(reopen(event), seat_counts(event), NOW) == [person]


def reopen(event):
    RegistrationSettings.objects.filter(event=event).update(waiting_until=None, closes_at=None)
    return change_event(event, status=EventStatus.SCHEDULED)


def test_seats_are_offered_for_an_event_without_a_start_time():
    event = make_open_event({Mode.ON_SITE: (1, True)})
    event.starts_at = event.ends_at = None
    make_waiting(event, "Anna")
    assert len(promote(event, NOW)) == 1


def test_no_seat_is_offered_without_registration_settings():
    event = make_open_event()
    RegistrationSettings.objects.all().delete()
    event = type(event).objects.get(pk=event.pk)
    assert settings_of(event) is None
    assert promote(event, NOW) == []


def test_a_lower_capacity_keeps_every_registration_and_offers_no_seat():
    event = make_open_event({Mode.ON_SITE: (3, True)})
    people = [make_registration(event) for _number in range(3)]
    make_waiting(event, "Anna")
    set_seats_of(event, Mode.ON_SITE, 1)
    assert promote(event, NOW) == []
    assert seat_counts(event)[Mode.ON_SITE].left == -2
    assert [status_of(person) for person in people] == ["confirmed"] * 3


def test_a_mode_has_one_seat_pool(db):
    event = make_open_event()
    with pytest.raises(IntegrityError), transaction.atomic():
        SeatPool.objects.create(event=event, mode=Mode.ON_SITE, capacity=5)
