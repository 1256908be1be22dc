"""Single sign-on, against a provider on this machine that speaks OpenID Connect."""

import logging
import time
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.contrib.auth.models import Group, Permission, User
from django.core import mail
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from oidc_provider_mock import User as ProviderUser
from oidc_provider_mock import run_server_in_thread

from accounts import single_sign_on
from accounts.models import AccessRecord, Action
from home.permissions import EDITORS, EVENT_ORGANISERS
from tests.factories.users import is_signed_in, make_user
from tests.html import soup

# The provider in the tests uses old functions of its own library.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.any_database,
    pytest.mark.filterwarnings("ignore::DeprecationWarning:authlib"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:oidc_provider_mock"),
]
PASSWORD = "a long enough password"
SECRET = "JBSWY3DPEHPK3PXP"
PEOPLE = {
    "anna": {"email": "anna@example.org", "given_name": "Anna", "family_name": "Virtanen", "groups": ["staff", "x"]},
    "outsider": {"email": "outsider@example.org", "groups": ["x"]},
    "nameless": {"groups": ["staff"]},
    "unconfirmed": {"email": "boss@example.org", "email_verified": False, "groups": ["staff"]},
    "x" * 300: {"email": "long@example.org", "groups": ["staff"]},
    "text": {"email": "text@example.org", "preferred_username": "text", "groups": "staff"},
}


@pytest.fixture(scope="module")
def provider():
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    users = [ProviderUser(sub=name, claims=claims) for name, claims in PEOPLE.items()]
    with run_server_in_thread(user_claims=users) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture(autouse=True)
def configured(settings, db, provider):
    settings.OIDC = {
        "server": provider,
        "name": "Example University",
        "client_id": "site",
        "client_secret": "secret",
        "groups_claim": "groups",
        "groups": {"staff": EDITORS, "events": EVENT_ORGANISERS},
    }
    for name in (EDITORS, EVENT_ORGANISERS):
        group, _is_new = Group.objects.get_or_create(name=name)
        group.permissions.add(Permission.objects.get(codename="access_admin"))


def come_back(client: Client, sub: str, start: str | None = None):
    """Go to the provider, sign in there as `sub`, and return the response to the way back."""
    start = start or reverse("openid_connect_login", kwargs={"provider_id": "sso"})
    there = client.get(start)
    assert there.status_code == 302, there.content
    answer = requests.post(there.url, data={"sub": sub}, allow_redirects=False, timeout=5)
    return client.get(answer.headers["Location"].removeprefix("http://testserver"))


def alert(client: Client) -> str:
    return soup(client.get(reverse("wagtailadmin_login"))).select_one("main, body").get_text(" ", strip=True)


def test_first_sign_in_makes_an_account_with_the_mapped_groups(client):
    response = come_back(client, "anna")
    assert (response.status_code, response.url) == (302, reverse("wagtailadmin_home"))
    user = User.objects.get(email="anna@example.org")
    assert (user.get_full_name(), user.is_superuser) == ("Anna Virtanen", False)
    assert not user.has_usable_password()
    assert [group.name for group in user.groups.all()] == [EDITORS]
    assert AccessRecord.objects.filter(action=Action.GROUPS_CHANGED, subject=user.get_username()).exists()
    # Nothing else that the provider knows is kept.
    assert SocialAccount.objects.get(user=user).extra_data == {"groups": ["staff"]}
    again = Client()
    come_back(again, "anna")
    assert (User.objects.count(), is_signed_in(again)) == (1, True)


def test_groups_follow_the_provider_and_others_stay(client, settings):
    come_back(client, "anna")
    user = User.objects.get(email="anna@example.org")
    other = Group.objects.create(name="Other")
    user.groups.set([other, Group.objects.get(name=EVENT_ORGANISERS)])
    come_back(Client(), "anna")
    assert {group.name for group in user.groups.all()} == {"Other", EDITORS}
    settings.OIDC["groups"] = {"events": EVENT_ORGANISERS}
    user.groups.remove(other)
    user.groups.set([Group.objects.get(name=EVENT_ORGANISERS)])
    browser = Client()
    come_back(browser, "anna")
    assert (user.groups.count(), is_signed_in(browser)) == (0, False)
    assert "you have no role on this site" in alert(browser)


@pytest.mark.parametrize(
    ("sub", "words"),
    [
        ("outsider", "you have no role on this site"),
        ("nameless", "sent no confirmed email address"),
        ("unconfirmed", "sent no confirmed email address"),
        ("x" * 300, "did not work"),
    ],
)
def test_unknown_people_are_refused(client, sub, words):
    assert come_back(client, sub).url == reverse("wagtailadmin_login")
    assert words in alert(client)
    assert not User.objects.exists()
    assert AccessRecord.objects.filter(action=Action.SINGLE_SIGN_ON_REFUSED).count() == 1


@pytest.mark.parametrize("query", ["auth_params=redirect_uri%3Dhttps://evil.example%26state%3Dx", "scope=admin"])
def test_a_link_to_the_sign_in_changes_nothing_of_what_the_provider_is_asked(query, client):
    start = reverse("openid_connect_login", kwargs={"provider_id": "sso"})
    asked, plain = (parse_qs(urlsplit(client.get(url).url).query) for url in (f"{start}?{query}", start))
    assert {name: sorted(asked[name][0].split()) for name in ("redirect_uri", "scope", "client_id")} == {
        name: sorted(plain[name][0].split()) for name in ("redirect_uri", "scope", "client_id")
    }
    assert asked["state"][0] in client.session["socialaccount_states"]


def test_who_is_signed_in_has_to_sign_in_again_at_the_provider(client):
    start = reverse("openid_connect_login", kwargs={"provider_id": "sso"})
    before = client.get(start).url
    client.force_login(make_user("member", group=EDITORS))
    asked = [parse_qs(urlsplit(url).query) for url in (before, client.get(start).url)]
    assert [query.get("prompt") for query in asked] == [None, ["login"]]
    # With it, the provider states when the user signed in there.
    assert [query.get("max_age") for query in asked] == [["86400"], ["0"]]


def test_user_information_of_someone_else_is_refused(client, monkeypatch):
    monkeypatch.setattr(
        OpenIDConnectOAuth2Adapter, "_fetch_user_info", lambda *args: PEOPLE["anna"] | {"sub": "someone else"}
    )
    come_back(client, "anna")
    assert "did not work" in alert(client)
    assert not User.objects.exists()


@pytest.mark.parametrize("change", [{"exp": None}, {"aud": ["site", "other"], "azp": "other"}, {"azp": ""}])
def test_an_id_token_without_an_end_or_for_another_client_is_refused(client, monkeypatch, change):
    decode = OpenIDConnectOAuth2Adapter._decode_id_token

    def decoded(*args: object) -> dict[str, object]:
        claims = decode(*args) | change
        return {name: value for name, value in claims.items() if value is not None}

    monkeypatch.setattr(OpenIDConnectOAuth2Adapter, "_decode_id_token", decoded)
    come_back(client, "anna")
    assert "did not work" in alert(client)
    assert not User.objects.exists()


def test_two_first_sign_ins_at_once_are_no_fault(client, monkeypatch):
    def taken(*args: object) -> None:
        raise IntegrityError

    monkeypatch.setattr(single_sign_on, "set_groups", taken)
    come_back(client, "anna")
    assert "did not work" in alert(client)


def test_a_username_in_other_letters_is_normalised(client, monkeypatch):
    person = PEOPLE["anna"] | {"sub": "anna", "preferred_username": "\uff21nna"}
    monkeypatch.setattr(OpenIDConnectOAuth2Adapter, "_fetch_user_info", lambda *args: person)
    come_back(client, "anna")
    assert User.objects.get().get_username() == "Anna"


def test_claim_may_be_a_single_text(client):
    come_back(client, "text")
    assert User.objects.get(username="text").groups.get().name == EDITORS


def test_account_with_the_same_address_is_not_taken_over(client):
    user = User.objects.create_user("chief", "Anna@example.org", PASSWORD, is_superuser=True)
    assert come_back(client, "anna").url == reverse("wagtailadmin_login")
    assert "There is an account with your email address already" in alert(client)
    assert not is_signed_in(client)
    assert not SocialAccount.objects.filter(user=user).exists()


def test_same_username_makes_another_account(client):
    User.objects.create_user("text", "other@example.org", PASSWORD, is_superuser=True)
    come_back(client, "text")
    user = User.objects.get(email="text@example.org")
    assert (user.get_username() != "text", user.is_superuser) == (True, False)


def test_deactivated_account_is_refused(client):
    come_back(Client(), "anna")
    User.objects.update(is_active=False)
    come_back(client, "anna")
    assert not is_signed_in(client)
    assert "deactivated" in alert(client)


def test_second_factor_is_asked_for_after_single_sign_on(client, settings):
    settings.SECOND_FACTOR = "all"
    come_back(client, "anna")
    assert client.get(reverse("wagtailadmin_home")).url == reverse("mfa_index")
    # Without a password, a recent sign-in is enough to set the factor up; later the provider is asked again.
    assert client.get(reverse("mfa_activate_totp")).status_code == 200
    session = client.session
    session["account_authentication_methods"] = [
        entry | {"at": entry["at"] - 600} for entry in session["account_authentication_methods"]
    ]
    session.save()
    assert client.get(reverse("mfa_activate_totp")).url.startswith(single_sign_on.start_url())
    TOTP.activate(User.objects.get(email="anna@example.org"), SECRET)
    browser = Client()
    assert come_back(browser, "anna").url == reverse("mfa_authenticate")
    assert not is_signed_in(browser)


@pytest.fixture
def stated_time(monkeypatch):
    """Let the provider state another time of the sign-in there, or none if the time is None."""
    decode = OpenIDConnectOAuth2Adapter._decode_id_token

    def state(moment: object) -> None:
        def decoded(*args: object) -> dict[str, object]:
            claims = {name: value for name, value in decode(*args).items() if name != "auth_time"}
            return claims if moment is None else claims | {"auth_time": moment}

        monkeypatch.setattr(OpenIDConnectOAuth2Adapter, "_decode_id_token", decoded)

    return state


def may_invite(client: Client) -> bool:
    """Return whether the user, who gets the permission to invite people, is not asked to confirm who they are."""
    User.objects.get().user_permissions.add(Permission.objects.get(codename="add_user"))
    session = client.session
    session["has_second_factor"] = True
    session.save()
    return client.get(reverse("accounts:invite")).status_code == 200


@pytest.mark.parametrize("is_old", [True, False])
def test_a_sign_in_counts_from_the_time_at_the_provider(client, settings, stated_time, is_old):
    settings.SECOND_FACTOR = "personal_data"
    stated_time(int(time.time()) - 8 * 3600 * is_old)
    come_back(client, "anna")
    assert may_invite(client) != is_old
    # Signing out and in again makes an old session at the provider no newer.
    client.post(reverse("wagtailadmin_logout"))
    come_back(client, "anna")
    assert may_invite(client) != is_old


@pytest.mark.parametrize("moment", [None, "now", float("nan"), -1, True, []])
def test_a_sign_in_without_a_time_is_not_recent(client, settings, stated_time, moment):
    settings.SECOND_FACTOR = "personal_data"
    stated_time(moment)
    come_back(client, "anna")
    assert is_signed_in(client)
    assert not may_invite(client)


def test_an_old_session_at_the_provider_does_not_confirm_who_the_user_is(client, settings, stated_time):
    come_back(client, "anna")
    stated_time(int(time.time()) - 8 * 3600)
    before = client.session["account_authentication_methods"]
    # A user can take `prompt` and `max_age` out of the address.
    asked = urlsplit(client.get(f"{single_sign_on.start_url()}?next={reverse('accounts:invite')}").url)
    query = {name: value for name, value in parse_qs(asked.query).items() if name not in {"prompt", "max_age"}}
    changed = asked._replace(query=urlencode(query, doseq=True)).geturl()
    answer = requests.post(changed, data={"sub": "anna"}, allow_redirects=False, timeout=5)
    back = client.get(answer.headers["Location"].removeprefix("http://testserver"), follow=True)
    # The user stays signed in, and is not sent to the provider again.
    assert (back.status_code, back.redirect_chain[-1][0]) == (200, reverse("wagtailadmin_home"))
    assert "did not confirm that you have just signed in there" in back.text
    assert client.session["account_authentication_methods"] == before
    assert AccessRecord.objects.filter(action=Action.SINGLE_SIGN_ON_REFUSED).count() == 1


def connect_link(client: Client) -> str:
    return soup(client.get(reverse("accounts:single_sign_on"))).select_one("a.button[href*=connect]")["href"]


def recently_signed_in(client: Client) -> User:
    user = make_user("member", group=EDITORS)
    user.email = "member@example.org"
    user.set_password(PASSWORD)
    user.save()
    client.post(reverse("wagtailadmin_login"), {"username": user.get_username(), "password": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return user


def test_owner_connects_and_disconnects_an_account(client, home_page, django_capture_on_commit_callbacks):
    user = recently_signed_in(client)
    with django_capture_on_commit_callbacks(execute=True):
        begun = client.get(connect_link(client))
        response = come_back(client, "anna", begun.url)
    assert response.url == reverse("accounts:single_sign_on")
    assert SocialAccount.objects.get().user == user
    assert "single sign-on" in mail.outbox[-1].subject
    # The same person now signs in without the password, and gets the mapped group.
    browser = Client()
    come_back(browser, "anna")
    assert browser.session["_auth_user_id"] == str(user.pk)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("accounts:single_sign_on"))
    assert not SocialAccount.objects.exists()
    actions = set(AccessRecord.objects.values_list("action", flat=True))
    assert {Action.SINGLE_SIGN_ON_ADDED, Action.SINGLE_SIGN_ON_REMOVED} <= actions


def test_only_the_owner_starts_a_connection(client, home_page):
    recently_signed_in(client)
    start = reverse("openid_connect_login", kwargs={"provider_id": "sso"}) + "?process=connect"
    come_back(client, "anna", start)
    assert not SocialAccount.objects.exists()
    assert client.get(reverse("accounts:connect_single_sign_on", args=["wrong"])).status_code == 404
    link = connect_link(client)
    other = Client()
    other.force_login(make_user("other", group=EDITORS))
    assert other.get(link).status_code == 404


def test_a_connection_that_was_given_up_is_not_finished_by_a_foreign_page(client, home_page, monkeypatch):
    recently_signed_in(client)
    monkeypatch.setattr(single_sign_on, "CONNECT_SECONDS", -1)
    client.get(connect_link(client))
    start = reverse("openid_connect_login", kwargs={"provider_id": "sso"}) + "?process=connect"
    come_back(client, "anna", start)
    assert not SocialAccount.objects.exists()


def test_one_person_of_the_provider_has_one_account(client, home_page):
    come_back(Client(), "anna")
    recently_signed_in(client)
    come_back(client, "anna", client.get(connect_link(client)).url)
    assert SocialAccount.objects.count() == 1
    assert "connected with another account" in client.get(reverse("accounts:single_sign_on")).content.decode()


def test_only_way_to_sign_in_cannot_be_removed(client, home_page):
    come_back(client, "anna")
    page = client.get(reverse("accounts:single_sign_on"))
    assert "your only way to sign in" in page.content.decode()
    client.post(reverse("accounts:single_sign_on"))
    assert SocialAccount.objects.exists()
    account = client.get(reverse("wagtailadmin_account")).content.decode()
    assert reverse("accounts:change_email") not in account
    assert reverse("accounts:single_sign_on") in account


@pytest.mark.parametrize(
    "query", ["", "?code=x", "?state=x&code=y", "?error=access_denied&state=x", "?error=server_error"]
)
def test_wrong_way_back_is_refused_in_words(client, query):
    response = client.get(reverse("openid_connect_callback", kwargs={"provider_id": "sso"}) + query)
    assert response.url == reverse("wagtailadmin_login")
    assert "did not work" in alert(client)


def test_provider_that_does_not_answer(client, settings):
    settings.OIDC["server"] = "http://127.0.0.1:9"
    response = client.get(reverse("openid_connect_login", kwargs={"provider_id": "sso"}))
    assert response.url == reverse("wagtailadmin_login")
    assert "did not work" in alert(client)


def test_without_a_provider_there_is_no_single_sign_on(client, settings, home_page):
    link = reverse("openid_connect_login", kwargs={"provider_id": "sso"})
    assert link in client.get(reverse("wagtailadmin_login")).content.decode()
    settings.OIDC["server"] = ""
    assert link not in client.get(reverse("wagtailadmin_login")).content.decode()
    assert client.get(link).status_code == 404
    assert client.get(reverse("openid_connect_callback", kwargs={"provider_id": "sso"})).status_code == 404
    recently_signed_in(client)
    assert client.get(reverse("accounts:single_sign_on")).status_code == 404
    assert reverse("accounts:single_sign_on") not in client.get(reverse("wagtailadmin_account")).content.decode()


# Attacks


def way_back(client: Client, sub: str, start: str | None = None) -> str:
    """Sign in at the provider as `sub`, and return the address to which it leads back."""
    there = client.get(start or single_sign_on.start_url())
    answer = requests.post(there.url, data={"sub": sub}, allow_redirects=False, timeout=5)
    return answer.headers["Location"].removeprefix("http://testserver")


def with_claims(monkeypatch, **claims: object) -> None:
    """Let the provider send other user information about Anna."""
    person = PEOPLE["anna"] | {"sub": "anna"} | claims
    monkeypatch.setattr(OpenIDConnectOAuth2Adapter, "_fetch_user_info", lambda *args: person)


def test_a_way_back_belongs_to_one_browser(client):
    back = way_back(Client(), "anna")
    client.get(single_sign_on.start_url())
    client.get(back)
    assert not is_signed_in(client)
    assert "did not work" in alert(client)


def test_a_way_back_works_once(client):
    back = way_back(client, "anna")
    client.get(back)
    client.post(reverse("wagtailadmin_logout"))
    client.get(back)
    assert not is_signed_in(client)


def test_a_code_of_another_browser_is_refused_with_ones_own_state(client):
    stolen = parse_qs(urlsplit(way_back(Client(), "anna")).query)["code"][0]
    own = urlsplit(way_back(client, "text"))
    query = urlencode({name: values[0] for name, values in parse_qs(own.query).items()} | {"code": stolen})
    client.get(own._replace(query=query).geturl())
    assert not is_signed_in(client)
    assert not User.objects.exists()


@pytest.mark.parametrize("nonce", [None, "", "x", ["x"], 1])
def test_an_id_token_with_another_nonce_is_refused(client, monkeypatch, nonce):
    decode = OpenIDConnectOAuth2Adapter._decode_id_token
    monkeypatch.setattr(OpenIDConnectOAuth2Adapter, "_decode_id_token", lambda *args: decode(*args) | {"nonce": nonce})
    come_back(client, "anna")
    assert (User.objects.count(), is_signed_in(client)) == (0, False)


@pytest.mark.parametrize("verified", [False, "false", "False", None, 0, [], {}, ""])
def test_an_address_that_is_not_confirmed_is_not_used(client, monkeypatch, verified):
    User.objects.create_user("boss", "boss@example.org", PASSWORD, is_superuser=True)
    with_claims(monkeypatch, email="boss@example.org", email_verified=verified)
    come_back(client, "anna")
    assert (User.objects.count(), is_signed_in(client)) == (1, False)


def test_an_address_that_the_id_token_calls_unconfirmed_is_not_used(client, monkeypatch):
    decode = OpenIDConnectOAuth2Adapter._decode_id_token
    monkeypatch.setattr(
        OpenIDConnectOAuth2Adapter, "_decode_id_token", lambda *args: decode(*args) | {"email_verified": False}
    )
    with_claims(monkeypatch)
    come_back(client, "anna")
    assert "sent no confirmed email address" in alert(client)
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "groups",
    ["Administrators", EDITORS, [EDITORS, "superuser"], {"staff": True}, [["staff"]], [{"staff": 1}], 5, [None]],
)
def test_made_up_groups_give_nothing(client, monkeypatch, groups):
    with_claims(monkeypatch, sub="outsider", groups=groups, is_superuser=True, is_staff=True)
    come_back(client, "outsider")
    assert not User.objects.exists()
    assert "you have no role on this site" in alert(client)


@pytest.mark.parametrize(
    "email",
    ["", "no address", ["anna@example.org"], {"a": 1}, 5, "a@example.org\nBcc: b@example.org", "x" * 300 + "@a.org"],
)
def test_what_is_no_address_makes_no_account(client, monkeypatch, email):
    with_claims(monkeypatch, email=email)
    assert come_back(client, "anna").url == reverse("wagtailadmin_login")
    assert not User.objects.exists()


MARKUP = "<img src=x onerror=alert(1)>"


@pytest.mark.parametrize("name", ["given_name", "family_name", "preferred_username", "name"])
@pytest.mark.parametrize("value", [MARKUP, "x" * 500, "Anna\r\nBcc: b@example.org\u202e\x00", ["Anna"], {"a": 1}, 5])
def test_any_name_is_text_without_effect(client, monkeypatch, name, value):
    with_claims(monkeypatch, **{name: value})
    response = come_back(client, "anna")
    assert response.status_code == 302
    for user in User.objects.all():
        assert not any(letter in user.get_full_name() + user.get_username() for letter in "\r\n\x00\u202e")
        user.clean_fields(exclude=["password"])
        boss = Client()
        boss.force_login(User.objects.create_superuser("boss"))
        assert MARKUP not in boss.get(reverse("wagtailusers_users:index")).text


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_next_leads_to_no_other_site(client, target):
    for _time in range(2):
        response = come_back(client, "anna", f"{single_sign_on.start_url()}?{urlencode({'next': target})}")
        assert response.url == reverse("wagtailadmin_home")


@pytest.mark.parametrize("part", ["token", "userinfo", "jwks", "id_token"])
def test_errors_of_the_provider_on_the_way_back_are_refused_in_words(client, monkeypatch, part):
    back = way_back(client, "anna")
    real = requests.Session.send

    def send(session, request, **kwargs):
        response = real(session, request, **kwargs)
        if part in request.url:
            response.status_code, response._content = 500, b"<h1>Error</h1>"
        elif part == "id_token" and "token" in request.url:
            response._content = b'{"access_token": "x", "token_type": "Bearer", "id_token": "a.b.c"}'
        return response

    monkeypatch.setattr(requests.Session, "send", send)
    client.get(back)
    assert is_signed_in(client) == (part == "jwks")


def test_a_slow_provider_is_not_waited_for(client, monkeypatch):
    back = way_back(client, "anna")
    waits: list[object] = []

    def send(session, request, **kwargs):
        waits.append(kwargs["timeout"])
        raise requests.ReadTimeout

    monkeypatch.setattr(requests.Session, "send", send)
    assert client.get(back).url == reverse("wagtailadmin_login")
    assert waits
    assert all(isinstance(wait, int) and wait <= 10 for wait in waits)
