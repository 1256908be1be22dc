"""Emails that participants get after an organiser saves an event."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from events.enums import EventStatus, MailKind, MailStatus
from events.models import (
    Event,
    EventPage,
    HistoryEntry,
    OutboxMail,
    Registration,
    RegistrationSettings,
    TimetableChange,
)
from events.models.mail import UNEXPLAINED
from events.registration import change_notices, commands
from events.registration.actor import SCHEDULER
from events.registration.errors import NotPossibleError
from events.registration.mail.delivery import deliver_due
from events.scheduled_jobs import JOBS
from events.states import RegistrationStatus
from tests.factories import reload
from tests.factories.events import change_event, commit, publish, row, rows_of
from tests.factories.mail import make_forum, make_registration, part, rendered

pytestmark = pytest.mark.slow

WEEK = datetime.timedelta(days=7)


@pytest.fixture(scope="module")
def made_page(module_home_page) -> EventPage:
    return make_forum(module_home_page)


@pytest.fixture
def page(made_page, db) -> EventPage:
    return reload(made_page)


@pytest.fixture
def event(page):
    for status in (RegistrationStatus.CONFIRMED, RegistrationStatus.WAITING, RegistrationStatus.WITHDRAWN):
        values = {"queued_at": page.event.created_at} if status == RegistrationStatus.WAITING else {}
        make_registration(page.event, status=status, **values)
    return page.event


def mails(kind: MailKind):
    return OutboxMail.objects.filter(kind=kind)


def recipient_statuses(kind: MailKind) -> list[str]:
    return sorted(mail.registration.status for mail in mails(kind))


@pytest.mark.parametrize(
    "fields",
    [
        {"first_day": datetime.date(2030, 6, 6), "last_day": datetime.date(2030, 6, 6)},
        {"start_time": datetime.time(10)},
        {"venue_name": "New Mill"},
        {"status": EventStatus.MOVED_ONLINE},
    ],
)
def test_a_change_of_time_place_or_mode_is_emailed_to_active_participants(event, fields):
    change_event(event, **fields)
    # Who waits on site is offered a place online when the event moves there.
    waiting = "offered" if "status" in fields else "waiting"
    assert recipient_statuses(MailKind.EVENT_CHANGED) == ["confirmed", waiting]
    mail = mails(MailKind.EVENT_CHANGED).get(registration__status="confirmed")
    assert mail.payload["sequence"] == 1
    assert mail.next_try_at is None


def test_other_changes_send_no_email(event):
    change_event(event, contact_name="Someone", online_link="https://meet.example.org/other")
    assert recipient_statuses(MailKind.EVENT_CHANGED) == []


def test_a_timetable_that_starts_earlier_is_emailed(event, page):
    change_event(event, start_time=None, end_time=None)
    publish(page, [row("09:00", "One", "10:00")])
    OutboxMail.objects.all().delete()
    rows = rows_of(page)
    rows[0].start = datetime.time(8)
    publish(reload(page), rows)
    assert recipient_statuses(MailKind.EVENT_CHANGED) == ["confirmed", "waiting"]


def test_an_event_that_moves_online_offers_places_to_those_who_wait_on_site(event):
    waiting = Registration.objects.get(status="waiting")
    change_event(event, status=EventStatus.MOVED_ONLINE)
    assert (reload(waiting).status, reload(waiting).mode) == ("offered", "online")
    assert "offered" in recipient_statuses(MailKind.OFFERED)


def test_several_edits_send_one_email(event):
    for name in ("New Mill", "Newer Mill"):
        change_event(event, venue_name=name)
    assert recipient_statuses(MailKind.EVENT_CHANGED) == ["confirmed", "waiting"]
    assert Registration.objects.get(status="confirmed").calendar_sequence == 2


def test_a_reverted_edit_sends_no_email(event):
    change_event(event, venue_name="New Mill")
    sequence = Registration.objects.get(status="confirmed").calendar_sequence
    change_event(event, venue_name="Old Mill")
    assert recipient_statuses(MailKind.EVENT_CHANGED) == []
    # A calendar that fetched the entry in between updates it only for a higher sequence.
    assert Registration.objects.get(status="confirmed").calendar_sequence > sequence


def test_a_change_of_time_zone_is_emailed(event):
    change_event(event, zone="Europe/Brussels")
    assert recipient_statuses(MailKind.EVENT_CHANGED) == ["confirmed", "waiting"]
    assert Registration.objects.get(status="confirmed").calendar_sequence == 1


# The emails wait for an organiser


def delivered(after: datetime.timedelta) -> list[str]:
    """Return the kinds of the emails that the scheduled tasks of a later moment send."""
    now = timezone.now() + after
    for job in JOBS:
        job.run(now)
    return sorted(OutboxMail.objects.filter(status=MailStatus.SENT).values_list("kind", flat=True))


@pytest.mark.parametrize(
    ("fields", "kind"),
    [({"venue_name": "New Mill"}, MailKind.EVENT_CHANGED), ({"status": EventStatus.CANCELLED}, MailKind.EVENT_OFF)],
)
def test_the_emails_wait_without_end_until_an_organiser_sends_them(event, fields, kind):
    change_event(event, **fields)
    tomorrow = timezone.now() + datetime.timedelta(hours=20)
    # Also if the event is near.
    Event.objects.update(
        first_day=tomorrow.date(), last_day=tomorrow.date(), starts_at=tomorrow, ends_at=tomorrow + 500 * WEEK
    )
    assert delivered(3 * WEEK) == [MailKind.ORGANISER]
    assert set(mails(kind).values_list("status", flat=True)) == {MailStatus.QUEUED}
    assert change_notices.send(event.pk, {}) == 2
    deliver_due(timezone.now() + datetime.timedelta(minutes=1))
    assert set(mails(kind).values_list("status", flat=True)) == {MailStatus.SENT}


@pytest.fixture
def notified(event):
    RegistrationSettings.objects.filter(event=event).update(notification_emails="office@example.org")
    return event


def reminders(after: datetime.timedelta, since: datetime.datetime) -> list[str]:
    """Return who is reminded at a moment after the change."""
    known = list(OutboxMail.objects.values_list("pk", flat=True))
    change_notices.remind_organisers(since + after)
    return sorted(OutboxMail.objects.exclude(pk__in=known).values_list("recipient", flat=True))


def test_organisers_are_reminded_once_a_day_as_long_as_the_emails_wait(notified, admin_user):
    change_event(notified, venue_name="New Mill", changed_by=admin_user)
    since = OutboxMail.objects.filter(UNEXPLAINED).latest("pk").created_at
    hour = datetime.timedelta(hours=1)
    both = sorted(["office@example.org", admin_user.email])
    assert reminders(0.2 * hour, since) == []
    assert reminders(0.3 * hour, since) == both
    assert reminders(24 * hour, since) == []
    assert reminders(25 * hour, since) == both
    message = rendered(mails(MailKind.ORGANISER).latest("pk"))
    assert message["Subject"].startswith("Emails about a change are waiting:")
    assert reverse("events:change_notices", args=[notified.pk]) in part(message, "text/plain")
    change_notices.withhold(notified.pk)
    assert reminders(99 * hour, since) == []


def test_organisers_are_reminded_every_hour_if_the_event_begins_within_a_day(notified):
    change_event(notified, venue_name="New Mill")
    since = OutboxMail.objects.filter(UNEXPLAINED).latest("pk").created_at
    hour = datetime.timedelta(hours=1)
    Event.objects.update(starts_at=since + 20 * hour)
    assert [bool(reminders(number * hour, since)) for number in (1, 1.5, 2.1)] == [True, False, True]


def test_without_other_addresses_the_contact_of_the_event_is_reminded(event):
    change_event(event, venue_name="New Mill", contact_email="contact@example.org")
    since = OutboxMail.objects.filter(UNEXPLAINED).latest("pk").created_at
    assert reminders(datetime.timedelta(hours=1), since) == ["contact@example.org"]


def test_emails_about_an_event_that_is_over_are_withheld(event):
    change_event(event, venue_name="New Mill")
    ends_at = reload(event).ends_at
    assert change_notices.withhold_outdated(ends_at - datetime.timedelta(minutes=1)) == 0
    assert change_notices.withhold_outdated(ends_at) == 2
    assert set(mails(MailKind.EVENT_CHANGED).values_list("status", flat=True)) == {MailStatus.WITHHELD}


def test_the_emails_are_sent_with_an_explanation(event):
    change_event(event, venue_name="New Mill")
    found = change_notices.waiting(event)
    assert (found.count, found.languages) == (2, {"en": 2})
    assert change_notices.send(event.pk, {"en": "The mill burns.", "fi": ""}) == 2
    assert change_notices.waiting_count(event) == 0
    assert change_notices.waiting_since() is None
    mail = mails(MailKind.EVENT_CHANGED).get(registration__status="confirmed")
    assert mail.next_try_at <= timezone.now()
    assert "From the organisers:\n\nThe mill burns." in part(rendered(mail), "text/plain")


def test_the_emails_can_be_withheld(event):
    change_event(event, status=EventStatus.POSTPONED)
    assert change_notices.withhold(event.pk) == 2
    assert set(mails(MailKind.EVENT_OFF).values_list("status", flat=True)) == {"withheld"}
    # The same change is not announced again.
    change_event(event, contact_name="Someone")
    assert mails(MailKind.EVENT_OFF).count() == 2


def test_old_and_new_values_stand_side_by_side(event):
    for venue in ("Newer Mill", "New Mill"):
        change_event(event, venue_name=venue, first_day=datetime.date(2030, 6, 6), last_day=datetime.date(2030, 6, 6))
    mail = mails(MailKind.EVENT_CHANGED).get(registration__status="confirmed")
    text = part(rendered(mail), "text/plain").replace("\xa0", " ")
    lines = [line for line in text.splitlines() if line.startswith("Whe")]
    assert lines[0].startswith("When: Thursday, 6 June 2030, ")
    assert lines[1].startswith("When, before: Thursday, 16 May 2030, 09:00–16:00")
    assert lines[2].startswith("Where: New Mill")
    assert lines[3].startswith("Where, before: Old Mill")


@pytest.mark.parametrize("status", [EventStatus.CANCELLED, EventStatus.POSTPONED])
def test_an_event_called_off_before_its_new_day_was_told_names_the_day_that_participants_know(event, status):
    change_event(event, first_day=datetime.date(2030, 6, 6), last_day=datetime.date(2030, 6, 6))
    change_event(event, status=status)
    mail = mails(MailKind.EVENT_OFF).get(registration__status="confirmed")
    text = part(rendered(mail), "text/plain").replace("\xa0", " ")
    assert "Originally planned for: Thursday, 16 May 2030, 09:00–16:00" in text
    assert "6 June" not in text


def test_the_old_place_is_in_the_language_of_the_email(event):
    change_event(event, venue_country="GR", venue_town="Athens")
    TimetableChange.objects.all().delete()
    OutboxMail.objects.all().delete()
    # Saved by someone with another language.
    with override("fi"):
        change_event(event, first_day=datetime.date(2030, 6, 6), last_day=datetime.date(2030, 6, 6))
    mail = mails(MailKind.EVENT_CHANGED).get(registration__status="confirmed")
    text = part(rendered(mail), "text/plain")
    assert "When, before: " in text
    # The place is the same in every language.
    assert "Where, before" not in text


def test_values_that_did_not_change_stand_once(event):
    change_event(event, venue_name="New Mill")
    mail = mails(MailKind.EVENT_CHANGED).get(registration__status="confirmed")
    text = part(rendered(mail), "text/plain")
    assert "Where, before: Old Mill" in text
    assert "When, before" not in text


@pytest.mark.parametrize("status", [EventStatus.CANCELLED, EventStatus.POSTPONED])
def test_a_cancelled_or_postponed_event_is_emailed_once(event, status):
    change_event(event, venue_name="New Mill")
    change_event(event, status=status)
    assert recipient_statuses(MailKind.EVENT_OFF) == ["confirmed", "waiting"]
    assert recipient_statuses(MailKind.EVENT_CHANGED) == []
    change_event(event, venue_name="Newest Mill")
    assert commands.notify_called_off(event.pk, SCHEDULER) == 0
    assert recipient_statuses(MailKind.EVENT_OFF) == ["confirmed", "waiting"]
    assert HistoryEntry.objects.filter(action="notify_called_off").count() == 2


def test_postponing_and_then_cancelling_sends_two_emails(event):
    change_event(event, status=EventStatus.POSTPONED)
    change_event(event, status=EventStatus.CANCELLED)
    assert (
        sorted(mail.payload["event_status"] for mail in mails(MailKind.EVENT_OFF))
        == ["cancelled"] * 2 + ["postponed"] * 2
    )


def test_the_history_names_the_organiser(event, admin_user):
    event.changed_by = admin_user
    event.status = EventStatus.CANCELLED
    with commit():
        event.save()
    assert set(HistoryEntry.objects.values_list("actor", "user")) == {("staff", admin_user.pk)}


def test_participants_who_got_the_cancellation_are_told_that_the_event_goes_ahead(event):
    change_event(event, status=EventStatus.CANCELLED)
    mails(MailKind.EVENT_OFF).update(status=MailStatus.SENT, attempts=1)
    change_event(event, status=EventStatus.SCHEDULED)
    assert recipient_statuses(MailKind.EVENT_CHANGED) == ["confirmed", "waiting"]


def test_a_cancellation_reverted_before_delivery_sends_no_email(event):
    change_event(event, status=EventStatus.CANCELLED)
    change_event(event, status=EventStatus.SCHEDULED)
    assert recipient_statuses(MailKind.EVENT_CHANGED) == []


def test_notify_called_off_refuses_a_scheduled_event(event):
    with pytest.raises(NotPossibleError):
        commands.notify_called_off(event.pk, SCHEDULER)


def test_no_email_after_the_end_of_the_event(event):
    assert commands.notify_event_changed(event.pk, event.ends_at + WEEK) == 0
    assert recipient_statuses(MailKind.EVENT_CHANGED) == []


def test_a_cancelled_event_sends_no_change_notice(event):
    change_event(event, status=EventStatus.CANCELLED)
    assert commands.notify_rescheduled(event.pk) == 0
