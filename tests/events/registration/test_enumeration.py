"""Nobody learns from the site whether somebody else is registered, nor from one link another."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from django.urls import reverse

from events.enums import MailKind, Mode
from events.models import OutboxMail, Registration
from events.registration import tokens
from events.states import RegistrationStatus
from tests.factories.registrations import NOW, make_open_page, make_registration, set_seats_of
from tests.visitors import Visitor, freeze_rate_limit_period, link_of, old_form_token

_S = RegistrationStatus
# What differs between any two answers: signatures, form tokens, the address that was typed.
MOVING = re.compile(r"[\w.-]*:[\w-]{6,}:[\w-]{20,}|[A-Za-z0-9]{64}|stranger@example\.org|anna@example\.org")


@pytest.fixture
def forum(home_page):
    return make_open_page(home_page)


def send(forum, email: str, **more):
    fields = {
        "name": "Somebody",
        "email": email,
        "mode": "on_site",
        "form_token": old_form_token(forum.event_id),
    } | more
    return Visitor().send(forum.register_path(), **fields)


def shown(response) -> tuple[object, ...]:
    """Return what a visitor can tell apart: status, headers, cookies, words; of a redirect the page it leads to."""
    headers = {name: MOVING.sub("…", value) for name, value in response.headers.items() if name != "Content-Length"}
    seen: tuple[object, ...] = (
        response.status_code,
        headers,
        sorted(response.cookies),
        MOVING.sub("…", response.content.decode()),
    )
    if response.status_code == 303:
        seen += shown(Visitor().get(urlsplit(response["Location"]).path))
    return seen


def known_as(forum, status: str) -> Registration:
    return make_registration(forum.event, status, name="Anna", email="anna@example.org")


@pytest.mark.parametrize(
    "status", [_S.CONFIRMED, _S.PENDING, _S.WAITING, _S.OFFERED, _S.ATTENDED, _S.WITHDRAWN, _S.REJECTED]
)
@pytest.mark.parametrize("spelling", ["anna@example.org", "ANNA@Example.ORG"])
def test_a_known_address_is_answered_as_a_strangers(forum, status, spelling):
    known_as(forum, status)
    assert shown(send(forum, spelling)) == shown(send(forum, "stranger@example.org"))


@pytest.mark.parametrize("has_waiting_list", [True, False])
def test_also_when_there_is_no_room(forum, has_waiting_list):
    known_as(forum, _S.CONFIRMED)
    set_seats_of(forum.event, Mode.ON_SITE, 1, has_waiting_list=has_waiting_list)
    known, stranger = send(forum, "anna@example.org"), send(forum, "stranger@example.org")
    if has_waiting_list:
        assert "/waiting/" in known["Location"]
    # The number of those who wait is public, and is one more when the second asks.
    assert shown(known) == shown(stranger)


def test_also_when_something_is_wrong_in_the_form(forum):
    known_as(forum, _S.CONFIRMED)
    assert shown(send(forum, "anna@example.org", name="")) == shown(send(forum, "stranger@example.org", name=""))


def test_also_when_it_is_sent_too_often(forum, monkeypatch):
    freeze_rate_limit_period(monkeypatch)
    known_as(forum, _S.CONFIRMED)
    for email in ("anna@example.org", "stranger@example.org"):
        answers = [send(forum, email).status_code for _number in range(6)]
        assert answers == [303] * 5 + [429]


def test_only_the_owner_of_the_address_is_told(forum):
    registration = known_as(forum, _S.CONFIRMED)
    before = Registration.objects.filter(pk=registration.pk).values().get()
    send(forum, "anna@example.org", name="Mallory", organisation="Evil Ltd")
    assert Registration.objects.filter(pk=registration.pk).values().get() == before
    mail = OutboxMail.objects.get()
    assert (mail.kind, mail.registration, mail.recipient) == (MailKind.PERSONAL_LINK, registration, "")
    assert "Mallory" not in str(mail.payload)


def test_one_link_opens_one_registration(forum):
    anna, eeva = known_as(forum, _S.CONFIRMED), make_registration(forum.event, name="Eeva")
    seen = "".join(
        Visitor().get(link_of(anna, f"registration{part}")).content.decode()
        for part in ("", "_data", "_data_file", "_change", "_mode", "_withdraw", "_erase")
    )
    assert "Anna" in seen
    assert "Eeva" not in seen
    assert tokens.token_for(eeva) not in seen


def test_what_is_known_of_a_registration_opens_nothing(forum):
    """Its key stands in calendars and Message-IDs, its number in addresses of the staff, its hash in backups."""
    anna = known_as(forum, _S.CONFIRMED)
    for guess in (str(anna.key), anna.key.hex, str(anna.pk), anna.token_hash, anna.token_hash[:43], anna.email):
        assert Visitor().get(reverse("registration", args=[guess])).status_code == 404


def test_a_link_of_somebody_erased_is_unknown(forum):
    from events.registration.privacy.erasure import erase

    anna = known_as(forum, _S.CONFIRMED)
    link = link_of(anna)
    erase(anna.pk, now=NOW)
    old, never = Visitor().get(link), Visitor().get(reverse("registration", args=["x" * 43]))
    assert old.status_code == never.status_code == 404
    assert shown(old)[3].replace(link, "") == shown(never)[3].replace(never.wsgi_request.path, "")
