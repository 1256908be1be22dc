"""Responses reveal neither who is registered nor the personal links of others."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from django.urls import reverse

from events.enums import MailKind, Mode
from events.models import OutboxMail, Registration
from events.registration import tokens
from events.states import RegistrationStatus
from tests.factories import reload
from tests.factories.registrations import NOW, make_open_page, make_registration, set_seats_of
from tests.visitors import Visitor, freeze_rate_limit_period, link_of, old_form_token

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

_S = RegistrationStatus
# Parts that differ between any two responses: signatures, form tokens, the submitted address.
VARIABLE_PARTS = re.compile(r"[\w.-]*:[\w-]{6,}:[\w-]{20,}|[A-Za-z0-9]{64}|stranger@example\.org|anna@example\.org")


@pytest.fixture(scope="module")
def made_forum(module_home_page):
    return make_open_page(module_home_page)


@pytest.fixture
def forum(made_forum, db):
    return reload(made_forum)


def send(forum, email: str, **more):
    fields = {
        "given_name": "Someone",
        "email": email,
        "mode": "on_site",
        "form_token": old_form_token(forum.event_id),
    } | more
    return Visitor().send(forum.register_path(), **fields)


def visible_parts(response) -> tuple[object, ...]:
    """Return what a visitor can compare: status, headers, cookies and content; for a redirect also its target page."""
    headers = {
        name: VARIABLE_PARTS.sub("…", value)
        for name, value in response.headers.items()
        if name not in {"Content-Length", "X-Request-ID"}
    }
    seen: tuple[object, ...] = (
        response.status_code,
        headers,
        sorted(response.cookies),
        VARIABLE_PARTS.sub("…", response.content.decode()),
    )
    if response.status_code == 303:
        seen += visible_parts(Visitor().get(urlsplit(response["Location"]).path))
    return seen


def register_anna(forum, status: str) -> Registration:
    return make_registration(forum.event, status, name="Anna", email="anna@example.org")


@pytest.mark.parametrize(
    "status", [_S.CONFIRMED, _S.PENDING, _S.WAITING, _S.OFFERED, _S.ATTENDED, _S.WITHDRAWN, _S.REJECTED]
)
@pytest.mark.parametrize("spelling", ["anna@example.org", "ANNA@Example.ORG"])
def test_a_registered_address_gets_the_response_of_an_unregistered_one(forum, status, spelling):
    register_anna(forum, status)
    assert visible_parts(send(forum, spelling)) == visible_parts(send(forum, "stranger@example.org"))


@pytest.mark.parametrize("has_waiting_list", [True, False])
def test_a_registered_address_gets_the_same_response_when_the_event_is_full(forum, has_waiting_list):
    register_anna(forum, _S.CONFIRMED)
    set_seats_of(forum.event, Mode.ON_SITE, 1, has_waiting_list=has_waiting_list)
    known, stranger = send(forum, "anna@example.org"), send(forum, "stranger@example.org")
    if has_waiting_list:
        assert "/waiting/" in known["Location"]
    # The number of waiting participants is public, and one higher at the second request.
    assert visible_parts(known) == visible_parts(stranger)


def test_a_registered_address_gets_the_same_response_to_an_invalid_form(forum):
    register_anna(forum, _S.CONFIRMED)
    assert visible_parts(send(forum, "anna@example.org", given_name="")) == visible_parts(
        send(forum, "stranger@example.org", given_name="")
    )


def test_a_registered_address_is_limited_like_an_unregistered_one(forum, monkeypatch):
    freeze_rate_limit_period(monkeypatch)
    register_anna(forum, _S.CONFIRMED)
    for email in ("anna@example.org", "stranger@example.org"):
        answers = [send(forum, email).status_code for _number in range(6)]
        assert answers == [303] * 5 + [429]


def test_only_the_owner_of_the_address_gets_an_email(forum):
    registration = register_anna(forum, _S.CONFIRMED)
    before = Registration.objects.filter(pk=registration.pk).values().get()
    send(forum, "anna@example.org", given_name="Mallory", organisation="Evil Ltd")
    assert Registration.objects.filter(pk=registration.pk).values().get() == before
    mail = OutboxMail.objects.get()
    assert (mail.kind, mail.registration, mail.recipient) == (MailKind.PERSONAL_LINK, registration, "")
    assert "Mallory" not in str(mail.payload)


def test_a_personal_link_shows_one_registration(forum):
    anna, eeva = register_anna(forum, _S.CONFIRMED), make_registration(forum.event, name="Eeva")
    seen = "".join(
        Visitor().get(link_of(anna, f"registration{part}")).content.decode()
        for part in ("", "_data", "_data_file", "_change", "_mode", "_withdraw", "_erase")
    )
    assert "Anna" in seen
    assert "Eeva" not in seen
    assert tokens.token_for(eeva) not in seen


def test_other_identifiers_do_not_open_a_registration(forum):
    """The key is in calendars and Message-IDs, the primary key in URLs of the admin, and the hash in backups."""
    anna = register_anna(forum, _S.CONFIRMED)
    for guess in (str(anna.key), anna.key.hex, str(anna.pk), anna.token_hash, anna.token_hash[:43], anna.email):
        assert Visitor().get(reverse("registration", args=[guess])).status_code == 404


def test_the_link_of_an_erased_registration_gets_the_response_of_an_unknown_link(forum):
    from events.registration.privacy.erasure import erase

    anna = register_anna(forum, _S.CONFIRMED)
    link = link_of(anna)
    erase(anna.pk, now=NOW)
    old, never = Visitor().get(link), Visitor().get(reverse("registration", args=["x" * 43]))
    assert old.status_code == never.status_code == 404
    assert visible_parts(old)[3].replace(link, "") == visible_parts(never)[3].replace(never.wsgi_request.path, "")
