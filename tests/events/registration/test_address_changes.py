"""A new email address by *Change*: it is used once the participant has opened the link that was sent to it."""

import re

import pytest
from django.utils import timezone

from events.enums import MailKind
from events.models import AddressChange, Consent, OutboxMail, Registration
from events.registration import commands, errors, tokens
from events.registration.actor import PARTICIPANT
from events.registration.commands.address_changes import TIME_TO_CONFIRM, delete_expired
from events.registration.mail.relevance import is_still_relevant
from events.registration.privacy.data_export import personal_data
from events.registration.privacy.erasure import erase
from events.states import RegistrationStatus
from tests.factories import reload
from tests.factories.mail import part, rendered
from tests.factories.registrations import (
    HOUR,
    NOW,
    make_open_event,
    make_open_page,
    make_registration,
    make_staff,
    status_of,
)
from tests.html import soup, text_of
from tests.visitors import Visitor, link_of

_S = RegistrationStatus
NEW = "new.address@example.org"
pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


@pytest.fixture(scope="module")
def made_page(module_home_page):
    return make_open_page(module_home_page, asks_photo_consent=True)


@pytest.fixture
def page(made_page, db):
    return reload(made_page)


@pytest.fixture
def anna(page) -> Registration:
    return make_registration(page.event, name="Anna Example")


def change(visitor, registration, **fields):
    values = {"given_name": registration.name, "email": registration.email} | fields
    return visitor.send(link_of(registration, "registration_change"), **values)


def message_of(visitor, response) -> str:
    assert response.status_code == 303
    return text_of(soup(visitor.get(response["Location"])).select_one("[role=status]"))


def link_in(mail: OutboxMail) -> str:
    return re.search(r"https?://[^/]+(/\S+/confirm-address/)", part(rendered(mail), "text/plain"))[1]


def test_a_new_address_is_used_after_its_link_was_opened(visitor, anna):
    before, old_link = anna.email, link_of(anna)
    assert "We have sent an email to your new address." in message_of(visitor, change(visitor, anna, email=NEW))
    assert reload(anna).email == before
    mail = OutboxMail.objects.get()
    assert (mail.kind, mail.recipient) == ("new_address", NEW)
    text = part(rendered(mail), "text/plain")
    assert rendered(mail)["To"] == NEW
    # The link in it gives no access to the registration.
    assert tokens.token_for(anna) not in text
    assert f"Your new email address {NEW} is not confirmed yet" in text_of(soup(visitor.get(old_link)).main)
    link = link_in(mail)
    asked = visitor.get(link)
    assert NEW in text_of(soup(asked).main)
    assert (asked["Cache-Control"], reload(anna).email) == ("private, no-store", before)
    response = visitor.send(link)
    assert message_of(visitor, response) == "Your new email address is confirmed."
    anna = reload(anna)
    assert (anna.email, anna.email_key) == (NEW, NEW)
    assert visitor.get(old_link).status_code == 404
    assert visitor.get(link).status_code == 404
    assert [entry.action for entry in anna.history.all()] == ["request_address", "change_address"]
    to_old = OutboxMail.objects.get(kind=MailKind.OLD_ADDRESS)
    assert to_old.recipient == before
    assert "/registration/" not in part(rendered(to_old), "text/plain")
    assert rendered(OutboxMail.objects.get(kind=MailKind.CHANGED))["To"] == NEW


def test_the_same_address_in_other_letters_sends_no_link(visitor, anna):
    assert message_of(visitor, change(visitor, anna, email=anna.email.upper())) == "Your changes are saved."
    assert not OutboxMail.objects.exists()


def test_a_wrong_address_is_refused_beside_the_field(visitor, anna):
    response = change(visitor, anna, email="not an address")
    assert soup(response).select_one("#id_email_error")
    assert not AddressChange.objects.exists()


def test_emails_to_one_new_address_are_limited(visitor, anna, settings):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"address": (1, 3600)}
    assert change(visitor, anna, email=NEW).status_code == 303
    response = change(visitor, anna, email=NEW)
    assert response.status_code == 429
    assert "Too many emails" in text_of(soup(response).select_one("#id_email_error"))


def test_a_later_request_replaces_an_earlier_one():
    registration = make_registration(make_open_event())
    first = commands.request_address(registration.pk, NEW, now=NOW)
    second = commands.request_address(registration.pk, "other@example.org", now=NOW)
    assert tokens.find_address_change(tokens.new_address_token(first)) is None
    mails = list(OutboxMail.objects.order_by("pk"))
    assert [is_still_relevant(mail, NOW) for mail in mails] == [False, True]
    with pytest.raises(AddressChange.DoesNotExist):
        commands.confirm_new_address(first.pk, NOW)
    assert commands.request_address(registration.pk, registration.email, now=NOW) is None
    assert not AddressChange.objects.filter(pk=second.pk).exists()


def test_a_new_address_is_confirmed_in_time_and_forgotten_otherwise(visitor, anna):
    found = commands.request_address(anna.pk, NEW, now=timezone.now() - TIME_TO_CONFIRM)
    mail = OutboxMail.objects.get()
    assert not is_still_relevant(mail, timezone.now())
    response = visitor.send(link_in(mail))
    assert response.status_code == 409
    assert "The link to confirm this address has expired." in text_of(soup(response).main)
    with pytest.raises(errors.OfferExpiredError):
        commands.confirm_new_address(found.pk, timezone.now())
    assert (delete_expired(timezone.now() - HOUR), delete_expired()) == (0, 1)


def test_an_address_of_another_registration_is_refused_to_its_owner_only():
    event = make_open_event()
    make_registration(event, email=NEW)
    registration = make_registration(event)
    found = commands.request_address(registration.pk, NEW, now=NOW)
    with pytest.raises(errors.AddressTakenError):
        commands.confirm_new_address(found.pk, NOW)
    assert reload(registration).email != NEW


@pytest.mark.parametrize("status", [_S.WITHDRAWN, _S.CANCELLED, _S.ATTENDED])
def test_a_closed_registration_gets_no_new_address(status):
    registration = make_registration(make_open_event())
    found = commands.request_address(registration.pk, NEW, now=NOW)
    Registration.objects.update(status=status)
    with pytest.raises(errors.NotPossibleError):
        commands.request_address(registration.pk, NEW, now=NOW)
    with pytest.raises(errors.NotPossibleError):
        commands.confirm_new_address(found.pk, NOW)


def test_the_deadline_for_changes_holds():
    registration = make_registration(make_open_event(change_until=NOW))
    with pytest.raises(errors.TooLateError):
        commands.request_address(registration.pk, NEW, now=NOW)


@pytest.mark.parametrize("by_staff", [False, True])
def test_earlier_registrations_of_the_person_get_the_address_too(by_staff):
    event = make_open_event()
    earlier = make_registration(event, _S.WITHDRAWN, email="anna@example.org")
    link = tokens.token_for(earlier)
    registration = make_registration(event, email="anna@example.org")
    if by_staff:
        commands.change_answers(registration.pk, [], {"email": NEW}, make_staff(), NOW)
    else:
        commands.confirm_new_address(commands.request_address(registration.pk, NEW, now=NOW).pk, NOW)
    assert reload(earlier).email == NEW
    assert tokens.find(link) is None
    erase(registration.pk, PARTICIPANT, NOW)
    assert not Registration.objects.exclude(email="").exists()


def test_erasure_and_data_copy_include_an_unconfirmed_address():
    registration = make_registration(make_open_event())
    commands.request_address(registration.pk, NEW, now=NOW)
    assert personal_data(registration)["registration"]["new_email"] == NEW
    erase(registration.pk, PARTICIPANT, NOW)
    assert not AddressChange.objects.exists()
    assert not OutboxMail.objects.filter(recipient=NEW).exists()


def test_staff_cannot_send_the_email_to_a_new_address_to_another():
    registration = make_registration(make_open_event())
    commands.request_address(registration.pk, NEW, now=NOW)
    with pytest.raises(errors.NotPossibleError):
        commands.resend(OutboxMail.objects.get().pk, make_staff(), NOW)


def test_an_address_that_was_never_confirmed_is_not_changed(visitor, page):
    offered = make_registration(page.event, _S.OFFERED, is_address_confirmed=False)
    assert soup(visitor.get(link_of(offered, "registration_change"))).select_one("#id_email") is None
    with pytest.raises(errors.NotPossibleError):
        commands.request_address(offered.pk, NEW)


# Consent to photos


def photo_consents() -> list[tuple[bool, bool]]:
    return [(row.is_given, row.withdrawn_at is not None) for row in Consent.objects.order_by("pk")]


def test_the_consent_to_photos_can_be_given_and_withdrawn_later(visitor, anna):
    assert "Photos and recordings You do not agree" in text_of(soup(visitor.get(link_of(anna))).main)
    change(visitor, anna, agree_photos="on")
    assert photo_consents() == [(True, False)]
    form = soup(visitor.get(link_of(anna, "registration_change")))
    assert form.select_one("[name=agree_photos]").has_attr("checked")
    assert "Photos and recordings You agree" in text_of(soup(visitor.get(link_of(anna))).main)
    change(visitor, anna)
    assert photo_consents() == [(True, True)]
    history = anna.history.filter(action="change_answers")
    assert [entry.detail for entry in history] == [{"fields": ["consent_photos"]}] * 2
    assert status_of(anna) == _S.CONFIRMED


def test_a_form_without_photo_consent_leaves_it_alone(visitor, page, anna):
    change(visitor, anna, agree_photos="on")
    page.event.registration_settings.__class__.objects.update(asks_photo_consent=False)
    assert soup(visitor.get(link_of(anna, "registration_change"))).select_one("[name=agree_photos]") is None
    change(visitor, anna)
    assert photo_consents() == [(True, False)]


def test_a_new_personal_link_ends_the_link_to_a_new_address(visitor, anna):
    """Whoever had the earlier link must not get the new one by confirming an address of theirs."""
    asked = commands.request_address(anna.pk, NEW, PARTICIPANT, NOW)
    assert asked is not None
    address = f"/en/registration/{tokens.new_address_token(asked)}/confirm-address/"
    assert visitor.get(address).status_code == 200
    commands.renew_link(anna.pk, make_staff(), NOW)
    assert not AddressChange.objects.exists()
    assert visitor.get(address).status_code == 404
    assert reload(anna).email == anna.email
