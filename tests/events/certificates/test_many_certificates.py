"""Certificates for many participants: in batches that can be resumed, with their progress on the screen."""

import datetime

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.certificates import commands, eligibility
from events.certificates.eligibility import candidates
from events.enums import EventStatus, MailKind, Mode
from events.models import Certificate, CertificateRule, CheckIn, EventAccess, OutboxMail, SurveyParticipation
from events.registration.actor import staff
from events.registration.mail import queue
from events.states import RegistrationStatus
from home.tasks.health import record_run
from tests.factories import reload
from tests.factories.events import change_event, commit
from tests.factories.registrations import make_open_page, make_registration
from tests.factories.users import admin_url, make_organiser
from tests.html import soup

pytestmark = pytest.mark.slow

DAY = datetime.timedelta(days=1)


@pytest.fixture(scope="module")
def made_event(module_home_page):
    event = make_open_page(module_home_page).event
    event = change_event(event, last_day=event.first_day + DAY)
    CertificateRule.objects.create(event=event, is_on=True, issue_after_days=None)
    return event


@pytest.fixture
def event(made_event, db):
    return reload(made_event)


@pytest.fixture
def organiser(event, client, monkeypatch):
    """A signed-in organiser, after the event."""
    monkeypatch.setattr(timezone, "now", lambda: event.ends_at + 2 * DAY)
    user = make_organiser(event)
    client.force_login(user)
    return user


@pytest.fixture
def in_batches_of_two(monkeypatch):
    monkeypatch.setattr(commands, "BATCH", 2)
    monkeypatch.setattr(commands, "BATCHES_IN_A_ROW", 2)


def attend(event, days=1, **values):
    person = make_registration(event, status=RegistrationStatus.ATTENDED, **values)
    for day in event.days[:days]:
        CheckIn.objects.create(registration=person, day=day)
    return person


@pytest.mark.parametrize("status", [EventStatus.SCHEDULED, EventStatus.MOVED_ONLINE])
@pytest.mark.parametrize("mode", ["", *Mode.values])
@pytest.mark.parametrize("min_days", [1, 2])
@pytest.mark.parametrize("needs_survey", [True, False])
def test_the_database_decides_as_for_one_participant(event, status, mode, min_days, needs_survey):
    event = change_event(event, status=status)
    rule = CertificateRule(event=event, min_days=min_days, mode=mode, needs_survey=needs_survey)
    for days in range(3):
        for own_mode in Mode:
            for has_answered in (True, False):
                person = attend(event, days, mode=own_mode)
                if has_answered:
                    SurveyParticipation.objects.create(registration=person)
    found = candidates(event, rule)
    expected = [item.registration for item in found if not item.reasons]
    groups = eligibility.groups(event, rule)
    assert list(groups.getting) == expected
    assert list(groups.missing) == [item.registration for item in found if item.reasons]
    assert [item.registration for item in eligibility.next_candidates(event, rule, 3)] == expected[:3]


def test_few_are_issued_at_once_and_many_in_the_background(client, organiser, event, in_batches_of_two):
    url = admin_url(event, "certificates")
    attend(event)
    client.post(url, {"issue": "1"})
    assert Certificate.objects.count() == 1
    people = [attend(event, name=f"Person {number}") for number in range(7)]
    client.post(url, {"issue": "1"})
    rule = CertificateRule.objects.get()
    assert (Certificate.objects.count(), rule.issuing_total, rule.issuing_by) == (3, 7, organiser)
    screen = soup(client.get(url))
    progress = screen.select_one("[data-progress] progress")
    assert (progress["value"], progress["max"]) == ("2", "7")
    assert screen.select("button[name=issue]") == []
    with commit():
        assert commands.continue_all(timezone.now()) == 1
    assert Certificate.objects.filter(registration__in=people).count() == 7
    assert OutboxMail.objects.filter(kind=MailKind.CERTIFICATE).count() == 8
    assert {entry.user for person in people for entry in person.history.all()} == {organiser}
    assert CertificateRule.objects.get().issuing_since is None
    done = soup(client.get(url))
    assert done.select("[data-progress-reload], progress") == []
    # What the script shows instead of the progress.
    assert done.select_one("[data-progress] #issued-heading")
    assert commands.continue_all(timezone.now()) == 0


def test_a_process_that_is_killed_issues_nothing_twice(organiser, event, in_batches_of_two, monkeypatch):
    people = [attend(event) for _number in range(5)]
    assert commands.request_issue(event.pk, staff(organiser)) is None
    enqueue_all = queue.enqueue_all

    def killed(*arguments, **options):
        enqueue_all(*arguments, **options)
        raise SystemExit

    monkeypatch.setattr(queue, "enqueue_all", killed)
    with pytest.raises(SystemExit), transaction.atomic():
        commands.continue_issuing.call(event.pk)
    assert Certificate.objects.count() == 2
    monkeypatch.setattr(queue, "enqueue_all", enqueue_all)
    commands.continue_all(timezone.now())
    assert sorted(Certificate.objects.values_list("registration", flat=True)) == sorted(person.pk for person in people)
    assert OutboxMail.objects.filter(kind=MailKind.CERTIFICATE).count() == 5


def test_issuing_ends_when_the_rule_is_switched_off(organiser, event, in_batches_of_two):
    for _number in range(5):
        attend(event)
    commands.request_issue(event.pk, staff(organiser))
    CertificateRule.objects.update(is_on=False)
    commands.continue_all(timezone.now())
    assert (Certificate.objects.count(), CertificateRule.objects.get().issuing_since) == (2, None)


def test_the_screen_takes_the_same_queries_for_more_people(client, organiser, event):
    record_run(timezone.now())

    def number_of_queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(admin_url(event, "certificates"))
        return len(captured)

    def add() -> None:
        attend(event)
        commands.issue_batch(event.pk, staff(organiser), timezone.now())
        attend(event)
        attend(event, days=0)

    add()
    number_of_queries()  # The first request also fills caches.
    few = number_of_queries()
    for _number in range(3):
        add()
    assert number_of_queries() == few


def test_issuing_ends_when_the_organiser_loses_the_access(organiser, event, in_batches_of_two):
    for _number in range(5):
        attend(event)
    commands.request_issue(event.pk, staff(organiser))
    EventAccess.objects.filter(user=organiser).delete()
    commands.continue_issuing.call(event.pk)
    assert Certificate.objects.count() == 2
    assert CertificateRule.objects.get().issuing_since is None
