"""Scheduled tasks: expired offers, free seats, ends of waiting lists and reminders."""

import pytest

from events.enums import EventStatus, MailKind, Mode
from events.models import Event, OutboxMail, RegistrationSettings
from events.registration import locking, scheduled
from events.registration.commands.event_changes import (
    notify_called_off,
    notify_event_changed,
    notify_rescheduled,
    retract_change_notice,
)
from events.registration.errors import BusyError, NotPossibleError
from events.registration.scheduled import end_waiting_lists, expire_offers, promote_waiting_lists, send_reminders
from events.states import RegistrationStatus
from tests.factories import reload
from tests.factories.events import change_event
from tests.factories.mail import kinds_of_mails
from tests.factories.registrations import (
    DAY,
    HOUR,
    NOW,
    make_open_event,
    make_registration,
    make_staff,
    set_seats_of,
    status_of,
)

_S = RegistrationStatus
pytestmark = pytest.mark.django_db


# Offers


def test_an_expired_offer_goes_to_the_next_participant_once():
    event = make_open_event({Mode.ON_SITE: (1, True)})
    expired = make_registration(event, _S.OFFERED, offer_expires_at=NOW)
    waiting = make_registration(event, _S.WAITING)
    assert expire_offers(NOW - HOUR) == 0
    assert [expire_offers(NOW) for _time in range(2)] == [1, 0]
    assert [status_of(expired), status_of(waiting)] == ["expired", "offered"]
    assert kinds_of_mails() == ["offer_expired", "offered"]
    assert [entry.actor for entry in expired.history.all()] == ["scheduler"]


def test_offers_of_several_events_expire_in_one_run():
    events = [make_open_event() for _number in range(3)]
    for event in events:
        make_registration(event, _S.OFFERED, offer_expires_at=NOW)
    assert expire_offers(NOW) == 3


def test_an_offer_expires_when_the_event_starts():
    event = make_open_event()
    registration = make_registration(event, _S.OFFERED, offer_expires_at=NOW + 90 * DAY)
    assert expire_offers(event.starts_at - HOUR) == 0
    assert expire_offers(event.starts_at) == 1
    assert status_of(registration) == "expired"


@pytest.mark.parametrize(
    ("event_status", "after", "expected_mails"),
    [(EventStatus.CANCELLED, "expired", []), (EventStatus.POSTPONED, "waiting", [])],
)
def test_offers_of_a_cancelled_or_postponed_event_expire_without_an_email(event_status, after, expected_mails):
    event = make_open_event()
    registration = make_registration(event, _S.OFFERED, offer_expires_at=NOW)
    Event.objects.filter(pk=event.pk).update(status=event_status)
    assert expire_offers(NOW) == 1
    assert (status_of(registration), kinds_of_mails()) == (after, expected_mails)


# Seats


def test_free_seats_are_offered_to_the_waiting_list_once():
    event, full = make_open_event({Mode.ON_SITE: (0, True)}), make_open_event({Mode.ON_SITE: (0, True)})
    people = [make_registration(event, _S.WAITING) for _number in range(3)]
    make_registration(full, _S.WAITING)
    assert promote_waiting_lists(NOW) == 0
    set_seats_of(event, Mode.ON_SITE, 2)
    assert [promote_waiting_lists(NOW) for _time in range(2)] == [2, 0]
    assert [status_of(person) for person in people] == ["offered", "offered", "waiting"]


def test_an_event_with_a_busy_lock_is_left_for_the_next_run(monkeypatch):
    busy, free = make_open_event(), make_open_event()
    people = [make_registration(event, _S.OFFERED, offer_expires_at=NOW) for event in (busy, free)]
    lock = locking._lock

    def lock_or_fail(event_pk):
        if event_pk == busy.pk:
            raise BusyError
        return lock(event_pk)

    monkeypatch.setattr(locking, "_lock", lock_or_fail)
    assert expire_offers(NOW) == 1
    assert [status_of(person) for person in people] == ["offered", "expired"]


# Ends of waiting lists


def test_waiting_participants_get_one_email_a_day_before_the_event_starts():
    event = make_open_event({Mode.ON_SITE: (0, True)})
    people = [make_registration(event, _S.WAITING) for _number in range(2)]
    make_registration(event, _S.WAITING, email="")
    make_registration(event, _S.CONFIRMED)
    due = event.starts_at - scheduled.NO_PLACE_BEFORE
    # Joins the list too late for the email.
    make_registration(event, _S.WAITING, queued_at=due + HOUR)
    assert end_waiting_lists(due - HOUR / 60) == 0
    assert [end_waiting_lists(due), end_waiting_lists(due + HOUR)] == [2, 0]
    assert kinds_of_mails() == ["no_place", "no_place"]
    # Organisers can still give them a place.
    assert [status_of(person) for person in people] == ["waiting", "waiting"]


@pytest.mark.parametrize("waiting_until", [None, "start"])
def test_nobody_is_told_after_the_event_has_begun_that_no_place_became_free(waiting_until):
    event = make_open_event({Mode.ON_SITE: (0, True)})
    if waiting_until:
        RegistrationSettings.objects.update(waiting_until=event.starts_at - HOUR / 60)
    make_registration(event, _S.WAITING)
    assert end_waiting_lists(event.starts_at) == 0
    assert end_waiting_lists(event.starts_at + scheduled.NO_PLACE_DELAY) == 0
    assert end_waiting_lists(event.starts_at - HOUR) == 1


def test_people_who_wait_on_site_are_offered_a_place_online_when_the_event_has_moved():
    event = make_open_event({Mode.ON_SITE: (0, True), Mode.ONLINE: (1, True)})
    second = make_registration(event, _S.WAITING, queued_at=NOW - HOUR)
    first = make_registration(event, _S.WAITING, queued_at=NOW - 2 * HOUR)
    Event.objects.update(status=EventStatus.MOVED_ONLINE)
    assert [promote_waiting_lists(NOW) for _time in range(2)] == [1, 0]
    assert [(status_of(person), reload(person).mode) for person in (first, second)] == [
        ("offered", "online"),
        ("waiting", "online"),
    ]
    assert kinds_of_mails(registration=first) == ["offered"]
    assert [entry.action for entry in first.history.all()] == ["switch_mode", "offer"]


def test_waiting_participants_get_one_email_if_the_end_of_the_waiting_list_is_postponed():
    event = make_open_event({Mode.ON_SITE: (0, True)}, waiting_until=NOW - scheduled.NO_PLACE_DELAY)
    make_registration(event, _S.WAITING)
    assert (end_waiting_lists(NOW - HOUR), end_waiting_lists(NOW)) == (0, 1)
    RegistrationSettings.objects.update(waiting_until=NOW + 3 * DAY - HOUR)
    assert end_waiting_lists(NOW + 3 * DAY) == 0
    make_registration(event, _S.WAITING)
    assert end_waiting_lists(NOW + 3 * DAY) == 1


def test_no_email_about_an_old_waiting_list_or_a_cancelled_or_past_event():
    past = make_open_event(waiting_until=NOW - 2 * DAY)
    off = make_open_event(event_fields={"status": EventStatus.CANCELLED}, waiting_until=NOW - HOUR)
    over = make_open_event()
    for event in (past, off, over):
        make_registration(event, _S.WAITING)
    assert (end_waiting_lists(NOW), end_waiting_lists(over.ends_at)) == (0, 0)
    Event.objects.filter(pk=off.pk).update(status=EventStatus.SCHEDULED)
    assert end_waiting_lists(NOW) == 1


def test_events_without_a_waiting_list_are_skipped(django_assert_num_queries):
    for _number in range(2):
        make_registration(make_open_event(waiting_until=NOW - HOUR))
    with django_assert_num_queries(1):
        assert end_waiting_lists(NOW) == 0


def test_an_end_postponed_before_the_lock_sends_no_email(monkeypatch):
    event = make_open_event(waiting_until=NOW - HOUR)
    make_registration(event, _S.WAITING)
    lock = locking._lock

    def postpone_and_lock(event_pk):
        RegistrationSettings.objects.update(waiting_until=NOW + DAY)
        return lock(event_pk)

    monkeypatch.setattr(locking, "_lock", postpone_and_lock)
    assert end_waiting_lists(NOW) == 0


# Reminders


def test_a_reminder_is_sent_once_to_confirmed_participants():
    event = make_open_event(reminder_hours=48)
    make_registration(event)
    for status in (_S.PENDING, _S.WAITING, _S.OFFERED, _S.WITHDRAWN):
        make_registration(event, status)
    make_registration(event, email="")
    due = event.starts_at - 48 * HOUR
    assert [send_reminders(due - HOUR / 60), send_reminders(due), send_reminders(due)] == [0, 1, 0]
    assert kinds_of_mails() == ["reminder"]


def test_a_rescheduled_event_gets_another_reminder():
    event = make_open_event(reminder_hours=48)
    make_registration(event)
    send_reminders(event.starts_at - HOUR)
    event = change_event(event, first_day=event.first_day + 30 * DAY, last_day=event.last_day + 30 * DAY)
    assert send_reminders(event.starts_at - 49 * HOUR) == 0
    assert send_reminders(event.starts_at - 48 * HOUR) == 1


@pytest.mark.parametrize("settings", [{"reminder_hours": 0}, {"reminder_hours": 1}])
def test_no_reminder_when_switched_off_or_not_due(settings):
    event = make_open_event(**settings)
    make_registration(event)
    assert send_reminders(event.starts_at - 2 * HOUR) == 0


def test_no_reminder_of_a_started_or_cancelled_event():
    event = make_open_event()
    make_registration(event)
    assert send_reminders(event.starts_at) == 0
    Event.objects.update(status=EventStatus.CANCELLED)
    assert send_reminders(event.starts_at - HOUR) == 0


def test_the_reminder_is_checked_again_under_the_lock():
    event = make_open_event()
    make_registration(event)
    due = event.starts_at - HOUR
    RegistrationSettings.objects.update(reminded_at=due)
    assert scheduled._remind(event.pk, due) == 0
    RegistrationSettings.objects.all().delete()
    assert scheduled._remind(event.pk, due) == 0
    assert kinds_of_mails() == []


def test_no_reminder_is_due_for_an_event_without_a_start_time():
    event = make_open_event()
    settings, now = event.registration_settings, event.starts_at - HOUR
    settings.event = event
    assert scheduled._is_reminder_due(settings, now)
    event.starts_at = event.ends_at = None
    assert not scheduled._is_reminder_due(settings, now)


# Changes of the event


def test_a_cancellation_is_emailed_once_to_registered_participants():
    event, actor = make_open_event(), make_staff()
    people = {status: make_registration(event, status) for status in _S}
    make_registration(event, email="")
    with pytest.raises(NotPossibleError):
        notify_called_off(event.pk, actor, NOW)
    Event.objects.update(status=EventStatus.CANCELLED)
    assert [notify_called_off(event.pk, actor, NOW) for _time in range(2)] == [5, 0]
    statuses = OutboxMail.objects.filter(kind=MailKind.EVENT_OFF).values_list("registration__status", flat=True)
    assert set(statuses) == {"pending", "confirmed", "waiting", "offered", "attended"}
    assert reload(people[_S.CONFIRMED]).calendar_sequence == 1
    assert reload(people[_S.WAITING]).calendar_sequence == 0
    assert people[_S.WAITING].history.get().action == "notify_called_off"


def test_several_changes_of_time_send_one_email():
    event = make_open_event()
    person = make_registration(event)
    for _time in range(2):
        assert notify_rescheduled(event.pk, NOW) == 1
    mail = OutboxMail.objects.get()
    assert (mail.kind, mail.next_try_at) == ("event_changed", None)
    assert reload(person).calendar_sequence == mail.payload["sequence"] == 2
    assert retract_change_notice(event.pk, NOW) == 1
    assert kinds_of_mails() == []
    Event.objects.update(status=EventStatus.CANCELLED)
    assert notify_rescheduled(event.pk, NOW) == 0


def test_the_kind_of_email_depends_on_the_event_status():
    event = make_open_event()
    make_registration(event)
    assert notify_event_changed(event.pk, NOW) == 1
    event = change_event(event, status=EventStatus.CANCELLED)
    OutboxMail.objects.filter(kind=MailKind.EVENT_OFF).delete()
    assert notify_event_changed(event.pk, NOW) == 1
    assert notify_event_changed(event.pk, NOW + 90 * DAY) == 0
    assert kinds_of_mails() == ["event_off"]
    OutboxMail.objects.update(attempts=1)
    Event.objects.update(status=EventStatus.SCHEDULED)
    retract_change_notice(event.pk, NOW)
    assert kinds_of_mails() == ["event_off", "event_changed"]
