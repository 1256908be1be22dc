"""Limits for passwords of accounts, pages and documents, and for emails that reset passwords."""

import datetime
import re

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from wagtail.models import PageViewRestriction

from accounts import limits
from accounts.models import Action, RunningAttempt
from tests.factories.users import make_user

pytestmark = pytest.mark.slow

PASSWORD = "a long enough password"
ATTEMPTS_OF_A_NETWORK = 5
ATTEMPTS_AGAINST_AN_ACCOUNT = 20
ATTEMPTS_FROM_A_NETWORK = 100


@pytest.fixture
def owner(db) -> User:
    user = make_user("owner")
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(address: str, username: str = "owner", password: str = PASSWORD, client: Client | None = None) -> int:
    client = client or Client()
    data = {"username": username, "password": password}
    return client.post(reverse("wagtailadmin_login"), data, REMOTE_ADDR=address).status_code


def test_ipv6_network_is_locked_as_one_client(owner):
    for number in range(ATTEMPTS_OF_A_NETWORK):
        assert sign_in(f"2001:db8:1:2::{number:x}", password="wrong") == 200
    assert sign_in("2001:db8:1:2:ffff::1") == 429
    assert sign_in("2001:db8:1:3::1") == 302


def test_account_is_locked_after_attempts_from_many_addresses(owner, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        for number in range(ATTEMPTS_AGAINST_AN_ACCOUNT):
            sign_in(f"198.51.100.{number}", password="wrong")
    assert sign_in("203.0.113.9") == 429
    assert [message.to for message in mail.outbox] == [["owner@example.org"]]


def test_unknown_account_is_locked_in_the_same_way(db):
    for number in range(ATTEMPTS_AGAINST_AN_ACCOUNT):
        sign_in(f"198.51.100.{number}", "nobody", "wrong")
    assert sign_in("203.0.113.9", "nobody") == 429
    assert mail.outbox == []


def test_owner_signs_in_to_a_locked_account_with_a_browser_used_before(owner):
    browser = Client()
    assert sign_in("203.0.113.9", client=browser) == 302
    browser.post(reverse("wagtailadmin_logout"))
    for number in range(ATTEMPTS_AGAINST_AN_ACCOUNT):
        sign_in(f"198.51.100.{number}", password="wrong")
    # Someone on the same network, too.
    for _number in range(ATTEMPTS_OF_A_NETWORK):
        sign_in("203.0.113.9", password="wrong")
    assert sign_in("203.0.113.9") == 429
    assert sign_in("203.0.113.9", client=browser) == 302


def test_known_browser_has_limited_attempts_too(owner):
    browser = Client()
    sign_in("203.0.113.9", client=browser)
    browser.post(reverse("wagtailadmin_logout"))
    for _number in range(ATTEMPTS_OF_A_NETWORK):
        assert sign_in("203.0.113.9", password="wrong", client=browser) == 200
    assert sign_in("203.0.113.9", client=browser) == 429


def test_owner_signs_in_to_a_locked_account_after_resetting_the_password(owner):
    for number in range(ATTEMPTS_AGAINST_AN_ACCOUNT):
        sign_in(f"198.51.100.{number}", password="wrong")
    browser = Client()
    browser.post(reverse("wagtailadmin_password_reset"), {"email": "owner@example.org"})
    link = re.search(r"http://\S+(/admin/password_reset/confirm/\S+)", mail.outbox[-1].body)[1]
    form = browser.get(link, follow=True)
    new = "another long enough password"
    browser.post(form.request["PATH_INFO"], {"new_password1": new, "new_password2": new})
    assert sign_in("203.0.113.9", password=new) == 302


def test_network_that_tries_many_accounts_is_locked(owner):
    for number in range(ATTEMPTS_FROM_A_NETWORK):
        sign_in("198.51.100.1", f"name{number}", "wrong")
    assert sign_in("198.51.100.1") == 429
    assert sign_in("198.51.100.2") == 302


def test_emails_that_reset_a_password_are_limited(owner):
    for number in range(10):
        response = Client().post(
            reverse("wagtailadmin_password_reset"), {"email": "Owner@example.org"}, REMOTE_ADDR=f"198.51.100.{number}"
        )
        assert response.status_code == 302
    assert len(mail.outbox) == 3


def test_emails_that_reset_passwords_are_limited_for_a_network(owner):
    for number in range(25):
        make_user(f"user{number}")
        Client().post(
            reverse("wagtailadmin_password_reset"), {"email": f"user{number}@example.org"}, REMOTE_ADDR="198.51.100.1"
        )
    assert len(mail.outbox) == 20


@pytest.fixture
def protected(home_page) -> str:
    restriction = PageViewRestriction.objects.create(
        page=home_page, restriction_type=PageViewRestriction.PASSWORD, password="secret"
    )
    return reverse("wagtailcore_authenticate_with_password", args=[restriction.pk, home_page.pk])


def test_passwords_of_pages_are_limited(protected):
    for _number in range(10):
        assert Client().post(protected, {"password": "wrong", "return_url": "/"}).status_code == 200
    assert Client().post(protected, {"password": "secret", "return_url": "/"}).status_code == 429
    other = Client(REMOTE_ADDR="198.51.100.1")
    assert other.post(protected, {"password": "secret", "return_url": "/"}).status_code == 302
    assert Client().get(protected).status_code == 429


def test_username_of_three_hundred_letters_does_not_sign_in(db):
    assert sign_in("203.0.113.9", "a" * 300) == 200


# Attempts at the same time: each begins while the password of the one before is being checked


@pytest.fixture
def checked(owner, monkeypatch) -> list[str]:
    """Return the passwords that were checked, when seven attempts run at the same time."""
    found: list[str] = []
    check = User.check_password

    def check_slowly(user: User, password: str) -> bool:
        found.append(password)
        if len(found) < 7:
            sign_in("203.0.113.9", password=f"wrong {len(found)}")
        return check(user, password)

    monkeypatch.setattr(User, "check_password", check_slowly)
    return found


def test_attempts_at_the_same_time_do_not_pass_the_limit(checked):
    sign_in("203.0.113.9", password="wrong 0")
    assert len(checked) == ATTEMPTS_OF_A_NETWORK
    assert RunningAttempt.objects.count() == 0
    assert sign_in("203.0.113.9") == 429


def test_attempts_at_the_same_time_pass_a_limit_that_counts_failures_alone(checked, monkeypatch):
    """The control: without the rows about running attempts, the test above finds more passwords that were checked."""
    monkeypatch.setattr(limits, "begin_attempt", lambda *args: None)
    sign_in("203.0.113.9", password="wrong 0")
    assert len(checked) == 7


def test_attempt_whose_process_was_ended_stops_counting(owner):
    for _number in range(ATTEMPTS_OF_A_NETWORK):
        request = RequestFactory().get("/", REMOTE_ADDR="203.0.113.9")
        limits.begin_attempt(request, Action.SIGN_IN_FAILED, limits.account_key("owner"))
    assert sign_in("203.0.113.9") == 429
    RunningAttempt.objects.update(started_at=timezone.now() - datetime.timedelta(seconds=61))
    assert sign_in("203.0.113.9") == 302
    assert limits.prune_attempts() == ATTEMPTS_OF_A_NETWORK


def test_page_passwords_at_the_same_time_do_not_pass_the_limit(protected):
    for _number in range(10):
        request = RequestFactory().post("/")
        restriction = PageViewRestriction.objects.get()
        limits.begin_attempt(request, Action.PAGE_PASSWORD_FAILED, limits.page_key("page", restriction.pk))
    assert Client().post(protected, {"password": "secret", "return_url": "/"}).status_code == 429
