"""Delivery of the outbox: due emails are sent once, failures are retried, and outdated emails are withheld."""

import datetime
import logging
import smtplib
from collections import deque

import pytest
from django.apps import apps
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django_tasks import task_backends

from events.enums import EventStatus, MailKind, MailPriority, MailStatus
from events.models import Event, EventPage, OutboxMail, Registration
from events.registration.mail import delivery, queue, relevance, tasks, transport
from events.registration.mail.delivery import RETRY_DELAYS, deliver_due
from events.registration.mail.queue import CLAIM_TIME, OutboxStatus, mail_queued, outbox_status
from events.registration.mail.tasks import deliver_mail
from events.states import RegistrationStatus
from home.smtp import UncertainDeliveryError
from tests.factories import reload
from tests.factories.events import change_event, commit, make_page
from tests.factories.mail import NOW, TOMORROW, make_forum, make_registration, queue_mail, real_now, sent

pytestmark = pytest.mark.slow

MINUTE = datetime.timedelta(minutes=1)
FLAKY = "tests.events.registration.test_mail_delivery.FlakyBackend"


class FlakyBackend(BaseEmailBackend):
    """A mail backend with prepared results: an error to raise, or None to accept an email."""

    send_errors: list[Exception | None] = []
    open_errors: list[Exception | None] = []
    close_error: Exception | None = None
    accepted: list[str] = []

    def open(self):
        problem = self.open_errors.pop(0) if self.open_errors else None
        if problem:
            raise problem

    def send_messages(self, messages):
        problem = self.send_errors.pop(0) if self.send_errors else None
        if problem:
            raise problem
        self.accepted.extend(message.to[0] for message in messages)

    def close(self):
        if self.close_error:
            raise self.close_error


@pytest.fixture
def server(settings):
    settings.EMAIL_BACKEND = FLAKY
    FlakyBackend.send_errors, FlakyBackend.open_errors = [], []
    FlakyBackend.close_error, FlakyBackend.accepted = None, []
    return FlakyBackend


@pytest.fixture(scope="module")
def made_page(module_home_page) -> EventPage:
    return make_forum(module_home_page)


@pytest.fixture
def page(made_page, db) -> EventPage:
    return reload(made_page)


@pytest.fixture
def event(page) -> Event:
    return page.event


def refused(code: int) -> smtplib.SMTPRecipientsRefused:
    return smtplib.SMTPRecipientsRefused({"maija1@example.org": (code, b"no")})


# Queueing


def test_queueing_is_part_of_the_transaction(event):
    with transaction.atomic():
        queue.enqueue(event, MailKind.CONFIRMED, make_registration(event))
        transaction.set_rollback(True)
    assert OutboxMail.objects.count() == 0


def test_fields_of_a_queued_email(event):
    registration = make_registration(event, status=RegistrationStatus.OFFERED, language="el", calendar_sequence=2)
    mail = reload(queue_mail(registration, MailKind.OFFERED, payload={"more": 1}))
    assert (mail.language, mail.recipient, mail.status) == ("el", "", MailStatus.QUEUED)
    assert mail.payload == {
        "status": "offered",
        "mode": "on_site",
        "sequence": 2,
        "offer_expires_at": "2030-05-02T09:00:00Z",
        "more": 1,
    }


def test_enqueue_all_needs_one_query(event, django_assert_num_queries):
    people = [make_registration(event) for _number in range(3)]
    with django_assert_num_queries(1):
        assert queue.enqueue_all(event, MailKind.REMINDER, people) == 3
    assert sorted(OutboxMail.objects.values_list("registration", flat=True)) == [person.pk for person in people]


@pytest.fixture
def connected():
    """Connect the queue to the delivery, as `ready` does outside the tests."""
    apps.get_app_config("events").ready()
    yield
    mail_queued.disconnect(dispatch_uid="deliver-mail")


def test_queued_email_is_delivered_by_a_task_after_the_commit(event, settings, connected):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
    with commit():
        queue.enqueue(event, MailKind.CONFIRMED, make_registration(event))
        queue.enqueue_all(event, MailKind.CONFIRMED, [make_registration(event)])
        assert task_backends["default"].results == []
    assert {result.task for result in task_backends["default"].results} == {deliver_mail}
    deliver_mail.call()
    assert len(sent()) == 2


def test_queued_email_is_delivered_at_once_by_an_immediate_task(event, connected):
    with commit():
        queue.enqueue(event, MailKind.CONFIRMED, make_registration(event))
        assert sent() == []
    assert len(sent()) == 1


def test_the_task_sends_all_due_emails_in_batches(event, monkeypatch):
    monkeypatch.setattr(tasks, "BATCH_SIZE", 2)
    for _number in range(5):
        queue_mail(make_registration(event), MailKind.PERSONAL_LINK)
    OutboxMail.objects.update(next_try_at=real_now())
    deliver_mail.enqueue()
    assert len(sent()) == 5


# Sending


def test_an_email_is_sent_once(event):
    registration = make_registration(event)
    mail = queue_mail(registration)
    assert deliver_due(NOW - MINUTE) == 0
    assert deliver_due(NOW) == 1
    assert deliver_due(NOW) == 0
    assert [message["To"] for message in sent()] == [registration.email]
    mail = reload(mail)
    assert (mail.status, mail.attempts, mail.next_try_at, mail.claimed_at) == (MailStatus.SENT, 1, None, None)
    assert NOW <= mail.sent_at < NOW + MINUTE


def test_the_address_of_an_erased_participant_is_deleted_after_sending(event):
    mail = queue.enqueue(event, MailKind.ERASED, recipient="gone@example.org", language="en")
    assert deliver_due() == 1
    assert reload(mail).recipient == ""


def test_individual_emails_are_sent_before_bulk_emails(event):
    person, other = make_registration(event), make_registration(event)
    queue_mail(person, MailKind.REMINDER)
    queue_mail(other, MailKind.CONFIRMED)
    assert deliver_due(NOW, limit=1) == 1
    assert [message["To"] for message in sent()] == [other.email]


def test_an_email_claimed_by_another_process_is_skipped(event):
    first, second = queue_mail(make_registration(event)), queue_mail(make_registration(event))
    stale = reload(first)
    assert delivery._claim(reload(first), NOW)
    assert not delivery._claim(stale, NOW)
    assert delivery._claim_next(deque(), NOW).pk == second.pk
    assert delivery._claim_next(deque(), NOW) is None


def test_an_email_that_was_put_off_after_it_was_read_is_not_claimed(event):
    mail = queue_mail(make_registration(event))
    read = reload(mail)
    OutboxMail.objects.update(next_try_at=NOW + datetime.timedelta(hours=1))
    assert not delivery._claim(read, NOW)


def test_emails_are_read_a_few_at_a_time_and_an_urgent_one_waits_for_these_only(event, monkeypatch):
    monkeypatch.setattr(delivery, "LOOK_AHEAD", 2)
    bulk = [queue_mail(make_registration(event), MailKind.EVENT_CHANGED) for _number in range(4)]
    waiting: deque[OutboxMail] = deque()
    found = [delivery._claim_next(waiting, NOW)]
    urgent = queue_mail(make_registration(event), MailKind.CONFIRMED)
    with CaptureQueriesContext(connection) as captured:
        found.append(delivery._claim_next(waiting, NOW))
    assert len(captured) == 1
    found += [delivery._claim_next(waiting, NOW) for _number in range(4)]
    assert [mail and mail.pk for mail in found] == [bulk[0].pk, bulk[1].pk, urgent.pk, bulk[2].pk, bulk[3].pk, None]


def test_due_emails_are_read_again_after_a_lost_claim(event, monkeypatch):
    queue_mail(make_registration(event))
    claim, losses = delivery._claim, [False]
    monkeypatch.setattr(delivery, "_claim", lambda row, at: losses.pop() if losses else claim(row, at))
    assert deliver_due(NOW) == 1


def test_an_email_deleted_during_delivery_is_ignored(event, server, monkeypatch):
    mail = queue_mail(make_registration(event))
    claimed = delivery._claim_next(deque(), NOW)
    mail.delete()
    assert delivery._deliver(claimed, delivery.MailServer(), lambda: NOW) is None
    assert OutboxMail.objects.count() == 0


# Retrying


def test_retries_last_at_least_24_hours():
    tries, hours = len(RETRY_DELAYS) + 1, sum(RETRY_DELAYS, datetime.timedelta()) / delivery.HOUR
    assert tries >= 8
    assert hours >= 24
    assert sorted(RETRY_DELAYS) == RETRY_DELAYS


def test_an_email_fails_after_the_last_retry_and_organisers_are_notified(event, server):
    registration = make_registration(event)
    event.registration_settings.notification_emails = "boss@example.org\nchief@example.org"
    event.registration_settings.save()
    mail = queue_mail(registration)
    server.send_errors = [OSError("down")] * 10
    at, tries = NOW, 0
    while reload(mail).status == MailStatus.QUEUED:
        deliver_due(at)
        tries += 1
        at = (reload(mail).next_try_at or at) + datetime.timedelta(seconds=1)
    assert tries == 10
    assert at - NOW > datetime.timedelta(hours=24)
    mail = reload(mail)
    assert (mail.status, mail.attempts, mail.problem) == (MailStatus.FAILED, 10, "OSError")
    notifications = OutboxMail.objects.filter(kind=MailKind.ORGANISER)
    assert set(notifications.values_list("payload__topic", flat=True)) == {"delivery_failed"}
    assert sorted(server.accepted) == ["boss@example.org", "chief@example.org"]
    assert Registration.objects.get().status == RegistrationStatus.CONFIRMED


def test_an_email_is_sent_when_the_server_works_again(event, server):
    mail = queue_mail(make_registration(event))
    server.send_errors = [smtplib.SMTPServerDisconnected("bye"), smtplib.SMTPDataError(451, b"later")]
    assert deliver_due(NOW) == 0
    mail = reload(mail)
    assert (mail.status, mail.problem) == (MailStatus.QUEUED, "SMTPServerDisconnected")
    assert mail.next_try_at - NOW - RETRY_DELAYS[0] < MINUTE
    assert deliver_due(NOW) == 0
    assert server.accepted == []
    assert deliver_due(mail.next_try_at) == 0
    assert reload(mail).problem == "SMTPDataError 451"
    assert deliver_due(reload(mail).next_try_at) == 1
    assert reload(mail).problem == ""


def test_without_a_connection_no_other_email_is_tried(event, server):
    mails = [queue_mail(make_registration(event)) for _number in range(3)]
    server.open_errors = [ConnectionRefusedError()]
    assert deliver_due(NOW) == 0
    assert [reload(mail).attempts for mail in mails] == [1, 0, 0]
    assert deliver_due(NOW) == 2


def test_delivery_stops_after_three_consecutive_failures(event, server):
    mails = [queue_mail(make_registration(event)) for _number in range(5)]
    server.send_errors = [TimeoutError(), None, TimeoutError(), TimeoutError(), TimeoutError()]
    assert deliver_due(NOW) == 1
    assert [reload(mail).attempts for mail in mails] == [1, 1, 1, 1, 1]
    server.send_errors = [TimeoutError()] * 4
    OutboxMail.objects.filter(status=MailStatus.QUEUED).update(next_try_at=NOW)
    assert deliver_due(NOW) == 0
    assert sorted(reload(mail).attempts for mail in mails) == [1, 1, 2, 2, 2]


@pytest.mark.parametrize("code", [550, 553, 501])
def test_a_permanently_refused_address_fails(event, server, code):
    mails = [queue_mail(make_registration(event)) for _number in range(2)]
    server.send_errors = [refused(code)]
    assert deliver_due(NOW) == 1
    assert [reload(mail).status for mail in mails] == [MailStatus.FAILED, MailStatus.SENT]
    assert reload(mails[0]).problem == f"SMTPRecipientsRefused {code}"


@pytest.mark.parametrize("code", [450, 421, 530])
def test_a_temporarily_refused_address_is_retried(event, server, code):
    mail = queue_mail(make_registration(event))
    server.send_errors = [refused(code)]
    assert deliver_due(NOW) == 0
    assert reload(mail).status == MailStatus.QUEUED


def test_a_refusal_without_a_code_is_retried(event, server):
    mail = queue_mail(make_registration(event))
    server.send_errors = [smtplib.SMTPRecipientsRefused({})]
    assert deliver_due(NOW) == 0
    assert reload(mail).problem == "SMTPRecipientsRefused 0"


def test_an_error_on_closing_the_connection_is_ignored(event, server):
    queue_mail(make_registration(event))
    server.close_error = smtplib.SMTPServerDisconnected("bye")
    assert deliver_due(NOW) == 1


def test_an_email_that_cannot_be_rendered_does_not_stop_the_others(event, server, monkeypatch, caplog):
    broken, fine = queue_mail(make_registration(event, name="Canary Person")), queue_mail(make_registration(event))
    render = transport.render

    def render_or_fail(mail):
        if mail.pk == broken.pk:
            raise ValueError(mail.registration.name)
        return render(mail)

    monkeypatch.setattr(transport, "render", render_or_fail)
    with caplog.at_level(logging.INFO):
        assert deliver_due(NOW) == 1
    assert (reload(broken).status, reload(broken).problem) == (MailStatus.QUEUED, "ValueError")
    assert reload(fine).status == MailStatus.SENT
    assert str(broken.key) in caplog.text
    assert "Canary" not in caplog.text
    assert "example.org" not in caplog.text


def test_organisers_are_notified_of_failures_once_a_day_and_not_of_their_own_emails(event, server):
    event.registration_settings.notification_emails = "boss@example.org"
    event.registration_settings.save()
    for _number in range(2):
        queue_mail(make_registration(event))
    server.send_errors = [refused(550)] * 3
    deliver_due(NOW)
    mail = OutboxMail.objects.get(kind=MailKind.ORGANISER)
    # It was refused as well, and keeps its address so that it can be resent.
    assert (mail.status, mail.recipient) == (MailStatus.FAILED, "boss@example.org")
    assert OutboxMail.objects.count() == 3


def test_the_address_of_an_erased_participant_is_deleted_after_a_failure(event, server):
    mail = queue.enqueue(event, MailKind.ERASED, recipient="gone@example.org", language="en")
    server.send_errors = [refused(550)]
    deliver_due()
    assert (reload(mail).status, reload(mail).recipient) == (MailStatus.FAILED, "")


def test_no_notification_without_notification_addresses(event):
    assert queue.notify_organisers(event, "delivery_failed") == 0
    event.registration_settings.delete()
    assert queue.notify_organisers(Event.objects.get(pk=event.pk), "delivery_failed") == 0


# Interrupted delivery


def test_an_abandoned_claim_is_retried_once(event):
    mail = queue_mail(make_registration(event))
    assert delivery._claim_next(deque(), NOW) is not None
    soon, later = NOW + CLAIM_TIME - MINUTE, NOW + CLAIM_TIME + MINUTE
    assert deliver_due(soon) == 0
    # Abandoned a second time: the email may have been delivered twice, so it fails.
    assert delivery._claim_next(deque(), later).payload[delivery.MAYBE_SENT] is True
    assert deliver_due(later + CLAIM_TIME + MINUTE) == 0
    assert (reload(mail).status, reload(mail).problem) == (MailStatus.FAILED, delivery.TWICE_UNCERTAIN)
    assert sent() == []


def test_a_failed_email_about_an_erasure_contains_no_personal_data(event):
    payload = {"erased_entry": {"uid": "x", "mode": "on_site", "sequence": 1}, delivery.MAYBE_SENT: True}
    mail = queue.enqueue(event, MailKind.ERASED, recipient="gone@example.org", language="en", payload=payload)
    OutboxMail.objects.update(status=MailStatus.SENDING, claimed_at=NOW)
    assert deliver_due(NOW + CLAIM_TIME + MINUTE) == 0
    left = reload(mail)
    assert (left.status, left.recipient, left.payload) == (MailStatus.FAILED, "", {})


def test_an_abandoned_claim_is_handled_by_one_process(event):
    mail = queue_mail(make_registration(event))
    OutboxMail.objects.update(
        status=MailStatus.SENDING, claimed_at=NOW, attempts=1, payload={delivery.MAYBE_SENT: True}
    )
    stale = reload(mail)
    OutboxMail.objects.update(attempts=2)
    assert not delivery._claim(stale, TOMORROW)
    assert reload(mail).status == MailStatus.SENDING


def test_an_uncertain_delivery_is_retried_once(event, server):
    mail = queue_mail(make_registration(event))
    server.send_errors = [UncertainDeliveryError(), UncertainDeliveryError()]
    deliver_due(NOW)
    assert reload(mail).status == MailStatus.QUEUED
    deliver_due(TOMORROW)
    assert (reload(mail).status, reload(mail).problem) == (MailStatus.FAILED, "UncertainDeliveryError")


# Outdated emails


# They go out whatever the status is.
ALWAYS_SENT = {MailKind.ERASED, MailKind.OLD_ADDRESS, MailKind.ORGANISER, MailKind.GROUP}


@pytest.mark.parametrize("kind", sorted(set(MailKind) - ALWAYS_SENT))
def test_an_email_that_no_longer_matches_the_status_is_withheld(event, kind):
    status = next(status for status in RegistrationStatus if status not in relevance.RELEVANT_STATUSES[kind])
    extra = {"queued_at": NOW, "offer_expires_at": TOMORROW if status == RegistrationStatus.OFFERED else None}
    mail = queue_mail(make_registration(event, status=status, **extra), kind)
    assert deliver_due(NOW) == 0
    assert reload(mail).status == MailStatus.WITHHELD
    assert sent() == []


def test_an_anonymised_registration_gets_no_email(event):
    mail = queue_mail(make_registration(event))
    Registration.objects.update(
        name="", email="", email_key="", token_hash="", searchable_name="", searchable_details="", anonymised_at=NOW
    )
    deliver_due(NOW)
    assert reload(mail).status == MailStatus.WITHHELD


def test_the_email_about_an_expired_offer_is_withheld(event):
    mail = queue_mail(make_registration(event, status=RegistrationStatus.OFFERED), MailKind.OFFERED)
    deliver_due(TOMORROW)
    assert reload(mail).status == MailStatus.WITHHELD
    other = queue_mail(make_registration(event, status=RegistrationStatus.OFFERED), MailKind.OFFERED)
    assert relevance.is_still_relevant(other, NOW)


@pytest.mark.parametrize(
    ("kind", "event_fields", "at", "expected"),
    [
        (MailKind.CONFIRMED, {"status": EventStatus.CANCELLED}, NOW, False),
        (MailKind.PERSONAL_LINK, {"status": EventStatus.CANCELLED}, NOW, True),
        (MailKind.REMINDER, {}, NOW, True),
        (MailKind.REMINDER, {"status": EventStatus.POSTPONED}, NOW, False),
        (MailKind.REMINDER, {}, NOW + datetime.timedelta(days=20), False),
        (MailKind.EVENT_CHANGED, {}, NOW, True),
        (MailKind.EVENT_CHANGED, {"status": EventStatus.CANCELLED}, NOW, False),
        (MailKind.EVENT_CHANGED, {}, NOW + datetime.timedelta(days=20), False),
        (MailKind.EVENT_OFF, {"status": EventStatus.CANCELLED}, NOW, True),
        (MailKind.EVENT_OFF, {}, NOW, False),
    ],
)
def test_relevance_after_a_change_of_the_event(event, kind, event_fields, at, expected):
    mail = queue_mail(make_registration(event), kind)
    Event.objects.update(**{"status": EventStatus.SCHEDULED} | event_fields)
    assert relevance.is_still_relevant(reload(mail), at) is expected


def test_only_the_last_of_two_changes_of_event_status_is_relevant(event):
    change_event(event, status=EventStatus.POSTPONED)
    mail = queue_mail(make_registration(event), MailKind.EVENT_OFF, payload={"event_status": EventStatus.POSTPONED})
    assert relevance.is_still_relevant(reload(mail), NOW)
    change_event(event, status=EventStatus.CANCELLED)
    assert not relevance.is_still_relevant(reload(mail), NOW)


def test_deleting_the_event_deletes_its_emails(event, page):
    queue.enqueue(event, MailKind.ORGANISER, recipient="boss@example.org")
    page.delete()
    event.delete()
    assert OutboxMail.objects.count() == 0


# Emails that cannot be built

QUOTED = '"\x01\x02"@example.org'
LONG_DOMAIN = f"anna@{'ä' * 60}.example"


@pytest.mark.parametrize("address", [QUOTED, LONG_DOMAIN, "anna@exa\nmple.org", "no address"])
def test_addresses_that_no_email_can_have_stop_no_other_email(event, address, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    bad = [queue_mail(make_registration(event)) for _number in range(delivery.MAX_FAILURES_IN_A_ROW)]
    Registration.objects.update(email=address)
    fine = queue_mail(make_registration(event, email="fine@example.org"))
    assert deliver_due(NOW) == 1
    assert reload(fine).status == MailStatus.SENT
    assert [(reload(mail).status, reload(mail).next_try_at) for mail in bad] == [(MailStatus.FAILED, None)] * len(bad)
    assert {reload(mail).problem for mail in bad} == {"InvalidAddressError"}


def test_organisers_are_told_at_once_of_an_email_that_cannot_be_built(event, server, monkeypatch, caplog):
    event.registration_settings.notification_emails = "boss@example.org"
    event.registration_settings.save()
    render = transport.render

    def with_two_lines(mail):
        message = render(mail)
        if mail.kind != MailKind.ORGANISER:
            message.subject = "Canary\nPerson"
        return message

    monkeypatch.setattr(transport, "render", with_two_lines)
    broken = [queue_mail(make_registration(event)) for _number in range(4)]
    assert deliver_due(NOW) == 1
    assert [(reload(mail).status, reload(mail).problem) for mail in broken] == [
        (MailStatus.QUEUED, "BadHeaderError")
    ] * 4
    assert server.accepted == ["boss@example.org"]
    assert "Canary" not in caplog.text
    # Mended: it is tried again.
    monkeypatch.setattr(transport, "render", render)
    assert deliver_due(NOW + 2 * MINUTE) == 4


@pytest.mark.parametrize(
    "answer",
    [
        smtplib.SMTPDataError(554, b"rejected"),
        smtplib.SMTPSenderRefused(552, b"too large", "noreply@example.org"),
        smtplib.SMTPNotSupportedError("SMTPUTF8"),
        UnicodeEncodeError("ascii", "ä", 0, 1, "no"),
        ValueError("no"),
    ],
)
def test_answers_about_one_email_do_not_end_the_run(event, server, answer):
    for _number in range(4):
        queue_mail(make_registration(event))
    server.send_errors = [answer] * 3
    assert deliver_due(NOW) == 1


def test_a_row_that_cannot_be_judged_does_not_end_the_run(event, server, caplog):
    strange, fine = queue_mail(make_registration(event)), queue_mail(make_registration(event))
    OutboxMail.objects.filter(pk=strange.pk).update(kind="future")
    assert deliver_due(NOW) == 1
    assert (reload(strange).status, reload(strange).problem) == (MailStatus.QUEUED, "KeyError")
    assert reload(fine).status == MailStatus.SENT
    assert str(strange.key) in caplog.text


# Hourly limit


def test_delivery_stops_at_the_hourly_limit(event, settings, caplog):
    settings.MAILS_PER_HOUR = 2
    mails = [queue_mail(make_registration(event)) for _number in range(3)]
    assert deliver_due(NOW) == 2
    assert f"Limit reached: 2 emails of event {event.pk} were sent within an hour" in caplog.text
    assert reload(mails[2]).attempts == 0
    found = outbox_status(NOW)
    assert (found.waiting, found.failed, found.due_since, found.is_throttled) == (1, 0, NOW, True)
    assert deliver_due(NOW + datetime.timedelta(minutes=61)) == 1
    assert outbox_status(NOW).is_throttled is False


def test_one_event_does_not_use_up_the_limit_of_another(event, home_page, settings, server):
    settings.MAILS_PER_HOUR = 2
    event.registration_settings.notification_emails = "boss@example.org"
    event.registration_settings.save()
    other = make_page(home_page, title="Other", slug="other").event
    for number in range(4):
        queue_mail(make_registration(event, email=f"person{number}@example.org"))
    queue_mail(make_registration(other, email="fine@example.org"))
    assert deliver_due(NOW) == 3
    assert server.accepted == ["person0@example.org", "person1@example.org", "fine@example.org"]
    assert outbox_status(NOW, event).is_throttled is True
    assert outbox_status(NOW, other).is_throttled is False
    # The organisers are told once a day, and their email does not wait.
    told = OutboxMail.objects.get(kind=MailKind.ORGANISER)
    assert (told.recipient, told.payload["topic"]) == ("boss@example.org", "limit_reached")
    assert deliver_due(real_now()) >= 1
    assert "boss@example.org" in server.accepted
    assert OutboxMail.objects.filter(kind=MailKind.ORGANISER).count() == 1


def test_a_limit_of_zero_holds_everything_back(event, settings, server):
    settings.MAILS_PER_HOUR = 0
    event.registration_settings.notification_emails = "boss@example.org"
    event.registration_settings.save()
    queue_mail(make_registration(event))
    queue.notify_organisers(event, "registrations")
    assert deliver_due(real_now()) == 0
    assert server.accepted == []
    assert OutboxMail.objects.count() == 2
    assert outbox_status(NOW, event).is_throttled is True


def test_outbox_status_of_one_event(event):
    queue_mail(make_registration(event))
    failed = queue_mail(make_registration(event))
    OutboxMail.objects.filter(pk=failed.pk).update(status=MailStatus.FAILED)
    other = Event.objects.create(first_day=NOW.date())
    assert outbox_status(NOW, event).failed == 1
    assert outbox_status(NOW, event).due_since == NOW
    assert outbox_status(NOW, other) == OutboxStatus(0, 0, None, is_throttled=False)
    assert outbox_status().waiting == 1


# Many emails that wait


def test_the_queries_of_an_email_do_not_depend_on_how_many_wait(event, server):
    deliver_due(NOW)

    def number_of_queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert deliver_due(NOW, limit=1) == 1
        return len(captured)

    for _number in range(4):
        queue_mail(make_registration(event))
    number_of_queries()  # The first email also fills caches.
    few = number_of_queries()
    for _number in range(30):
        queue_mail(make_registration(event))
    assert number_of_queries() == few


def test_what_one_person_waits_for_comes_first_and_a_full_event_delays_no_other(event, home_page, settings, server):
    other = make_page(home_page, title="Other", slug="other").event
    for number in range(3):
        queue_mail(make_registration(event, email=f"many{number}@example.org"), MailKind.EVENT_CHANGED)
    queue_mail(make_registration(other, email="late@example.org"), MailKind.EVENT_CHANGED)
    queue_mail(make_registration(event, email="urgent@example.org"))
    settings.MAILS_PER_HOUR = 3
    deliver_due(NOW)
    assert server.accepted == ["urgent@example.org", "many0@example.org", "many1@example.org", "late@example.org"]


def test_many_emails_in_one_insert_have_their_priority(event):
    queue.enqueue_all(event, MailKind.MESSAGE, [make_registration(event)])
    queue.notify_organisers(event, "registrations")
    queue_mail(make_registration(event))
    assert {mail.kind: mail.priority for mail in OutboxMail.objects.all()} == {
        MailKind.MESSAGE: MailPriority.BULK,
        MailKind.CONFIRMED: MailPriority.PERSONAL,
    }
