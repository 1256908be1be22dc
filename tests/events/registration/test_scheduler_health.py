"""Whether organisers hear that nobody runs `manage.py tick`."""

import pytest

from events.enums import MailKind
from events.models import Event, OutboxMail
from events.registration.mail import queue
from events.registration.scheduler_health import LATE, TOO_LATE, note_run, scheduler_delay
from events.states import RegistrationStatus
from tests.factories.registrations import NOW, make_open_event, make_registration


@pytest.fixture
def event(db) -> Event:
    event = make_open_event()
    Event.objects.update(created_at=NOW)
    return Event.objects.get(pk=event.pk)


def waits(event: Event) -> None:
    """Let a mail of the event be due since `NOW`."""
    queue.enqueue(event, MailKind.CONFIRMED, make_registration(event))
    OutboxMail.objects.update(next_try_at=NOW)


def test_a_clock_that_runs_takes_one_query(event, django_assert_num_queries):
    waits(event)
    note_run(NOW + LATE)
    with django_assert_num_queries(1):
        assert scheduler_delay(event, NOW + LATE) is None


def test_nothing_is_said_while_nothing_waits(event):
    assert scheduler_delay(event, NOW + LATE) is None
    note_run(NOW)
    assert scheduler_delay(event, NOW + TOO_LATE / 2) is None


@pytest.mark.parametrize("has_run", [True, False])
def test_after_a_day_and_a_half_it_is_said_in_any_case(event, has_run):
    if has_run:
        note_run(NOW)
    found = scheduler_delay(event, NOW + TOO_LATE)
    assert found.since == (NOW if has_run else None)


def test_mail_that_is_due_for_an_hour_waits(event):
    waits(event)
    assert scheduler_delay(event, NOW + LATE / 2) is None
    assert scheduler_delay(event, NOW + LATE).since is None
    other = make_open_event()
    Event.objects.filter(pk=other.pk).update(created_at=NOW)
    assert scheduler_delay(Event.objects.get(pk=other.pk), NOW + LATE) is None


def test_an_offer_that_ran_out_an_hour_ago_waits(event):
    make_registration(event, RegistrationStatus.OFFERED, offer_expires_at=NOW)
    note_run(NOW)
    assert scheduler_delay(event, NOW + LATE / 2) is None
    assert scheduler_delay(event, NOW + LATE).since == NOW
