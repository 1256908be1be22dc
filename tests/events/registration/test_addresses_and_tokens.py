"""How addresses are compared, and how personal links are made and found."""

import re

import pytest

from events.models import Registration
from events.registration import tokens
from events.registration.addresses import email_key
from tests.factories import reload
from tests.factories.registrations import make_open_event, make_registration

pytestmark = pytest.mark.any_database


@pytest.mark.parametrize(
    ("written", "key"),
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
def test_spellings_of_an_address(written, key):
    assert email_key(written) == key
    assert email_key(key) == key


@pytest.mark.django_db
class TestTokens:
    def test_a_token_has_256_bits_and_only_its_hash_is_stored(self):
        registration = make_registration(make_open_event())
        token = tokens.token_for(registration)
        assert re.fullmatch(r"[A-Za-z0-9_-]{43}", token)
        assert token not in str(Registration.objects.filter(pk=registration.pk).values())
        assert tokens.find(token) == registration

    def test_two_people_have_two_tokens(self):
        event = make_open_event()
        assert len({tokens.token_for(make_registration(event)) for _number in range(3)}) == 3

    @pytest.mark.parametrize("change", [str.lower, str.upper, lambda t: t[:-1], lambda t: t + "A", lambda t: ""])
    def test_anything_else_finds_nobody(self, change):
        token = tokens.token_for(make_registration(make_open_event()))
        assert tokens.find(token)
        assert tokens.find(change(token)) is None

    def test_the_event_comes_along(self, django_assert_num_queries):
        token = tokens.token_for(make_registration(make_open_event()))
        with django_assert_num_queries(1):
            assert tokens.find(token).event.zone == "Europe/Helsinki"

    def test_a_new_version_ends_the_old_link(self):
        registration = make_registration(make_open_event())
        old = tokens.token_for(registration)
        registration.token_version = 2
        registration.save()
        new = tokens.renew(registration)
        assert (tokens.find(old), tokens.find(new)) == (None, registration)

    def test_links_outlive_a_new_secret_that_names_the_old_one(self, settings):
        registration = make_registration(make_open_event())
        token = tokens.token_for(registration)
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another-secret", [settings.SECRET_KEY]
        assert tokens.token_for(registration) == token
        assert tokens.find(token) == registration

    def test_without_the_old_secret_the_next_mail_holds_a_link_that_works(self, settings):
        registration = make_registration(make_open_event())
        token = tokens.token_for(registration)
        settings.SECRET_KEY = "another-secret"
        assert tokens.find(token) == registration
        new = tokens.token_for(registration)
        assert new != token
        assert tokens.find(new) == registration
        assert tokens.token_for(reload(registration)) == new
