"""What people are told when the organiser saves an event: once, in time, and not for nothing."""

import datetime

import pytest

from events.enums import EventStatus, MailKind, MailStatus
from events.models import EventPage, HistoryEntry, OutboxMail, Registration
from events.models.announcements import MERGE_TIME
from events.registration import commands
from events.registration.actor import SCHEDULER
from events.registration.errors import NotPossibleError
from events.states import RegistrationStatus
from tests.factories import reload
from tests.factories.events import change_event, commit, publish, row, rows_of
from tests.factories.mail import make_forum, make_registration

RESUBMISSION_STATUS = datetime.timedelta(days=7)


@pytest.fixture
def page(home_page) -> EventPage:
    return make_forum(home_page)


@pytest.fixture
def event(page):
    for status in (RegistrationStatus.CONFIRMED, RegistrationStatus.WAITING, RegistrationStatus.WITHDRAWN):
        values = {"queued_at": page.event.created_at} if status == RegistrationStatus.WAITING else {}
        make_registration(page.event, status=status, **values)
    return page.event


def mails(kind: MailKind):
    return OutboxMail.objects.filter(kind=kind)


def told(kind: MailKind) -> list[str]:
    return sorted(mail.registration.status for mail in mails(kind))


@pytest.mark.parametrize(
    "facts",
    [
        {"first_day": datetime.date(2030, 6, 6), "last_day": datetime.date(2030, 6, 6)},
        {"start_time": datetime.time(10)},
        {"venue_name": "New Mill"},
        {"status": EventStatus.MOVED_ONLINE},
    ],
)
def test_another_time_or_place_is_told_to_those_who_count_on_it(event, facts):
    change_event(event, **facts)
    assert told(MailKind.EVENT_CHANGED) == ["confirmed", "waiting"]
    mail = mails(MailKind.EVENT_CHANGED).get(registration__status="confirmed")
    assert mail.payload["sequence"] == 1
    assert mail.next_try_at - mail.created_at > MERGE_TIME - datetime.timedelta(seconds=10)


def test_other_facts_are_no_news(event):
    change_event(event, contact_name="Somebody", online_link="https://meet.example.org/other")
    assert told(MailKind.EVENT_CHANGED) == []


def test_a_programme_that_begins_earlier_is_told(event, page):
    change_event(event, start_time=None, end_time=None)
    publish(page, [row("09:00", "One", "10:00")])
    OutboxMail.objects.all().delete()
    rows = rows_of(page)
    rows[0].start = datetime.time(8)
    publish(reload(page), rows)
    assert told(MailKind.EVENT_CHANGED) == ["confirmed", "waiting"]


def test_several_edits_make_one_mail(event):
    for name in ("New Mill", "Newer Mill"):
        change_event(event, venue_name=name)
    assert told(MailKind.EVENT_CHANGED) == ["confirmed", "waiting"]
    assert Registration.objects.get(status="confirmed").calendar_sequence == 2


def test_an_edit_that_is_taken_back_is_not_told(event):
    change_event(event, venue_name="New Mill")
    fetched = Registration.objects.get(status="confirmed").calendar_sequence
    change_event(event, venue_name="Old Mill")
    assert told(MailKind.EVENT_CHANGED) == []
    # Whoever fetched the entry in between must learn that it is as it was.
    assert Registration.objects.get(status="confirmed").calendar_sequence > fetched


def test_the_same_hours_in_another_zone_are_another_time(event):
    change_event(event, zone="Europe/Brussels")
    assert told(MailKind.EVENT_CHANGED) == ["confirmed", "waiting"]
    assert Registration.objects.get(status="confirmed").calendar_sequence == 1


@pytest.mark.parametrize("status", [EventStatus.CANCELLED, EventStatus.POSTPONED])
def test_an_event_that_is_off_is_told_once(event, status):
    change_event(event, venue_name="New Mill")
    change_event(event, status=status)
    assert told(MailKind.EVENT_OFF) == ["confirmed", "waiting"]
    assert told(MailKind.EVENT_CHANGED) == []
    change_event(event, venue_name="Newest Mill")
    assert commands.notify_called_off(event.pk, SCHEDULER) == 0
    assert told(MailKind.EVENT_OFF) == ["confirmed", "waiting"]
    assert HistoryEntry.objects.filter(action="notify_called_off").count() == 2


def test_postponed_and_then_cancelled_are_two_changes(event):
    change_event(event, status=EventStatus.POSTPONED)
    change_event(event, status=EventStatus.CANCELLED)
    assert (
        sorted(mail.payload["event_status"] for mail in mails(MailKind.EVENT_OFF))
        == ["cancelled"] * 2 + ["postponed"] * 2
    )


def test_the_organiser_who_did_it_stands_in_the_history(event, admin_user):
    event.changed_by = admin_user
    event.status = EventStatus.CANCELLED
    with commit():
        event.save()
    assert set(HistoryEntry.objects.values_list("actor", "user")) == {("staff", admin_user.pk)}


def test_who_has_read_that_it_is_off_is_told_that_it_is_on(event):
    change_event(event, status=EventStatus.CANCELLED)
    mails(MailKind.EVENT_OFF).update(status=MailStatus.SENT, attempts=1)
    change_event(event, status=EventStatus.SCHEDULED)
    assert told(MailKind.EVENT_CHANGED) == ["confirmed", "waiting"]


def test_who_has_not_read_it_yet_is_told_nothing(event):
    change_event(event, status=EventStatus.CANCELLED)
    change_event(event, status=EventStatus.SCHEDULED)
    assert told(MailKind.EVENT_CHANGED) == []


def test_an_event_that_takes_place_cannot_be_called_off(event):
    with pytest.raises(NotPossibleError):
        commands.notify_called_off(event.pk, SCHEDULER)


def test_what_is_over_is_no_news(event):
    assert commands.notify_event_changed(event.pk, event.ends_at + RESUBMISSION_STATUS) == 0
    assert told(MailKind.EVENT_CHANGED) == []


def test_an_event_that_is_off_has_no_other_news(event):
    change_event(event, status=EventStatus.CANCELLED)
    assert commands.notify_rescheduled(event.pk) == 0
