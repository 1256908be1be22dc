"""Events that ask participants to confirm their email address before they have a place."""

from __future__ import annotations

import datetime
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from events.enums import EventStatus, MailKind, MailStatus, Mode
from events.models import HistoryEntry, OutboxMail, Registration, RegistrationSettings
from events.registration import queries, scheduled
from events.registration.commands import accept_offer, decline_offer, notify_event_changed, reinstate, set_seats
from events.registration.errors import OfferExpiredError
from events.registration.mail.delivery import deliver_due
from events.registration.mail.queue import notify_organisers
from events.registration.privacy import retention
from events.registration.seats import seat_counts
from events.registration.waiting_list import promote
from events.states import RegistrationStatus
from tests.factories import reload
from tests.factories.events import change_event
from tests.factories.mail import sent
from tests.factories.registrations import (
    HOUR,
    NOW,
    make_open_event,
    make_open_page,
    make_registration,
    make_staff,
    register_person,
)
from tests.html import soup, text_of
from tests.visitors import Visitor, link_of, old_form_token

pytestmark = pytest.mark.django_db

_S = RegistrationStatus
MINUTE = datetime.timedelta(minutes=1)
ONE_PLACE = {Mode.ON_SITE: (1, True)}


def make_event(**settings):
    return make_open_event(ONE_PLACE, confirms_address=True, hold_minutes=30, **settings)


def kinds() -> list[str]:
    return list(OutboxMail.objects.exclude(kind=MailKind.ORGANISER).order_by("pk").values_list("kind", flat=True))


# The command and the scheduled tasks


def test_a_place_is_held_until_the_address_is_confirmed():
    event = make_event()
    anna = register_person(event, "Anna").registration
    assert (anna.status, anna.is_address_confirmed, anna.offer_expires_at) == (_S.OFFERED, False, NOW + 30 * MINUTE)
    assert kinds() == [MailKind.CONFIRM_ADDRESS]
    assert seat_counts(event)[Mode.ON_SITE].left == 0
    assert register_person(event, "Ben").registration.status == _S.WAITING

    accept_offer(anna.pk, now=NOW + 29 * MINUTE)
    anna = reload(anna)
    assert (anna.status, anna.is_address_confirmed, anna.offer_expires_at) == (_S.CONFIRMED, True, None)
    assert kinds() == [MailKind.CONFIRM_ADDRESS, MailKind.WAITING, MailKind.CONFIRMED]
    assert HistoryEntry.objects.filter(registration=anna, action="confirm_address").exists()
    # Twice has no further effect.
    accept_offer(anna.pk, now=NOW + 40 * MINUTE)
    assert len(kinds()) == 3


def test_a_confirmed_address_waits_for_approval_where_the_event_asks_for_it():
    event = make_event(needs_approval=True)
    anna = register_person(event, "Anna").registration
    assert accept_offer(anna.pk, now=NOW).status == _S.PENDING
    assert kinds() == [MailKind.CONFIRM_ADDRESS, MailKind.RECEIVED]


def test_the_hold_ends_without_an_email_and_the_place_goes_to_the_next():
    event = make_event()
    anna, ben = (register_person(event, name).registration for name in ("Anna", "Ben"))
    assert scheduled.expire_offers(NOW + 29 * MINUTE) == 0
    with pytest.raises(OfferExpiredError):
        accept_offer(anna.pk, now=NOW + 30 * MINUTE)
    assert scheduled.expire_offers(NOW + 30 * MINUTE) == 1
    assert (reload(anna).status, reload(ben).status) == (_S.EXPIRED, _S.OFFERED)
    assert reload(ben).is_address_confirmed
    assert kinds() == [MailKind.CONFIRM_ADDRESS, MailKind.WAITING, MailKind.OFFERED]
    # Anna registers again.
    assert register_person(event, "Anna", now=NOW + 31 * MINUTE).registration.status == _S.WAITING


def test_the_hold_ends_when_the_event_begins():
    event = make_event()
    late = event.starts_at - 5 * MINUTE
    assert register_person(event, "Anna", now=late).registration.offer_expires_at == event.starts_at


def test_the_hold_of_a_postponed_event_ends_and_does_not_join_the_waiting_list():
    event = make_event()
    anna = register_person(event, "Anna").registration
    change_event(event, status=EventStatus.POSTPONED)
    scheduled.expire_offers(NOW + HOUR)
    assert reload(anna).status == _S.EXPIRED


def test_without_the_setting_nothing_is_held():
    event = make_open_event(ONE_PLACE)
    anna = register_person(event, "Anna").registration
    assert (anna.status, anna.is_address_confirmed) == (_S.CONFIRMED, True)
    assert not RegistrationSettings.objects.get(event=event).confirms_address


def test_declining_needs_no_email():
    event = make_event()
    anna = register_person(event, "Anna").registration
    assert decline_offer(anna.pk, now=NOW).status == _S.WITHDRAWN
    assert kinds() == [MailKind.CONFIRM_ADDRESS]


def test_organisers_can_reinstate_who_did_not_confirm_in_time():
    event = make_event()
    anna = register_person(event, "Anna").registration
    scheduled.expire_offers(NOW + HOUR)
    reinstate(anna.pk, make_staff(), now=NOW + HOUR)
    assert (reload(anna).status, reload(anna).is_address_confirmed) == (_S.CONFIRMED, True)


def test_what_the_sender_of_the_form_sees_does_not_change_when_the_owner_confirms():
    event = make_event()
    key = uuid.uuid4()
    first = register_person(event, "Anna", key=key)
    accept_offer(first.registration.pk, now=NOW)
    again = register_person(event, "Anna", key=key)
    other = register_person(make_event(), "Anna")
    assert first.status == again.status == other.status == _S.OFFERED
    assert Registration.objects.filter(event=event).count() == 1


def test_a_registered_address_gets_the_outcome_of_a_new_one():
    event = make_open_event(confirms_address=True)
    make_registration(event, name="Anna", email="anna@example.org")
    assert register_person(event, "Anna").status == register_person(event, "Ben").status == _S.OFFERED
    assert kinds() == [MailKind.PERSONAL_LINK, MailKind.CONFIRM_ADDRESS]


def test_who_sends_the_form_again_before_confirming_gets_the_email_again():
    event = make_event()
    for _number in range(2):
        register_person(event, "Anna")
    # The second time there is no free place: the first registration holds it.
    assert kinds() == [MailKind.CONFIRM_ADDRESS] * 2


# What an unconfirmed address gets


def test_an_unconfirmed_address_gets_no_other_email(home_page, settings):
    page = make_open_page(home_page, confirms_address=True)
    now = timezone.now()
    anna = register_person(page.event, "Anna", now=now).registration
    assert queries.audience(page.event, queries.Filters()).count() == 0
    assert queries.called_off_recipient_count(page.event) == 0
    assert notify_event_changed(page.event.pk, now) == 0
    mail = OutboxMail.objects.create(event=page.event, registration=anna, kind=MailKind.CHANGED, language="en")
    # The rows are a moment younger than `now`.
    deliver_due(now + datetime.timedelta(seconds=5))
    assert reload(mail).status == MailStatus.WITHHELD
    message = sent()[0]
    assert len(sent()) == 1
    assert message["Subject"] == "Confirm your email address: Forum"
    text = message.get_body(("plain",)).get_content()
    assert "We are holding a place for you until" in text
    assert link_of(anna) in text


def test_an_email_that_comes_after_the_hold_is_not_sent(home_page):
    page = make_open_page(home_page, confirms_address=True, hold_minutes=10)
    now = timezone.now()
    register_person(page.event, "Anna", now=now)
    deliver_due(now + HOUR)
    assert sent() == []


def test_organisers_are_told_when_the_address_is_confirmed():
    event = make_event(notification_emails="boss@example.org")
    anna = register_person(event, "Anna").registration
    assert not OutboxMail.objects.filter(kind=MailKind.ORGANISER).exists()
    accept_offer(anna.pk, now=NOW)
    assert OutboxMail.objects.filter(kind=MailKind.ORGANISER).count() == 1
    assert notify_organisers(event, "registrations") == 1


def test_unconfirmed_registrations_are_anonymised_after_a_day():
    event = make_open_event(confirms_address=True)
    anna, ben, carl = (register_person(event, name).registration for name in ("Anna", "Ben", "Carl"))
    accept_offer(carl.pk, now=NOW)
    decline_offer(ben.pk, now=NOW)
    expired_at = NOW + 2 * HOUR
    scheduled.expire_offers(expired_at)
    assert retention.anonymise_at(reload(anna)) == expired_at + datetime.timedelta(days=1)
    assert retention.anonymise_unconfirmed(NOW + 23 * HOUR) == 0
    assert retention.anonymise_unconfirmed(NOW + 30 * HOUR) == 2
    assert retention.anonymise_unconfirmed(NOW + 30 * HOUR) == 0
    assert [reload(item).name for item in (anna, ben, carl)] == ["", "", "Carl"]


def test_free_places_are_offered_beside_held_ones():
    event = make_event()
    register_person(event, "Anna")
    ben = register_person(event, "Ben").registration
    set_seats(event.pk, {Mode.ON_SITE: (2, True)}, make_staff(), NOW)
    promote(event, NOW)
    assert reload(ben).status == _S.OFFERED


# Pages


@pytest.fixture
def forum(home_page):
    return make_open_page(home_page, confirms_address=True, hold_minutes=45)


def send(forum, **more):
    fields = {"given_name": "Anna", "email": "anna@example.org", "mode": "on_site"}
    return Visitor().send(forum.register_path(), **fields, form_token=old_form_token(forum.event_id), **more)


def test_the_participant_confirms_by_the_link(forum):
    response = send(forum)
    end = soup(Visitor().get(response["Location"]))
    assert text_of(end.h1) == "Confirm your email address"
    assert "Confirm your address there within 45 minutes." in text_of(end.main)
    anna = Registration.objects.get()
    visitor = Visitor()
    page = soup(visitor.get(link_of(anna)))
    assert text_of(page.select_one("#status")) == "Confirm your email address"
    # Opening the link, as programs that scan email do, changes nothing.
    assert reload(anna).status == _S.OFFERED
    done = visitor.send(link_of(anna, "registration_accept"))
    assert done.status_code == 303
    assert reload(anna).status == _S.CONFIRMED
    shown = text_of(soup(visitor.get(done["Location"])).main)
    assert "Your email address is confirmed." in shown
    assert "You have a place" in shown


def test_the_participant_may_say_that_they_do_not_want_to_register(forum):
    send(forum)
    anna = Registration.objects.get()
    visitor = Visitor()
    assert "I do not want to register" in text_of(soup(visitor.get(link_of(anna))).main)
    assert visitor.send(link_of(anna, "registration_decline")).status_code == 303
    assert reload(anna).status == _S.WITHDRAWN


def test_after_the_hold_the_page_says_so(forum):
    send(forum)
    anna = Registration.objects.get()
    Registration.objects.update(offer_expires_at=timezone.now() - MINUTE)
    assert "You did not confirm your email address in time" in text_of(soup(Visitor().get(link_of(anna))).main)
    assert Visitor().send(
        link_of(anna, "registration_accept"), read=soup(Visitor().get(link_of(anna)))
    ).status_code in {
        403,
        409,
    }
    assert reload(anna).status == _S.OFFERED


def test_the_list_and_the_settings_show_it(forum, admin_client):
    send(forum)
    event = forum.event_id
    shown = admin_client.get(reverse("events:registrations", args=[event])).text
    assert "Email address not confirmed yet" in shown
    assert "Place offered" not in soup(admin_client.get(reverse("events:registrations", args=[event]))).table.text
    detail = admin_client.get(reverse("events:registration_detail", args=[event, Registration.objects.get().pk])).text
    assert "Email address not confirmed yet" in detail
    settings = soup(admin_client.get(reverse("events:registration_settings", args=[event])))
    assert settings.select_one("#id_confirms_address").has_attr("checked")
    assert settings.select_one("#id_hold_minutes")["value"] == "45"
