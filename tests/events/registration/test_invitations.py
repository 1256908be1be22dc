"""Invitations by organisers: a place is held until the person completes the form."""

import datetime

import pytest
from django.utils import timezone

from events.enums import ConsentPurpose, Mode, QuestionKind
from events.models import Answer, Consent, EventPage, EventQuestion, OutboxMail, Registration
from events.registration import commands, errors, scheduled
from events.registration.privacy import retention
from events.registration.seats import seat_counts
from events.states import RegistrationStatus
from tests.factories import reload
from tests.factories.mail import part, rendered
from tests.factories.registrations import (
    DAY,
    NOW,
    applicant,
    make_open_event,
    make_open_page,
    make_registration,
    make_staff,
    register_person,
    status_of,
)
from tests.html import soup, text_of
from tests.visitors import Visitor, link_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
_S = RegistrationStatus
KEY = "11111111-1111-4111-8111-111111111111"


def invite(event, name="Anna Example", until=NOW + 7 * DAY, key=KEY, now=NOW, **values) -> Registration:
    return commands.invite(event.pk, applicant(name), make_staff(), until, submission_key=key, now=now, **values)


def kinds(registration) -> list[str]:
    return list(registration.mails.order_by("pk").values_list("kind", flat=True))


def test_an_invitation_holds_a_place_and_is_sent_once():
    event = make_open_event({Mode.ON_SITE: (1, False)})
    anna = invite(event)
    assert invite(event) == anna
    assert (anna.status, anna.is_invited, anna.offer_expires_at) == (_S.OFFERED, True, NOW + 7 * DAY)
    assert (anna.status_label, kinds(anna)) == ("Invited", ["invited"])
    entry = anna.history.get()
    assert (entry.action, entry.user) == ("invite", make_staff().user)
    assert seat_counts(event)[Mode.ON_SITE].is_full
    other = "22222222-2222-4222-8222-222222222222"
    with pytest.raises(errors.FullError):
        invite(event, "Bo", key=other)
    with pytest.raises(errors.AlreadyRegisteredError):
        invite(event, key=other)
    assert invite(event, "Bo", key=other, force=True).status == _S.OFFERED


def test_nobody_is_invited_without_address_time_or_event():
    event = make_open_event()
    for values in ({"until": NOW}, {"name": "x", "until": NOW - DAY}):
        with pytest.raises(errors.NotPossibleError):
            invite(event, **values)
    with pytest.raises(errors.EventOffError):
        invite(event, now=NOW + 365 * DAY, until=NOW + 366 * DAY)
    assert not Registration.objects.exists()


def test_only_the_form_accepts_an_invitation():
    event = make_open_event(needs_approval=True)
    anna = invite(event)
    for refused in (
        lambda: commands.accept_offer(anna.pk, now=NOW),
        lambda: commands.switch_mode(anna.pk, Mode.ONLINE, now=NOW),
        lambda: commands.complete(anna.pk, [], {"email": "b@example.org"}, [], NOW),
    ):
        with pytest.raises(errors.NotPossibleError):
            refused()
    for _time in range(2):
        done = commands.complete(anna.pk, [], {"name": "Anna E.", "organisation": "Example"}, [], NOW)
    # The organisers chose the person, so they do not approve the registration again.
    assert (done.status, done.is_invited, reload(anna).name) == (_S.CONFIRMED, False, "Anna E.")
    assert kinds(anna) == ["invited", "confirmed"]
    with pytest.raises(errors.NotPossibleError):
        commands.complete(make_registration(event, _S.OFFERED).pk, [], {}, [], NOW)


def test_an_invitation_expires_and_its_data_goes_two_weeks_later():
    event = make_open_event({Mode.ON_SITE: (1, True)})
    anna = invite(event)
    bo = register_person(event, "Bo").registration
    later = NOW + 8 * DAY
    with pytest.raises(errors.OfferExpiredError):
        commands.complete(anna.pk, [], {}, [], later)
    assert scheduled.expire_offers(later) == 1
    assert (reload(anna).status_label, status_of(bo)) == ("Invited, no answer", _S.OFFERED)
    assert retention.anonymise_at(reload(anna)) == later + 14 * DAY
    assert retention.anonymise_unconfirmed(later + 13 * DAY) == 0
    assert retention.anonymise_unconfirmed(later + 14 * DAY) == 1
    assert reload(anna).name == ""


@pytest.fixture
def forum(home_page) -> EventPage:
    page = make_open_page(home_page, asks_photo_consent=True)
    rows = [
        EventQuestion(label="What for?", kind=QuestionKind.TEXT, is_required=True, locale=page.locale, sort_order=0),
        EventQuestion(label="Diet", is_sensitive=True, locale=page.locale, sort_order=1),
    ]
    page.questions.set(rows)
    page.save_revision().publish()
    return EventPage.objects.get(pk=page.pk)


@pytest.fixture
def anna(forum):
    now = timezone.now()
    return invite(forum.event, until=now + datetime.timedelta(days=7), now=now)


def test_the_email_leads_to_the_form_and_says_where_the_data_is_from(anna):
    mail = OutboxMail.objects.get()
    text = part(rendered(mail), "text/plain")
    assert f"{link_of(anna)}complete/" in text
    assert "The organisers invite you to this event. They gave us your name and email address." in text


def test_an_invited_person_completes_the_form(forum, anna):
    visitor = Visitor()
    url = link_of(anna, "registration_complete")
    overview = soup(visitor.get(link_of(anna)))
    assert overview.select_one(".status-box a.button--call")["href"] == url
    assert not overview.select(f"a[href='{link_of(anna, 'registration_mode')}']")
    assert visitor.get(link_of(anna, "registration_accept")).url == url
    page = soup(visitor.get(url))
    assert page.select_one("[name=given_name]")["value"] == "Anna Example"
    # Nobody has answered for the invited person.
    assert not page.select("input[type=checkbox][checked], [name=email]")
    assert page.select(".privacy")
    what, diet = (f"q_{key.hex}" for key in EventQuestion.objects.values_list("translation_key", flat=True))
    fields = {"given_name": "Anna", "family_name": "Example", diet: "Vegan", "agree_photos": "on"}
    wrong = soup(visitor.send(url, **fields))
    assert {item.get("href") for item in wrong.select(".error-summary a")} == {f"#id_{what}", "#id_agree_sensitive"}
    assert wrong.select_one(f"[name={diet}]").get("value", wrong.select_one(f"[name={diet}]").text.strip()) == "Vegan"
    assert status_of(anna) == _S.OFFERED
    assert not Consent.objects.exists()
    response = visitor.send(url, **fields, **{what: "To learn", "agree_sensitive": "on"})
    assert response.url == f"{link_of(anna)}?done=accepted"
    anna = reload(anna)
    assert (anna.status, anna.name, Answer.objects.get().value) == (_S.CONFIRMED, "Anna Example", "To learn")
    assert set(Consent.objects.values_list("purpose", "is_given")) == {(item.value, True) for item in ConsentPurpose}
    assert [entry.action for entry in anna.history.all()] == ["invite", "complete"]
    assert visitor.get(url).status_code == 302 or visitor.get(url).status_code == 303


def test_an_invitation_can_be_declined(anna):
    visitor = Visitor()
    assert visitor.send(link_of(anna, "registration_decline")).status_code == 303
    assert "You have declined the place" in text_of(soup(visitor.get(link_of(anna))).main)
    assert visitor.get(link_of(anna, "registration_complete")).status_code == 409
