"""The warning for organisers when `manage.py tick` or the worker does not run."""

import pytest

from events.enums import MailKind
from events.models import Event, OutboxMail
from events.registration.mail import queue
from events.registration.scheduler_health import TOO_LATE_AFTER, scheduler_problem
from events.states import RegistrationStatus
from home.tasks.health import LATE_AFTER, record_run
from tests.factories.registrations import NOW, make_open_event, make_registration


@pytest.fixture
def event(db) -> Event:
    event = make_open_event()
    Event.objects.update(created_at=NOW)
    return Event.objects.get(pk=event.pk)


def queue_due_mail(event: Event) -> None:
    """Queue a mail that is due since `NOW`."""
    queue.enqueue(event, MailKind.CONFIRMED, make_registration(event))
    OutboxMail.objects.update(next_try_at=NOW)


def test_one_query_while_tick_runs(event, django_assert_num_queries):
    queue_due_mail(event)
    record_run(NOW + LATE_AFTER)
    with django_assert_num_queries(1):
        assert scheduler_problem(event, NOW + LATE_AFTER) is None


def test_no_problem_while_nothing_is_due(event):
    assert scheduler_problem(event, NOW + LATE_AFTER) is None
    record_run(NOW)
    assert scheduler_problem(event, NOW + TOO_LATE_AFTER / 2) is None


@pytest.mark.parametrize("has_run", [True, False])
def test_a_problem_after_36_hours_even_if_nothing_is_due(event, has_run):
    if has_run:
        record_run(NOW)
    found = scheduler_problem(event, NOW + TOO_LATE_AFTER)
    assert found.last_run == (NOW if has_run else None)


def test_a_problem_when_mail_is_due_for_an_hour(event):
    queue_due_mail(event)
    assert scheduler_problem(event, NOW + LATE_AFTER / 2) is None
    assert scheduler_problem(event, NOW + LATE_AFTER).last_run is None
    other = make_open_event()
    Event.objects.filter(pk=other.pk).update(created_at=NOW)
    assert scheduler_problem(Event.objects.get(pk=other.pk), NOW + LATE_AFTER) is None


def test_a_problem_when_an_offer_expired_an_hour_ago(event):
    make_registration(event, RegistrationStatus.OFFERED, offer_expires_at=NOW)
    record_run(NOW)
    assert scheduler_problem(event, NOW + LATE_AFTER / 2) is None
    assert scheduler_problem(event, NOW + LATE_AFTER).last_run == NOW
