"""Giving rights to others needs a sign-in, or a confirmation, that is not long ago."""

import re
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts.middleware import GIVING_RIGHTS, NAMING_EDITORS, OPEN_SECONDS, SEND_SECONDS
from home.models import DeliverableEditor, ResultsPage, WorkPackage
from home.permissions import EDITORS
from home.roles import PARTNER_EDITORS, translators
from tests.factories.pages import make_page
from tests.factories.project import make_organisation
from tests.factories.users import is_signed_in, make_user
from tests.forms import served_forms
from tests.html import soup
from tests.routes import all_routes

pytestmark = pytest.mark.any_database

PASSWORD = "a long enough password"


@pytest.fixture
def boss(client, db, settings) -> User:
    settings.SECOND_FACTOR = "personal_data"
    user = User.objects.create_user("boss", "boss@example.org", PASSWORD, is_superuser=True)
    client.force_login(user)
    session = client.session
    session["has_second_factor"] = True
    session.save()
    return user


@pytest.fixture
def confirmed(client, boss):
    """Let the session be one whose user entered the password some seconds ago."""

    def confirm(seconds: float) -> None:
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        session = client.session
        for record in session[AUTHENTICATION_METHODS_SESSION_KEY]:
            record["at"] = time.time() - seconds
        session.save()

    return confirm


def address(name: str, pk: int) -> str:
    for args in ([], [pk], [pk, pk]):
        try:
            return reverse(name, args=args)
        except NoReverseMatch:
            continue
    raise AssertionError(name)


def leads_to_the_password(answer) -> bool:
    return answer.status_code == 302 and answer.url.startswith(reverse("account_reauthenticate"))


def keeps_the_form(answer) -> bool:
    """Return whether the form was refused, and is kept with a link to the confirmation."""
    link = soup(answer).select_one("main a[target=_blank]")
    return answer.status_code == 403 and link is not None and link["href"].startswith(reverse("account_reauthenticate"))


@pytest.mark.parametrize("name", sorted(GIVING_RIGHTS | NAMING_EDITORS))
def test_an_old_session_gives_no_rights(client, confirmed, name):
    url = address(name, make_user("other", group=EDITORS).pk)
    confirmed(OPEN_SECONDS + 60)
    assert leads_to_the_password(client.get(url))
    confirmed(SEND_SECONDS + 60)
    answer = client.post(url, {"is_superuser": "on"})
    assert keeps_the_form(answer)
    # The confirmation leads to a page, and the form can then be sent.
    confirmation = soup(answer).select_one("main a[target=_blank]")["href"]
    back = client.post(confirmation, {"password": PASSWORD, "next": parse_qs(urlsplit(confirmation).query)["next"][0]})
    assert client.get(back.url).status_code == 200
    [form] = served_forms(answer, url)
    assert form.data["is_superuser"] == ["on"]
    assert client.post(form.action, form.data).status_code in {200, 302, 404, 405, 422}


def test_every_view_that_changes_accounts_or_groups_gives_rights():
    spaces = ("wagtailusers_users:", "wagtailusers_groups:")
    reading = re.compile(r"index|index_results|history|history_results|usage")
    views = {route.name for route in all_routes() if route.name.startswith(spaces)}
    assert {name for name in views if not reading.fullmatch(name.partition(":")[2])} <= GIVING_RIGHTS


@pytest.mark.parametrize("action", ["delete", "set_active_state", "assign_role"])
def test_an_old_session_changes_no_accounts_by_a_list(client, confirmed, action):
    other = make_user("other")
    confirmed(SEND_SECONDS + 60)
    url = f"{reverse('wagtail_bulk_action', args=['auth', 'user', action])}?id={other.pk}"
    role = Group.objects.get(name=EDITORS).pk
    assert keeps_the_form(client.post(url, {"role": role, "mark_as_active": "on"}))
    assert User.objects.filter(pk=other.pk, groups=None).exists()


def test_an_old_session_names_no_accounts_of_an_organisation(client, confirmed, home_page):
    friend, organisation = make_user("friend", group=PARTNER_EDITORS), make_organisation("Partner")
    url = reverse("wagtailsnippets_home_organisation:edit", args=[organisation.pk])
    confirmed(OPEN_SECONDS - 60)
    form = next(form for form in served_forms(client.get(url), url) if "name" in form.data)
    confirmed(SEND_SECONDS + 60)
    data = form.data | {"editors": [str(friend.pk)], "action-publish": "1"}
    refused = client.post(url, data)
    assert keeps_the_form(refused)
    assert not organisation.editors.exists()
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    [kept] = served_forms(refused, url)
    client.post(kept.action, kept.data)
    assert organisation.editors.get() == friend


@pytest.fixture
def results(home_page) -> ResultsPage:
    page = make_page(ResultsPage, home_page, "Results")
    page.work_packages.add(WorkPackage(number=1, title="Package", locale=page.locale))
    page.save()
    return page


@pytest.mark.parametrize("action", ["add", "edit", "revisions_revert"])
def test_an_old_session_names_no_organisation_that_edits_deliverables(client, confirmed, results, home_page, action):
    revision = results.save_revision()
    args = {
        "add": ["home", "resultspage", home_page.pk],
        "edit": [results.pk],
        "revisions_revert": [results.pk, revision.pk],
    }[action]
    url = reverse(f"wagtailadmin_pages:{action}", args=args)
    confirmed(OPEN_SECONDS + 60)
    assert leads_to_the_password(client.get(url))
    confirmed(SEND_SECONDS + 60)
    assert keeps_the_form(client.post(url, {"action-publish": "1"}))
    assert not DeliverableEditor.objects.exists()


def test_other_pages_and_users_who_name_nobody_are_not_asked(client, confirmed, results, home_page):
    confirmed(SEND_SECONDS + 60)
    assert client.get(reverse("wagtailadmin_pages:edit", args=[home_page.pk])).status_code == 200
    member = make_user("member", group=translators("en"))
    client.force_login(member)
    assert client.get(reverse("wagtailadmin_pages:edit", args=[results.pk])).status_code == 200


def test_users_who_name_no_accounts_are_not_asked_on_the_form_of_an_organisation(client, home_page, settings):
    settings.SECOND_FACTOR = "personal_data"
    member, organisation = make_user("member", group=PARTNER_EDITORS), make_organisation("Partner")
    organisation.editors.add(member)
    client.force_login(member)
    url = reverse("wagtailsnippets_home_organisation:edit", args=[organisation.pk])
    assert client.get(url).status_code == 200


def test_confirming_goes_on_with_the_form(client, boss):
    url = reverse("wagtailusers_users:add")
    asked = client.get(url)
    answer = client.post(asked.url, {"password": PASSWORD, "next": url})
    assert (answer.status_code, answer.url) == (302, url)
    assert client.get(url).status_code == 200


def test_a_form_that_was_opened_in_time_can_be_sent(client, confirmed):
    other = make_user("other", group=EDITORS)
    url = reverse("accounts:reset_second_factor", args=[other.pk])
    confirmed(OPEN_SECONDS - 60)
    assert client.get(url).status_code == 200
    confirmed(SEND_SECONDS - 60)
    assert client.post(url).url == reverse("wagtailusers_users:index")


def test_other_screens_do_not_ask(client, boss):
    assert client.get(reverse("wagtailusers_users:index")).status_code == 200
    assert client.get(reverse("wagtailadmin_home")).status_code == 200


def test_the_demo_does_not_ask(client, boss, settings):
    settings.SECOND_FACTOR = "off"
    assert client.get(reverse("wagtailusers_users:add")).status_code == 200


HOSTILE = 'a "quoted" <b>name</b>\nwith two lines, Ääkköset & \u0395\u03bb\u03bb\u03ac\u03b4\u03b1'


def test_what_was_entered_is_kept_except_passwords_and_files(client, confirmed):
    url = reverse("wagtailusers_users:add")
    confirmed(SEND_SECONDS + 60)
    data = {
        "username": HOSTILE,
        "groups": ["2", "3"],
        "password1": "secret one",
        "password2": "secret two",
        "empty": "",
    }
    answer = client.post(url + "?next=x", data | {"portrait": SimpleUploadedFile("me.png", b"x")})
    assert keeps_the_form(answer)
    [form] = served_forms(answer, url)
    assert form.action == url + "?next=x"
    assert (form.data["username"], form.data["groups"], form.data["empty"]) == ([HOSTILE], ["2", "3"], [""])
    assert "secret" not in answer.text
    assert [field["name"] for field in soup(answer).select("main input[type=password]")] == ["password1", "password2"]
    assert "me.png" in answer.text
    assert soup(answer).select_one("main form")["enctype"] == "multipart/form-data"
    assert "no-store" in answer["Cache-Control"]


def test_a_form_of_another_site_is_not_kept(boss):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(boss)
    answer = browser.post(reverse("wagtailusers_users:add"), {"username": "evil", "is_superuser": "on"})
    assert answer.status_code == 403
    assert "evil" not in answer.text


def test_the_editor_is_told_why_it_does_not_save_automatically(client, confirmed, results):
    confirmed(SEND_SECONDS + 60)
    url = reverse("wagtailadmin_pages:edit", args=[results.pk])
    answer = client.post(url, {"title": "New"}, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["success"], answer.json()["error_code"]) == (403, False, "locked")
    assert "confirm that it is you" in answer.json()["error_message"]


def test_a_form_of_an_idle_session_is_kept_until_its_user_has_signed_in_again(client, boss):
    url = reverse("wagtailusers_users:edit", args=[make_user("other").pk])
    session = client.session
    session["last_activity"] = int(time.time()) - 24 * 3600
    session.save()
    as_browsers_do = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    answer = client.post(url, {"first_name": "Typed"}, headers=as_browsers_do)
    assert (answer.status_code, is_signed_in(client)) == (403, False)
    [form] = served_forms(answer, url)
    assert (form.action, form.data["first_name"]) == (url, ["Typed"])
    link = urlsplit(soup(answer).select_one("main a[target=_blank]")["href"])
    assert (link.path, parse_qs(link.query)["next"]) == (reverse("wagtailadmin_login"), [reverse("accounts:confirmed")])


@pytest.mark.parametrize("headers", [{}, {"Accept": "*/*"}, {"Accept": "application/json"}])
def test_what_a_script_sends_in_an_idle_session_leads_to_the_sign_in(client, boss, headers):
    session = client.session
    session["last_activity"] = int(time.time()) - 24 * 3600
    session.save()
    answer = client.post(reverse("wagtailusers_users:add"), {"first_name": "Typed"}, headers=headers)
    assert (answer.status_code, answer.url) == (302, f"{reverse('wagtailadmin_login')}?next=")
