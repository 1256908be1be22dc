"""The page after the registration form: it shows the address to the person who sent the form, and to nobody else."""

import pytest
from django.conf import settings as site_settings
from django.core import signing
from django.test import Client

from events.models import OutboxMail, Registration
from events.registration import commands
from events.states import RegistrationStatus
from events.views import end_page
from events.views.registration import end_page_path
from tests.factories import reload
from tests.factories.registrations import make_open_page, make_registration, make_staff
from tests.html import soup, text_of
from tests.visitors import Visitor, link_of, old_form_token

pytestmark = pytest.mark.slow

_S = RegistrationStatus
ADDRESS = "anna+<b>@example.org"


@pytest.fixture(scope="module")
def made_forum(module_home_page):
    return make_open_page(module_home_page)


@pytest.fixture
def forum(made_forum, db):
    return reload(made_forum)


def send(visitor, forum, **fields):
    values = {"given_name": "Anna Example", "email": "anna@example.org", "mode": "on_site"} | fields
    return visitor.send(forum.register_path(), form_token=old_form_token(forum.event_id), **values)


def test_the_address_is_shown_to_its_sender_and_never_cached(forum, settings):
    settings.PAGE_CACHE_SECONDS = 60
    visitor = Visitor()
    path = send(visitor, forum)["Location"]
    assert "anna@example.org" not in path
    other = Visitor()
    pages = [text_of(soup(client.get(path)).main) for client in (visitor, other, visitor)]
    assert "We have sent an email to anna@example.org ." in pages[0]
    assert "anna@example.org" not in pages[1]
    assert "We have sent you an email." in pages[1]
    assert pages[2] == pages[0]
    assert visitor.get(path)["Cache-Control"] == "private, no-store"


def test_the_cookie_is_for_this_page_and_some_minutes_only(forum):
    visitor = Visitor()
    response = send(visitor, forum)
    cookie = response.cookies[end_page.COOKIE]
    assert (cookie["path"], cookie["max-age"]) == (response["Location"], end_page.LIFETIME)
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert bool(cookie["secure"]) == site_settings.SESSION_COOKIE_SECURE


@pytest.mark.parametrize(
    "value", ["forged", signing.dumps({"e": 0, "a": "other@example.org"}, salt=end_page.SALT)], ids=["forged", "other"]
)
def test_a_forged_cookie_or_that_of_another_event_shows_no_address(forum, value):
    visitor = Client()
    visitor.cookies[end_page.COOKIE] = value
    page = visitor.get(end_page_path(forum, "confirmed", "on_site"))
    assert "We have sent you an email." in text_of(soup(page).main)


def test_the_address_is_escaped(forum):
    client = Client()
    client.cookies[end_page.COOKIE] = signing.dumps({"e": forum.event_id, "a": ADDRESS}, salt=end_page.SALT)
    page = client.get(end_page_path(forum, "confirmed", "on_site"))
    assert ADDRESS in text_of(soup(page).main)
    assert "<b>@" not in page.content.decode()


@pytest.mark.parametrize("email", ["anna@example.org", "berta@example.org"])
def test_a_second_person_with_the_address_learns_that_it_registers_one(forum, email):
    """The text does not depend on whether the address is registered."""
    make_registration(forum.event, name="Anna", email="anna@example.org")
    visitor = Visitor()
    assert "One address registers one person." in text_of(soup(visitor.get(forum.register_path())).select_one("form"))
    text = text_of(soup(visitor.get(send(visitor, forum, given_name="Second", email=email)["Location"])).main)
    assert "One address registers one person. If someone was registered with this address before," in text
    assert OutboxMail.objects.count() == 1


def test_approval_and_confirmation_are_announced_before_the_form_is_sent(home_page):
    plain = make_open_page(home_page, slug="plain")
    strict = make_open_page(home_page, title="Strict", slug="strict", needs_approval=True, confirms_address=True)
    texts = [text_of(soup(Visitor().get(page.register_path())).select_one("form")) for page in (plain, strict)]
    for sentence in ("The organisers approve each registration.", "within 60 minutes"):
        assert [sentence in text for text in texts] == [False, True]


@pytest.mark.parametrize(("command", "status"), [(commands.reject, _S.PENDING), (commands.cancel, _S.CONFIRMED)])
def test_a_rejection_gives_its_reason_and_no_new_registration(forum, command, status):
    registration = make_registration(forum.event, status)
    command(registration.pk, make_staff(), "The forum is for nurses.")
    page = soup(Visitor().get(link_of(Registration.objects.get())))
    assert "The forum is for nurses." in text_of(page.select_one(".status-box"))
    assert page.select_one(f"a[href='{forum.register_path()}']") is None
