"""The table of statuses and their transitions."""

import pytest
from django.db import IntegrityError, transaction

from events.models import HistoryEntry, Registration
from events.registration import transitions
from events.registration.actor import PARTICIPANT, SCHEDULER
from events.registration.errors import AddressTakenError, NotPossibleError
from events.states import ACTIVE, CLOSED, HOLDS_SEAT, TRANSITIONS, RegistrationStatus, may_follow
from tests.factories import reload
from tests.factories.registrations import NOW, make_open_event, make_registration, make_staff

_S = RegistrationStatus
pytestmark = pytest.mark.django_db


def test_every_status_is_in_the_table():
    assert set(TRANSITIONS) == set(_S)


def test_closed_statuses_can_become_confirmed_and_those_that_organisers_decide_be_taken_back():
    assert {_S.WITHDRAWN, _S.REJECTED, _S.EXPIRED, _S.CANCELLED} == CLOSED
    assert TRANSITIONS[_S.WITHDRAWN] == TRANSITIONS[_S.EXPIRED] == {_S.CONFIRMED}
    assert TRANSITIONS[_S.REJECTED] == TRANSITIONS[_S.CANCELLED] == {_S.CONFIRMED, _S.PENDING, _S.WAITING}


def test_waiting_and_closed_statuses_hold_no_seat():
    assert set(_S) - HOLDS_SEAT == {_S.WAITING, _S.WITHDRAWN, _S.REJECTED, _S.EXPIRED, _S.CANCELLED}


@pytest.mark.parametrize("before", _S)
def test_only_transitions_of_the_table_are_possible(before):
    event = make_open_event()
    for after in _S:
        registration = make_registration(event, before)
        expires = NOW if after == _S.OFFERED else None
        if may_follow(before, after):
            registration.queued_at = NOW
            transitions.move(registration, after, SCHEDULER, "test", NOW, offer_expires_at=expires)
            assert reload(registration).status == after
            entry = HistoryEntry.objects.get(registration=registration)
            assert (entry.before, entry.after, entry.at) == (before, after, NOW)
        else:
            with pytest.raises(NotPossibleError):
                transitions.move(registration, after, SCHEDULER, "test", NOW, offer_expires_at=expires)
            assert reload(registration).status == before
            assert not HistoryEntry.objects.filter(registration=registration).exists()


def test_move_all_follows_the_table():
    event = make_open_event()
    registration = make_registration(event, _S.WAITING)
    with pytest.raises(NotPossibleError):
        transitions.move_all(event, [registration.pk], _S.WAITING, _S.ABSENT, SCHEDULER, "test", NOW)
    assert reload(registration).status == _S.WAITING


def test_the_history_names_the_actor():
    actor = make_staff()
    registration = make_registration(make_open_event())
    transitions.move(registration, _S.WITHDRAWN, actor, "withdraw", NOW)
    entry = registration.history.get()
    assert (entry.actor, entry.user, entry.action) == ("staff", actor.user, "withdraw")
    assert (actor.is_staff, actor.is_participant, PARTICIPANT.is_participant, SCHEDULER.is_participant) == (
        True,
        False,
        True,
        False,
    )


def test_losing_a_place_raises_the_calendar_sequence_and_a_first_confirmation_does_not():
    event = make_open_event()
    confirmed, pending = make_registration(event), make_registration(event, _S.PENDING)
    transitions.move(confirmed, _S.CANCELLED, SCHEDULER, "test", NOW)
    transitions.move(pending, _S.CONFIRMED, SCHEDULER, "test", NOW)
    assert (reload(confirmed).calendar_sequence, reload(pending).calendar_sequence) == (1, 0)
    transitions.move(confirmed, _S.CONFIRMED, SCHEDULER, "test", NOW)
    assert reload(confirmed).calendar_sequence == 2


def test_a_registration_cannot_become_active_beside_another_with_the_same_address():
    event = make_open_event()
    absent = make_registration(event, _S.ABSENT, email="anna@example.org")
    make_registration(event, _S.WAITING, email="anna@example.org")
    with pytest.raises(AddressTakenError):
        transitions.move(absent, _S.ATTENDED, SCHEDULER, "test", NOW)
    other = make_registration(event, _S.ABSENT)
    transitions.move(other, _S.ATTENDED, SCHEDULER, "test", NOW)
    assert reload(other).status == _S.ATTENDED


@pytest.mark.parametrize(
    "values",
    [
        {"status": "somehow"},
        {"mode": "by_mail"},
        {"status": _S.OFFERED, "offer_expires_at": None},
        {"status": _S.CONFIRMED, "offer_expires_at": NOW},
        {"status": _S.WAITING, "queued_at": None},
        {"email": "Anna@Example.org", "status": _S.PENDING},
    ],
)
def test_database_constraints_refuse_invalid_rows(values):
    event = make_open_event()
    make_registration(event, email="anna@example.org")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_registration(event, **values)
    assert Registration.objects.count() == 1


def test_database_constraints_allow_a_new_registration_beside_closed_ones():
    event = make_open_event()
    for status in set(_S) - ACTIVE:
        make_registration(event, status, email="anna@example.org")
    make_registration(event, email="anna@example.org")
    assert Registration.objects.filter(email_key="anna@example.org").count() == 6
