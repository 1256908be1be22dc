"""Sessions with places of their own: choosing, waiting lists, clashes of time, and what becomes of places given up."""

import datetime

import pytest
from django.db import IntegrityError, transaction

from events.enums import EventStatus, Mode, SeatStatus
from events.models import EventSession, HistoryEntry, OutboxMail, SessionSeat
from events.registration import commands, scheduled
from events.registration.chosen_sessions import chosen_sessions, seats_of
from events.registration.errors import (
    NotPossibleError,
    SessionsChangedError,
    SessionsClashError,
    TooLateError,
)
from events.registration.privacy import erasure
from events.registration.seats import session_counts
from events.registration.switching import effects_of
from tests.factories import reload
from tests.factories.events import change_event, row, rows_of
from tests.factories.registrations import (
    DAY,
    HOUR,
    NOW,
    make_open_page,
    make_registration,
    make_staff,
    register_person,
    set_seats_of,
    status_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
A, B, LATE, LONG = "Workshop A", "Workshop B", "Workshop C", "All afternoon"


@pytest.fixture(scope="module")
def made_page(module_home_page):
    return make_open_page(
        module_home_page,
        row("10:00", A, end="11:00", track="1"),
        row("10:00", B, end="11:00", track="2"),
        row("10:30", LONG, end="12:00", track="3"),
        row("11:00", LATE, end="12:00", track="1"),
        event_fields={"attendance": "hybrid"},
    )


@pytest.fixture
def page(made_page, db):
    """An event with two workshops at ten, one that overlaps with both, and one later."""
    return reload(made_page)


@pytest.fixture
def keys(page):
    """The keys of the sessions by their titles. A has one place, B two, the others any number."""
    found = {item.title: item.translation_key for item in rows_of(page)}
    commands.set_chosen(page.event.pk, {found[A]: 1, found[B]: 2, found[LATE]: None, found[LONG]: None}, NOW)
    return found


@pytest.fixture
def event(page, keys):
    return reload(page.event)


def choose(registration, *wanted, now=NOW, **values):
    commands.choose_sessions(registration.pk, set(wanted), now=now, **values)


def chosen(registration):
    """The sessions of a participant: True for a place, False for the waiting list."""
    return {item.session.title: not item.is_waiting for item in seats_of(reload(registration))}


def mails(kind="session_place"):
    return [mail.registration.name for mail in OutboxMail.objects.filter(kind=kind).order_by("pk")]


def test_a_new_participant_gets_places_or_joins_the_waiting_list(event, keys):
    first, second = (register_person(event, sessions={keys[A], keys[LATE]}).registration for _number in range(2))
    assert chosen(first) == {A: True, LATE: True}
    assert chosen(second) == {A: False, LATE: True}
    counts = {session.title: session_counts(event)[session.pk] for session in chosen_sessions(event, "en")}
    assert [(counts[A].held, counts[A].waiting, counts[A].is_full), counts[LATE].held] == [(1, 1, True), 2]


def test_no_place_is_taken_twice_and_a_waiting_person_comes_before_a_new_one(event, keys):
    people = [make_registration(event, name=name) for name in ("Anna", "Bert", "Cleo")]
    for person in people[:2]:
        choose(person, keys[A])
    choose(people[0])
    assert chosen(people[1]) == {A: True}
    assert mails() == ["Bert"]
    choose(people[2], keys[A])
    assert chosen(people[2]) == {A: False}
    # The one who left comes last.
    choose(people[0], keys[A])
    commands.withdraw(people[1].pk, now=NOW)
    assert [chosen(person) for person in people] == [{A: False}, {}, {A: True}]


def test_places_are_given_up_with_every_way_of_leaving(event, keys):
    staff = make_staff()
    leave = [
        lambda pk: commands.withdraw(pk, now=NOW),
        lambda pk: commands.cancel(pk, staff, now=NOW),
        lambda pk: erasure.erase(pk, now=NOW),
    ]
    for number, act in enumerate(leave):
        first, second = make_registration(event), make_registration(event, name=f"Waiting {number}")
        choose(first, keys[A])
        choose(second, keys[A])
        act(first.pk)
        assert (chosen(first), chosen(second)) == ({}, {A: True})
        commands.withdraw(second.pk, now=NOW)
    assert mails() == ["Waiting 0", "Waiting 1", "Waiting 2"]


def test_an_offer_that_expires_frees_the_place_in_the_session(event, keys):
    first = make_registration(event, "offered", offer_expires_at=NOW + HOUR)
    second = make_registration(event)
    choose(first, keys[A])
    choose(second, keys[A])
    assert scheduled.expire_offers(NOW + 2 * HOUR) == 1
    assert (chosen(first), chosen(second)) == ({}, {A: True})


def test_who_waits_for_the_event_waits_for_the_session_and_blocks_nobody(event, keys):
    set_seats_of(event, Mode.ON_SITE, 1)
    waiting, other = make_registration(event, "waiting", name="Waiting"), make_registration(event)
    choose(waiting, keys[A])
    assert chosen(waiting) == {A: False}
    choose(other, keys[A])
    assert chosen(other) == {A: True}
    # With the place at the event comes the one in a session that is free.
    choose(waiting, keys[B])
    commands.offer_place(waiting.pk, make_staff(), force=True, now=NOW)
    assert (status_of(waiting), chosen(waiting)) == ("offered", {B: True})


def test_clashes_are_refused_and_nothing_is_written(event, keys):
    person = make_registration(event)
    choose(person, keys[B])
    for wanted in ((A, B), (A, LONG), (LONG, LATE)):
        with pytest.raises(SessionsClashError):
            choose(person, *(keys[title] for title in wanted))
    assert chosen(person) == {B: True}
    with pytest.raises(SessionsClashError):
        register_person(event, "Clash", sessions={keys[A], keys[B]})
    assert not event.registrations.filter(name="Clash").exists()
    # Also for an address that is registered already, whose owner nobody may learn of.
    with pytest.raises(SessionsClashError):
        register_person(event, person.name, sessions={keys[A], keys[B]})


def test_sessions_that_are_not_offered_are_refused(event, keys, page):
    person = make_registration(event)
    EventSession.objects.filter(key=keys[A]).update(is_chosen=False, capacity=None)
    with pytest.raises(SessionsChangedError):
        choose(person, keys[A])
    with pytest.raises(SessionsChangedError):
        register_person(event, person.name, sessions={keys[A]})
    with pytest.raises(SessionsChangedError):
        commands.choose_sessions(person.pk, {keys[B]}, make_staff(), event.ends_at - HOUR)


def test_who_may_not_choose(event, keys):
    with pytest.raises(NotPossibleError):
        choose(make_registration(event, "withdrawn"), keys[A])
    with pytest.raises(NotPossibleError):
        choose(make_registration(event, "offered", is_invited=True), keys[A])
    with pytest.raises(TooLateError):
        choose(make_registration(event), keys[A], now=event.starts_at)


def test_the_same_choice_writes_and_sends_nothing(event, keys):
    person = make_registration(event)
    choose(person, keys[A])
    choose(person, keys[A])
    assert HistoryEntry.objects.filter(action="choose_sessions").count() == 1
    assert mails("changed") == [person.name]


def test_online_there_is_always_a_place(event, keys):
    make_holder = make_registration(event)
    choose(make_holder, keys[A])
    online = [make_registration(event, mode=Mode.ONLINE) for _number in range(2)]
    for person in online:
        choose(person, keys[A])
        assert chosen(person) == {A: True}
    assert session_counts(event)[EventSession.objects.get(key=keys[A]).pk].held == 1


def test_changing_how_they_attend_gives_the_place_up_or_queues_for_one(event, keys):
    first, second = make_registration(event), make_registration(event, name="Second")
    choose(first, keys[A])
    choose(second, keys[A])
    effects = effects_of(reload(first), Mode.ONLINE, [], NOW)
    assert (effects.sessions_given_up, effects.needs_confirmation) == ([A], True)
    commands.switch_mode(first.pk, Mode.ONLINE, now=NOW)
    assert (chosen(first), chosen(second), mails()) == ({A: True}, {A: True}, ["Second"])
    assert effects_of(reload(first), Mode.ON_SITE, [], NOW).sessions_to_wait_for == [A]
    commands.switch_mode(first.pk, Mode.ON_SITE, now=NOW)
    assert (chosen(first), chosen(second)) == ({A: False}, {A: True})


def test_more_places_go_to_those_who_wait_and_fewer_take_none_away(event, keys):
    people = [make_registration(event, name=name) for name in ("Anna", "Bert", "Cleo")]
    for person in people:
        choose(person, keys[A])
    commands.set_chosen(event.pk, {keys[A]: 2}, NOW)
    assert [chosen(person) for person in people] == [{A: True}, {A: True}, {A: False}]
    commands.set_chosen(event.pk, {keys[A]: 1}, NOW)
    assert [chosen(person) for person in people] == [{A: True}, {A: True}, {A: False}]
    # A session that someone has chosen stays one to choose; the others do not.
    commands.set_chosen(event.pk, {}, NOW)
    assert list(EventSession.objects.filter(is_chosen=True).values_list("key", flat=True)) == [keys[A]]


def test_an_event_that_moves_online_has_a_place_for_everyone(event, keys):
    people = [make_registration(event) for _number in range(2)]
    for person in people:
        choose(person, keys[A])
    change_event(event, status=EventStatus.MOVED_ONLINE)
    commands.notify_event_changed(event.pk, NOW)
    assert [chosen(person) for person in people] == [{A: True}] * 2


def test_no_place_is_given_after_the_session_has_begun(event, keys):
    people = [make_registration(event) for _number in range(2)]
    for person in people:
        choose(person, keys[A])
    begins = seats_of(people[0])[0].session.starts_at
    commands.cancel(people[0].pk, make_staff(), now=begins + datetime.timedelta(minutes=1))
    assert chosen(people[1]) == {A: False}


def test_staff_give_a_place_over_the_number(event, keys):
    people = [make_registration(event) for _number in range(2)]
    choose(people[0], keys[A])
    commands.choose_sessions(people[1].pk, {keys[A]}, make_staff(), event.starts_at - HOUR, force=True)
    assert chosen(people[1]) == {A: True}


def test_the_database_refuses_what_the_rules_exclude(event, keys):
    person, session = make_registration(event), EventSession.objects.get(key=keys[A])
    SessionSeat.objects.create(registration=person, session=session, status=SeatStatus.HELD)
    wrong = [
        {"status": SeatStatus.HELD},
        {"status": SeatStatus.HELD, "queued_at": NOW, "registration": make_registration(event)},
        {"status": SeatStatus.WAITING, "registration": make_registration(event)},
        {"status": "other", "registration": make_registration(event)},
    ]
    for values in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            SessionSeat.objects.create(**({"registration": person, "session": session} | values))
    with pytest.raises(IntegrityError), transaction.atomic():
        EventSession.objects.filter(pk=session.pk).update(is_chosen=False)


def test_the_number_of_queries_does_not_grow(event, keys, django_assert_num_queries):
    def count(number):
        for _number in range(number):
            choose(make_registration(event), keys[B], keys[LATE])
        with django_assert_num_queries(1):
            session_counts(event)
        person = event.registrations.select_related("event").last()
        with django_assert_num_queries(3):
            assert seats_of(person)

    count(1)
    count(5)


def test_a_day_later_nothing_is_kept_of_an_erased_person(event, keys):
    person = make_registration(event)
    choose(person, keys[A])
    erasure.erase(person.pk, now=NOW + DAY)
    assert not SessionSeat.objects.exists()
    assert not HistoryEntry.objects.filter(detail__has_key="sessions").exists()
