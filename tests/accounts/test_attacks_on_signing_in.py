"""Attacks on signing in: redirects to other sites, foreign hosts, fixed sessions, and links that are used twice."""

import re

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import PageViewRestriction

from accounts.admin.email import new_token
from accounts.models import AccessRecord, Action
from home.models import ContentPage
from tests.factories import reload
from tests.factories.pages import make_page
from tests.factories.users import make_editor, make_user

pytestmark = pytest.mark.any_database

PASSWORD = "correct horse battery staple"
ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "https:///evil.example",
    "http://testserver@evil.example/",
    " https://evil.example",
    "javascript:alert(1)//testserver",
]


@pytest.fixture
def anna(home_page) -> User:
    user = make_editor("anna")
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.mark.parametrize("name", ["wagtailadmin_login", "wagtailcore_login"])
@pytest.mark.parametrize("address", ELSEWHERE)
def test_signing_in_leads_to_no_other_site(name, address, anna):
    for where in ("query", "form"):
        query = {"query_params": {"next": address}} if where == "query" else {}
        form = {"username": "anna", "password": PASSWORD} | ({"next": address} if where == "form" else {})
        answer = Client().post(reverse(name), form, **query)
        assert answer.status_code == 302
        assert answer.url == (reverse("wagtailadmin_home") if name == "wagtailadmin_login" else "/")


@pytest.mark.parametrize("address", ELSEWHERE)
def test_confirming_the_password_leads_to_no_other_site(address, anna, client):
    client.force_login(anna)
    answer = client.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": address})
    assert (answer.status_code, answer.url) == (302, reverse("wagtailadmin_home"))


@pytest.mark.parametrize("address", ELSEWHERE)
def test_the_password_of_a_page_leads_to_no_other_site(address, home_page, client):
    page = make_page(ContentPage, home_page, "Private")
    row = PageViewRestriction.objects.create(page=page, restriction_type="password", password="open")
    url = reverse("wagtailcore_authenticate_with_password", args=[row.pk, page.pk])
    answer = client.post(url, {"password": "open", "return_url": address})
    assert answer.status_code == 302
    assert "evil" not in answer.url


def test_a_session_from_before_the_sign_in_is_no_signed_in_one(anna, home_page):
    page = make_page(ContentPage, home_page, "Private")
    row = PageViewRestriction.objects.create(page=page, restriction_type="password", password="open")
    browser = Client()
    browser.post(
        reverse("wagtailcore_authenticate_with_password", args=[row.pk, page.pk]),
        {"password": "open", "return_url": "/"},
    )
    before = browser.cookies["sessionid"].value
    browser.post(reverse("wagtailadmin_login"), {"username": "anna", "password": PASSWORD})
    assert browser.get(reverse("wagtailadmin_home")).status_code == 200
    thief = Client()
    thief.cookies["sessionid"] = before
    assert thief.get(reverse("wagtailadmin_home")).status_code == 302


@pytest.mark.parametrize("header", ["host", "x-forwarded-host"])
def test_the_link_of_a_password_reset_names_the_site_whatever_the_request_says(header, anna, client, settings):
    settings.ALLOWED_HOSTS = ["*"]
    client.post(reverse("wagtailadmin_password_reset"), {"email": anna.email}, headers={header: "evil.example"})
    (message,) = mail.outbox
    assert "evil.example" not in message.body
    assert settings.WAGTAILADMIN_BASE_URL in message.body


def test_asking_for_a_link_takes_the_same_work_whether_the_address_has_an_account_or_not(anna, client, settings):
    """Nothing is sent in the request, and the queries are the same: time does not tell who has an account."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend", "QUEUES": []}}
    client.get(reverse("wagtailadmin_password_reset"))
    queries = []
    for address in (anna.email, "nobody@example.org"):
        with CaptureQueriesContext(connection) as found:
            client.post(reverse("wagtailadmin_password_reset"), {"email": address})
        queries.append(len(found))
    assert (queries[0], mail.outbox) == (queries[1], [])


def test_a_link_that_sets_a_password_ends_with_the_account(anna, client):
    client.post(reverse("wagtailadmin_password_reset"), {"email": anna.email})
    (link,) = re.findall(r"/admin/password_reset/confirm/\S+", mail.outbox[0].body)
    form = client.get(link, follow=True).request["PATH_INFO"]
    anna.is_active = False
    anna.save()
    for address in (link, form):
        client.post(address, {"new_password1": "first long password 1", "new_password2": "first long password 1"})
    anna.refresh_from_db()
    assert not anna.check_password("first long password 1")


def test_a_link_that_sets_a_password_works_once(anna, client):
    client.post(reverse("wagtailadmin_password_reset"), {"email": anna.email})
    (link,) = re.findall(r"/admin/password_reset/confirm/\S+", mail.outbox[0].body)
    browsers = [Client(), Client()]
    forms = [browser.get(link, follow=True).request["PATH_INFO"] for browser in browsers]
    for browser, form, password in zip(
        browsers, forms, ["first long password 1", "second long password 2"], strict=True
    ):
        browser.post(form, {"new_password1": password, "new_password2": password})
    anna.refresh_from_db()
    assert anna.check_password("first long password 1")


def test_a_confirmation_of_an_email_address_works_once(anna, client):
    client.force_login(anna)
    url = reverse("accounts:confirm_email", args=[new_token(anna, "new@example.org")])
    assert [client.post(url).status_code for _time in range(2)] == [302, 404]
    # Nor after the address has changed back.
    User.objects.filter(pk=anna.pk).update(email="third@example.org")
    assert client.post(url).status_code == 404


def test_two_accounts_that_ask_for_one_address_do_not_both_get_it(anna, client):
    bob = make_user("bob")
    links = {user: reverse("accounts:confirm_email", args=[new_token(user, "new@example.org")]) for user in (anna, bob)}
    for user, link in links.items():
        client.force_login(user)
        client.post(link)
    assert User.objects.filter(email="new@example.org").count() == 1


def test_an_open_session_does_not_guess_the_password_of_its_account(anna, client):
    client.force_login(anna)
    form = {"password-new_password1": "seven grey herons stand", "password-new_password2": "seven grey herons stand"}
    for _number in range(5):
        assert (
            client.post(reverse("wagtailadmin_account"), form | {"password-old_password": "wrong"}).status_code == 200
        )

    assert client.post(reverse("wagtailadmin_account"), form | {"password-old_password": PASSWORD}).status_code == 429
    assert reload(anna).check_password(PASSWORD)
    assert AccessRecord.objects.filter(action=Action.SIGN_IN_FAILED, subject="anna").count() == 5


def test_the_right_password_changes_the_password(anna, client):
    client.force_login(anna)
    new = "seven grey herons stand"
    form = {"name_email-first_name": "Anna", "name_email-last_name": "Example", "assignment_mails-rhythm": "at_once"}
    form |= {"theme-theme": "system", "theme-contrast": "system", "theme-density": "default"}
    passwords = {"password-old_password": PASSWORD, "password-new_password1": new, "password-new_password2": new}

    assert client.post(reverse("wagtailadmin_account"), form | passwords).status_code == 302
    assert reload(anna).check_password(new)
