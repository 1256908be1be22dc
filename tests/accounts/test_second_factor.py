"""The second factor: who needs it, signing in with it, and losing it."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.contrib.auth.models import User
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts.adapters import AccountAdapter
from accounts.models import AccessRecord, Action
from home.permissions import COORDINATORS, DATA_PROTECTION, EDITORS, EVENT_ORGANISERS
from tests.factories.registrations import make_open_page
from tests.factories.users import is_signed_in, make_organiser, make_user
from tests.html import soup

PASSWORD = "a long enough password"
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def compulsory(settings):
    settings.SECOND_FACTOR = "personal_data"


@pytest.fixture
def anna(db) -> User:
    return User.objects.create_user("anna", "anna@example.org", PASSWORD, is_superuser=True)


@pytest.fixture
def enrolled(anna) -> User:
    TOTP.activate(anna, SECRET)
    RecoveryCodes.activate(anna)
    return anna


def current_code(secret: str = SECRET) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


def sign_in(client: Client, username: str = "anna"):
    return client.post(reverse("wagtailadmin_login"), {"username": username, "password": PASSWORD})


def test_password_alone_does_not_sign_in(client, enrolled):
    response = sign_in(client)
    assert (response.status_code, response.url) == (302, reverse("mfa_authenticate"))
    assert not is_signed_in(client)
    assert client.get(reverse("wagtailadmin_home")).status_code == 302
    # The sign-in page for readers of private pages leads to the same second factor.
    response = client.post(reverse("wagtailcore_login"), {"username": "anna", "password": PASSWORD}, follow=True)
    assert not is_signed_in(client)
    assert response.redirect_chain[0][0] == reverse("mfa_authenticate")


def test_sign_in_with_a_code_and_a_remembered_browser(client, enrolled):
    sign_in(client)
    page = client.get(reverse("mfa_authenticate"))
    assert soup(page).select_one("[name=code]")
    wrong = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert (wrong.status_code, is_signed_in(client)) == (200, False)
    response = client.post(reverse("mfa_authenticate"), {"code": current_code()})
    assert response.url == reverse("mfa_trust")
    assert client.get(reverse("mfa_trust")).status_code == 200
    response = client.post(reverse("mfa_trust"), {"action": "trust"})
    assert (response.url, is_signed_in(client)) == (reverse("wagtailadmin_home"), True)
    assert client.get(reverse("wagtailadmin_home")).status_code == 200
    client.post(reverse("wagtailadmin_logout"))
    assert sign_in(client).url == reverse("wagtailadmin_home")
    assert sign_in(Client()).url == reverse("mfa_authenticate")
    assert AccessRecord.objects.filter(action=Action.SECOND_FACTOR_FAILED, subject="anna").count() == 1


def test_password_reset_does_not_pass_the_second_factor(client, enrolled):
    client.post(reverse("wagtailadmin_password_reset"), {"email": "anna@example.org"})
    link = re.search(r"http://\S+(/admin/password_reset/confirm/\S+)", mail.outbox[-1].body)[1]
    form = client.get(link, follow=True)
    new = {"new_password1": "another long enough password", "new_password2": "another long enough password"}
    client.post(form.request["PATH_INFO"], new)
    assert not is_signed_in(client)
    data = {"username": "anna", "password": "another long enough password"}
    assert client.post(reverse("wagtailadmin_login"), data).url == reverse("mfa_authenticate")


def signs_in_with(code: str) -> bool:
    """Sign in with the password and the code in another browser."""
    browser = Client()
    sign_in(browser)
    browser.post(reverse("mfa_authenticate"), {"code": code})
    browser.post(reverse("mfa_trust"), {"action": "skip"})
    return is_signed_in(browser)


def test_recovery_code_signs_in_once(client, enrolled):
    code = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
    assert [signs_in_with(code), signs_in_with(code)] == [True, False]


def test_a_code_signs_in_once_even_if_the_cache_forgets_it(enrolled):
    code = current_code()
    assert signs_in_with(code)
    cache.clear()
    assert not signs_in_with(code)


def test_a_code_signs_in_while_the_cache_fails(client, enrolled, monkeypatch):
    monkeypatch.setattr(type(cache._connections["default"]), "add", lambda *args, **kwargs: False)
    sign_in(client)
    client.post(reverse("mfa_authenticate"), {"code": current_code()})
    client.post(reverse("mfa_trust"), {"action": "skip"})
    assert is_signed_in(client)


def test_a_remembered_browser_is_that_of_one_account(client, enrolled):
    sign_in(client)
    client.post(reverse("mfa_authenticate"), {"code": current_code()})
    client.post(reverse("mfa_trust"), {"action": "trust"})
    client.post(reverse("wagtailadmin_logout"))
    TOTP.activate(User.objects.create_user("bob", "bob@example.org", PASSWORD, is_superuser=True), SECRET)
    assert sign_in(client, "bob").url == reverse("mfa_authenticate")
    assert sign_in(client).url == reverse("wagtailadmin_home")


@pytest.mark.parametrize(
    "name", ["wagtailadmin_home", "mfa_trust", "mfa_index", "mfa_deactivate_totp", "wagtailusers_users:index"]
)
def test_no_address_leads_past_the_second_factor(client, enrolled, name):
    sign_in(client)
    for method in (client.get, client.post):
        method(reverse(name))
        assert not is_signed_in(client)
    assert Authenticator.objects.filter(user=enrolled).count() == 2


def test_wrong_codes_are_limited(client, enrolled):
    sign_in(client)
    for _number in range(10):
        client.post(reverse("mfa_authenticate"), {"code": "000000"})
    response = client.post(reverse("mfa_authenticate"), {"code": current_code()})
    assert response.status_code == 200
    assert "Too many wrong codes" in response.content.decode()


def test_administrator_without_a_factor_opens_nothing_before_its_set_up(
    client, anna, django_capture_on_commit_callbacks
):
    sign_in(client)
    for name in ("wagtailadmin_home", "wagtailusers_users:index", "accounts:access_record", "wagtailadmin_account"):
        assert client.get(reverse(name)).url == reverse("mfa_index")
    assert client.post(reverse("wagtailusers_users:add")).url == reverse("mfa_index")
    assert client.get(reverse("mfa_index")).status_code == 200
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    secret = soup(client.get(reverse("mfa_activate_totp"))).select_one("code").text
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(reverse("mfa_activate_totp"), {"code": current_code(secret)})
    assert [message.to for message in mail.outbox] == [["anna@example.org"]]
    codes = client.get(response.url)
    assert len(soup(codes).select("ul.recovery-codes li")) == 10
    assert client.get(reverse("wagtailadmin_home")).status_code == 200
    assert AccessRecord.objects.filter(action=Action.SECOND_FACTOR_ADDED, username="anna").exists()
    # Secrets are not readable in the database.
    assert secret not in str(list(Authenticator.objects.values()))
    # Shown once.
    assert not soup(client.get(response.url)).select("ul.recovery-codes li")


@pytest.mark.parametrize(
    ("group", "is_needed"),
    [
        (EDITORS, True),
        (EVENT_ORGANISERS, True),
        (COORDINATORS, True),
        (DATA_PROTECTION, True),
        ("Translators: Finnish", False),
    ],
)
def test_groups_that_need_a_factor(client, db, group, is_needed):
    client.force_login(make_user("member", group=group))
    response = client.get(reverse("wagtailadmin_home"))
    assert (response.status_code == 302) == is_needed


def test_access_to_registrations_needs_a_factor(client, home_page):
    client.force_login(make_organiser(make_open_page(home_page).event, only_checks_in=True))
    assert client.get(reverse("wagtailadmin_home")).url == reverse("mfa_index")


def test_factor_can_be_compulsory_for_all(client, db, settings):
    settings.SECOND_FACTOR = "all"
    client.force_login(make_user("member", group="Translators: Finnish"))
    assert client.get(reverse("wagtailadmin_home")).url == reverse("mfa_index")


def test_changes_of_factors_need_the_password_again(client, anna):
    client.force_login(anna)
    for name in ("mfa_activate_totp", "mfa_add_webauthn", "mfa_generate_recovery_codes"):
        assert client.get(reverse(name)).url.startswith(reverse("account_reauthenticate"))
    page = client.get(reverse("account_reauthenticate"))
    assert page.status_code == 200
    assert client.post(reverse("account_reauthenticate"), {"password": "wrong"}).status_code == 200
    assert client.post(reverse("account_reauthenticate"), {"password": PASSWORD}).status_code == 302
    assert client.get(reverse("mfa_add_webauthn")).status_code == 200


def test_administrator_resets_the_factor_of_a_colleague(client, enrolled, django_capture_on_commit_callbacks):
    boss = User.objects.create_user("boss", "boss@example.org", PASSWORD, is_superuser=True)
    TOTP.activate(boss, SECRET)
    client.force_login(boss)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    url = reverse("accounts:reset_second_factor", args=[enrolled.pk])
    assert url in client.get(reverse("wagtailusers_users:index")).content.decode()
    assert client.get(url).status_code == 200
    assert Authenticator.objects.filter(user=enrolled).exists()
    client.post(url)
    assert not Authenticator.objects.filter(user=enrolled).exists()
    record = AccessRecord.objects.get(action=Action.SECOND_FACTOR_RESET)
    assert (record.username, record.subject) == ("boss", "anna")
    assert [message.to for message in mail.outbox] == [["anna@example.org"]]
    client.post(reverse("accounts:reset_second_factor", args=[boss.pk]))
    assert Authenticator.objects.filter(user=boss).exists()


def test_nobody_else_resets_factors(client, enrolled, settings):
    settings.SECOND_FACTOR = "off"
    client.force_login(make_user("editor", group=EDITORS))
    client.post(reverse("accounts:reset_second_factor", args=[enrolled.pk]))
    assert Authenticator.objects.filter(user=enrolled).exists()


def test_nobody_signs_up(rf):
    assert not AccountAdapter().is_open_for_signup(rf.get("/"))
    with pytest.raises(NoReverseMatch):
        reverse("account_signup")


def test_sign_in_page_says_when_no_factor_is_asked_for(client, db, settings):
    text = "without a second factor"
    assert text not in client.get(reverse("wagtailadmin_login")).content.decode()
    settings.SECOND_FACTOR = "off"
    assert text in client.get(reverse("wagtailadmin_login")).content.decode()
