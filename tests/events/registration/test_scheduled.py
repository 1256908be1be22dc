"""What the clock does: offers that run out, seats nobody handed on, reminders."""

import datetime

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


def mails(**filters) -> list[str]:
    return list(OutboxMail.objects.filter(**filters).order_by("pk").values_list("kind", flat=True))


# Offers


def test_an_offer_that_ran_out_goes_to_the_next_once():
    event = make_open_event({Mode.ON_SITE: (1, True)})
    late = make_registration(event, _S.OFFERED, offer_expires_at=NOW)
    waits = make_registration(event, _S.WAITING)
    assert expire_offers(NOW - HOUR) == 0
    assert [expire_offers(NOW) for _time in range(2)] == [1, 0]
    assert [status_of(late), status_of(waits)] == ["expired", "offered"]
    assert mails() == ["offer_expired", "offered"]
    assert [entry.actor for entry in late.history.all()] == ["scheduler"]


def test_offers_of_several_events_run_out_together():
    events = [make_open_event() for _number in range(3)]
    for event in events:
        make_registration(event, _S.OFFERED, offer_expires_at=NOW)
    assert expire_offers(NOW) == 3


def test_no_offer_outlives_the_beginning_even_of_an_event_that_moved_forward():
    event = make_open_event()
    registration = make_registration(event, _S.OFFERED, offer_expires_at=NOW + 90 * DAY)
    assert expire_offers(event.starts_at - HOUR) == 0
    assert expire_offers(event.starts_at) == 1
    assert status_of(registration) == "expired"


@pytest.mark.parametrize(
    ("event_status", "after", "told"), [(EventStatus.CANCELLED, "expired", []), (EventStatus.POSTPONED, "waiting", [])]
)
def test_offers_of_an_event_that_is_off_end_quietly(event_status, after, told):
    event = make_open_event()
    registration = make_registration(event, _S.OFFERED, offer_expires_at=NOW)
    Event.objects.filter(pk=event.pk).update(status=event_status)
    assert expire_offers(NOW) == 1
    assert (status_of(registration), mails()) == (after, told)


# Seats


def test_seats_that_nobody_handed_on_are_found_once():
    event, full = make_open_event({Mode.ON_SITE: (0, True)}), make_open_event({Mode.ON_SITE: (0, True)})
    people = [make_registration(event, _S.WAITING) for _number in range(3)]
    make_registration(full, _S.WAITING)
    assert promote_waiting_lists(NOW) == 0
    set_seats_of(event, Mode.ON_SITE, 2)
    assert [promote_waiting_lists(NOW) for _time in range(2)] == [2, 0]
    assert [status_of(person) for person in people] == ["offered", "offered", "waiting"]


def test_an_event_whose_lock_is_busy_waits_for_the_next_run(monkeypatch):
    busy, free = make_open_event(), make_open_event()
    people = [make_registration(event, _S.OFFERED, offer_expires_at=NOW) for event in (busy, free)]
    lock = locking._lock

    def taken(event_pk):
        if event_pk == busy.pk:
            raise BusyError
        return lock(event_pk)

    monkeypatch.setattr(locking, "_lock", taken)
    assert expire_offers(NOW) == 1
    assert [status_of(person) for person in people] == ["offered", "expired"]


# The end of waiting


def test_who_waits_in_vain_is_told_once_when_the_event_begins():
    event = make_open_event({Mode.ON_SITE: (0, True)})
    people = [make_registration(event, _S.WAITING) for _number in range(2)]
    make_registration(event, _S.WAITING, email="")
    make_registration(event, _S.CONFIRMED)
    told = event.starts_at + scheduled.NO_PLACE_DELAY
    assert end_waiting_lists(told - HOUR / 60) == 0
    assert [end_waiting_lists(told), end_waiting_lists(told + HOUR)] == [2, 0]
    assert mails() == ["no_place", "no_place"]
    # The organiser may still let them in.
    assert [status_of(person) for person in people] == ["waiting", "waiting"]


def test_the_end_that_the_organiser_set_is_the_end_and_told_once_however_often_it_is_put_off():
    event = make_open_event({Mode.ON_SITE: (0, True)}, waiting_until=NOW - scheduled.NO_PLACE_DELAY)
    make_registration(event, _S.WAITING)
    assert (end_waiting_lists(NOW - HOUR), end_waiting_lists(NOW)) == (0, 1)
    RegistrationSettings.objects.update(waiting_until=NOW + 3 * DAY - HOUR)
    assert end_waiting_lists(NOW + 3 * DAY) == 0
    make_registration(event, _S.WAITING)
    assert end_waiting_lists(NOW + 3 * DAY) == 1


def test_what_ended_long_ago_or_is_off_or_over_is_told_to_nobody():
    past = make_open_event(waiting_until=NOW - DAY)
    off = make_open_event(event_fields={"status": EventStatus.CANCELLED}, waiting_until=NOW - HOUR)
    over = make_open_event()
    for event in (past, off, over):
        make_registration(event, _S.WAITING)
    assert (end_waiting_lists(NOW), end_waiting_lists(over.ends_at)) == (0, 0)
    Event.objects.filter(pk=off.pk).update(status=EventStatus.SCHEDULED)
    assert end_waiting_lists(NOW) == 1


def test_events_that_nobody_waits_for_are_left_alone(django_assert_num_queries):
    for _number in range(2):
        make_registration(make_open_event(waiting_until=NOW - HOUR))
    with django_assert_num_queries(1):
        assert end_waiting_lists(NOW) == 0


def test_an_end_that_is_put_off_in_the_last_moment_is_none(monkeypatch):
    event = make_open_event(waiting_until=NOW - HOUR)
    make_registration(event, _S.WAITING)
    lock = locking._lock

    def put_off(event_pk):
        RegistrationSettings.objects.update(waiting_until=NOW + DAY)
        return lock(event_pk)

    monkeypatch.setattr(locking, "_lock", put_off)
    assert end_waiting_lists(NOW) == 0


# Reminders


def test_a_reminder_is_sent_once_in_time_to_those_who_take_part():
    event = make_open_event(reminder_hours=48)
    make_registration(event)
    for status in (_S.PENDING, _S.WAITING, _S.OFFERED, _S.WITHDRAWN):
        make_registration(event, status)
    make_registration(event, email="")
    due = event.starts_at - 48 * HOUR
    assert [send_reminders(due - HOUR / 60), send_reminders(due), send_reminders(due)] == [0, 1, 0]
    assert mails() == ["reminder"]


def test_an_event_that_moved_to_a_later_day_is_one_to_be_reminded_of_again():
    event = make_open_event(reminder_hours=48)
    make_registration(event)
    send_reminders(event.starts_at - HOUR)
    event = change_event(event, first_day=event.first_day + 30 * DAY, last_day=event.last_day + 30 * DAY)
    assert send_reminders(event.starts_at - 49 * HOUR) == 0
    assert send_reminders(event.starts_at - 48 * HOUR) == 1


@pytest.mark.parametrize("settings", [{"reminder_hours": 0}, {"reminder_hours": 1}])
def test_no_reminder_where_none_is_wanted_or_due(settings):
    event = make_open_event(**settings)
    make_registration(event)
    assert send_reminders(event.starts_at - 2 * HOUR) == 0


def test_no_reminder_of_what_is_off_or_over():
    event = make_open_event()
    make_registration(event)
    assert send_reminders(event.starts_at) == 0
    Event.objects.update(status=EventStatus.CANCELLED)
    assert send_reminders(event.starts_at - HOUR) == 0


def test_who_looked_too_early_looks_again_under_the_lock():
    event = make_open_event()
    make_registration(event)
    due = event.starts_at - HOUR
    RegistrationSettings.objects.update(reminded_at=due)
    assert scheduled._remind(event.pk, due) == 0
    RegistrationSettings.objects.all().delete()
    assert scheduled._remind(event.pk, due) == 0
    assert mails() == []


def test_nothing_is_due_for_an_event_without_a_beginning():
    event = make_open_event()
    settings, now = event.registration_settings, event.starts_at - HOUR
    settings.event = event
    assert scheduled._is_reminder_due(settings, now)
    event.starts_at = event.ends_at = None
    assert not scheduled._is_reminder_due(settings, now)


# The event itself


def test_everybody_who_is_registered_is_told_once_that_it_is_off():
    event, actor = make_open_event(), make_staff()
    people = {status: make_registration(event, status) for status in _S}
    make_registration(event, email="")
    with pytest.raises(NotPossibleError):
        notify_called_off(event.pk, actor, NOW)
    Event.objects.update(status=EventStatus.CANCELLED)
    assert [notify_called_off(event.pk, actor, NOW) for _time in range(2)] == [5, 0]
    told = OutboxMail.objects.filter(kind=MailKind.EVENT_OFF).values_list("registration__status", flat=True)
    assert set(told) == {"pending", "confirmed", "waiting", "offered", "attended"}
    assert reload(people[_S.CONFIRMED]).calendar_sequence == 1
    assert reload(people[_S.WAITING]).calendar_sequence == 0
    assert people[_S.WAITING].history.get().action == "notify_called_off"


def test_a_change_of_time_is_told_once_for_several_edits():
    event = make_open_event()
    person = make_registration(event)
    for _time in range(2):
        assert notify_rescheduled(event.pk, NOW) == 1
    mail = OutboxMail.objects.get()
    assert (mail.kind, mail.next_try_at) == ("event_changed", NOW + datetime.timedelta(minutes=15))
    assert reload(person).calendar_sequence == mail.payload["sequence"] == 2
    assert retract_change_notice(event.pk, NOW) == 1
    assert mails() == []
    Event.objects.update(status=EventStatus.CANCELLED)
    assert notify_rescheduled(event.pk, NOW) == 0


def test_what_is_told_follows_the_status():
    event = make_open_event()
    make_registration(event)
    assert notify_event_changed(event.pk, NOW) == 1
    event = change_event(event, status=EventStatus.CANCELLED)
    OutboxMail.objects.filter(kind=MailKind.EVENT_OFF).delete()
    assert notify_event_changed(event.pk, NOW) == 1
    assert notify_event_changed(event.pk, NOW + 90 * DAY) == 0
    assert mails() == ["event_off"]
    OutboxMail.objects.update(attempts=1)
    Event.objects.update(status=EventStatus.SCHEDULED)
    retract_change_notice(event.pk, NOW)
    assert mails() == ["event_off", "event_changed"]
