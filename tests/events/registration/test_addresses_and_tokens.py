"""Comparison of email addresses, and tokens of personal links."""

import re

import pytest

from events.models import Registration
from events.registration import tokens
from events.registration.addresses import email_key
from tests.factories import reload
from tests.factories.registrations import make_open_event, make_registration

pytestmark = pytest.mark.any_database


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("Anna@Example.ORG", "anna@example.org"),
        ("  anna@example.org ", "anna@example.org"),
        ("ａnna@example.org", "anna@example.org"),
        ("anna@σίτος.gr", "anna@xn--kxa6akcd.gr"),
        ("anna@ΣΊΤΟΣ.gr", "anna@xn--kxa6akcd.gr"),
        ("anna@xn--kxa6akcd.gr", "anna@xn--kxa6akcd.gr"),
        ("anna.b+forum@example.org", "anna.b+forum@example.org"),
        ("straße@example.org", "strasse@example.org"),
        ("anna@a..b", "anna@a..b"),
        ("anna", "anna"),
        ("", ""),
    ],
)
def test_email_key_of_an_address(address, key):
    assert email_key(address) == key
    assert email_key(key) == key


@pytest.mark.django_db
class TestTokens:
    def test_a_token_has_256_bits_and_only_its_hash_is_stored(self):
        registration = make_registration(make_open_event())
        token = tokens.token_for(registration)
        assert re.fullmatch(r"[A-Za-z0-9_-]{43}", token)
        assert token not in str(Registration.objects.filter(pk=registration.pk).values())
        assert tokens.find(token) == registration

    def test_each_registration_has_its_own_token(self):
        event = make_open_event()
        assert len({tokens.token_for(make_registration(event)) for _number in range(3)}) == 3

    @pytest.mark.parametrize("change", [str.lower, str.upper, lambda t: t[:-1], lambda t: t + "A", lambda t: ""])
    def test_a_changed_token_finds_no_registration(self, change):
        token = tokens.token_for(make_registration(make_open_event()))
        assert tokens.find(token)
        assert tokens.find(change(token)) is None

    def test_find_loads_the_event_in_the_same_query(self, django_assert_num_queries):
        token = tokens.token_for(make_registration(make_open_event()))
        with django_assert_num_queries(1):
            assert tokens.find(token).event.zone == "Europe/Helsinki"

    def test_a_new_token_version_invalidates_the_old_link(self):
        registration = make_registration(make_open_event())
        old = tokens.token_for(registration)
        registration.token_version = 2
        registration.save()
        new = tokens.renew(registration)
        assert (tokens.find(old), tokens.find(new)) == (None, registration)

    def test_links_stay_valid_with_the_old_secret_key_as_fallback(self, settings):
        registration = make_registration(make_open_event())
        token = tokens.token_for(registration)
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another-secret", [settings.SECRET_KEY]
        assert tokens.token_for(registration) == token
        assert tokens.find(token) == registration

    def test_without_the_old_secret_key_the_next_email_has_a_valid_link(self, settings):
        registration = make_registration(make_open_event())
        token = tokens.token_for(registration)
        settings.SECRET_KEY = "another-secret"
        assert tokens.find(token) == registration
        new = tokens.token_for(registration)
        assert new != token
        assert tokens.find(new) == registration
        assert tokens.token_for(reload(registration)) == new
