"""The sessions of a user: list, ending them, and the idle limit."""

import datetime
import time

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from accounts import sessions
from accounts.models import UserSession
from accounts.scheduled_jobs import JOBS
from accounts.session_store import SessionStore
from tests.factories.users import make_user

pytestmark = pytest.mark.slow

HOME = "wagtailadmin_home"
NEW_PASSWORD = "another long enough password"


@pytest.fixture(autouse=True)
def activity_is_written_each_minute(monkeypatch):
    monkeypatch.setattr(sessions, "WRITE_SECONDS", 60)


@pytest.fixture
def anna(db) -> User:
    return make_user("anna")


@pytest.fixture
def bob(db) -> User:
    return make_user("bob")


def browser_of(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def is_signed_in(browser: Client) -> bool:
    return browser.get(reverse(HOME)).status_code == 200


def session_of(browser: Client) -> UserSession:
    return UserSession.objects.get(session_key=browser.session.session_key)


def test_own_sessions_are_listed_and_ended(anna, bob):
    here, there, elsewhere, other = browser_of(anna), browser_of(anna), browser_of(anna), browser_of(bob)
    url = reverse("accounts:sessions")
    page = here.get(url)
    assert {row.user for row in page.context["sessions"]} == {anna}
    assert len(page.context["sessions"]) == 3
    # The session of another user stays.
    here.post(url, {"end": session_of(other).pk})
    here.post(url, {"end": "x" * 30})
    here.post(url, {"end": session_of(there).pk})
    assert [is_signed_in(browser) for browser in (here, there, elsewhere, other)] == [True, False, True, True]
    here.post(url, {"end": "others"})
    assert [is_signed_in(browser) for browser in (here, elsewhere, other)] == [True, False, True]


def test_sign_out_takes_the_session_from_the_list(anna):
    browser = browser_of(anna)
    assert UserSession.objects.count() == 1
    browser.post(reverse("wagtailadmin_logout"))
    assert not UserSession.objects.exists()


def test_change_of_the_password_ends_all_other_sessions(anna):
    here, there = browser_of(anna), browser_of(anna)
    data = {"old_password": "x", "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    values = {"name_email-first_name": "A", "name_email-last_name": "B", "locale-preferred_language": "en"}
    values |= {"locale-current_time_zone": "Europe/Helsinki", "theme-theme": "light", "theme-density": "default"}
    values |= {"theme-contrast": "system", "theme-keyboard_shortcuts": "on"}
    response = here.post(reverse("wagtailadmin_account"), values | {f"password-{k}": v for k, v in data.items()})
    assert response.status_code == 302
    assert User.objects.get(pk=anna.pk).check_password(NEW_PASSWORD)
    assert [is_signed_in(browser) for browser in (here, there)] == [True, False]
    assert UserSession.objects.count() == 1
    # The session has another key now, and can still be ended, such as by a reset of the second factor.
    assert UserSession.objects.get().session_key == here.session.session_key
    sessions.end_all(anna)
    assert not is_signed_in(here)


def test_deactivation_ends_all_sessions(anna):
    browser = browser_of(anna)
    anna.is_active = False
    anna.save()
    assert not is_signed_in(browser)
    assert not UserSession.objects.exists()


def test_idle_session_ends(anna, monkeypatch):
    browser = browser_of(anna)
    now = time.time()
    monkeypatch.setattr(sessions.time, "time", lambda: now + 59 * 60)
    assert is_signed_in(browser)
    monkeypatch.setattr(sessions.time, "time", lambda: now + 118 * 60)
    assert is_signed_in(browser)
    monkeypatch.setattr(sessions.time, "time", lambda: now + 179 * 60)
    response = browser.get(reverse(HOME))
    assert response.url == f"{reverse('wagtailadmin_login')}?next=/admin/"
    assert not UserSession.objects.exists()
    assert "did nothing for a while" in browser.get(response.url).content.decode()


def test_requests_of_an_open_page_are_no_activity(anna, monkeypatch, settings, home_page):
    browser = browser_of(anna)
    before = browser.session[sessions.LAST_ACTIVITY]
    monkeypatch.setattr(sessions.time, "time", lambda: before + 600)
    browser.get(reverse("wagtailadmin_editing_sessions:ping", args=["wagtailcore", "page", home_page.pk, 1]))
    assert browser.session[sessions.LAST_ACTIVITY] == before
    browser.get(reverse(HOME))
    assert browser.session[sessions.LAST_ACTIVITY] == before + 600
    settings.ADMIN_IDLE_MINUTES = 0
    monkeypatch.setattr(sessions.time, "time", lambda: before + 10**6)
    assert is_signed_in(browser)


def test_expired_sessions_go_from_the_list(anna):
    browser = browser_of(anna)
    row = session_of(browser)
    assert sessions.prune in [job.run for job in JOBS]
    assert sessions.prune(row.last_used_at) == 0
    assert sessions.prune(row.last_used_at + datetime.timedelta(days=15)) == 1


def test_session_that_cannot_be_written_is_a_fault_of_the_database(anna, monkeypatch):
    browser = browser_of(anna)
    browser.raise_request_exception = False

    def locked(*args, **kwargs):
        raise OperationalError("database is locked")

    stored = browser.session
    stored[sessions.LAST_ACTIVITY] = int(time.time()) - 600
    stored.save()
    monkeypatch.setattr(Session, "save", locked)
    # The request notes the activity in the session.
    response = browser.get(reverse(HOME))
    assert (response.status_code, response.get("Retry-After")) == (503, "30")


def test_session_that_was_deleted_meanwhile_is_not_written_again(anna):
    session = SessionStore(browser_of(anna).session.session_key)
    session["x"] = 1
    Session.objects.all().delete()
    with pytest.raises(UpdateError):
        session.save()
