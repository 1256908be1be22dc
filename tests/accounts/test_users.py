"""The list and form of accounts, and what happens when someone leaves."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.urls import reverse
from wagtail.models import Page

from accounts.hand_over import leave
from accounts.models import AccessRecord, Action, UserSession
from home.models import ContentPage
from home.permissions import PARTNER_EDITORS
from tests.factories.project import make_organisation
from tests.factories.users import make_editor, make_user
from tests.html import soup

pytestmark = pytest.mark.any_database

QUERIES_OF_THE_LIST = 18


@pytest.fixture
def partner(db):
    return make_organisation("Turku")


@pytest.fixture
def leaver(partner) -> User:
    user = make_user("leaver", group=PARTNER_EDITORS)
    partner.editors.add(user)
    return user


def test_the_list_shows_partner_roles_and_languages(admin_client, leaver):
    leaver.groups.add(Group.objects.get(name="Translators: Finnish"))
    make_user("alone")
    page = soup(admin_client.get(reverse("wagtailusers_users:index")))
    rows = {
        row.select_one(".username").get_text(strip=True): row.get_text(" ", strip=True)
        for row in page.select("main tbody tr")
    }
    assert "Turku Partner editors, Translator: Finnish" in rows["leaver"]
    assert "Turku" not in rows["alone"]


def test_the_list_leads_those_to_invitations_who_may_invite(client, admin_client, manager):
    address = reverse("accounts:invite")
    users = reverse("wagtailusers_users:index")
    assert "Invite someone" in soup(admin_client.get(users)).select_one(f'a[href="{address}"]').get_text()
    manager.groups.get().permissions.remove(Permission.objects.get(codename="add_user"))
    client.force_login(manager)
    response = client.get(users)
    assert response.status_code == 200
    assert not soup(response).select(f'a[href="{address}"]')


def test_an_organisation_lists_its_accounts_by_the_names_of_people(admin_client, leaver, partner):
    user = make_user("zz", group=PARTNER_EDITORS)
    User.objects.filter(pk=user.pk).update(first_name="Aino", last_name="Aalto")
    shown = soup(admin_client.get(reverse("wagtailsnippets_home_organisation:edit", args=[partner.pk])))
    labels = [label.get_text(strip=True) for label in shown.select("#id_editors label")]
    assert "Aino Aalto" in labels
    assert "zz" not in labels


def test_the_list_is_filtered_by_partner(admin_client, leaver, partner):
    url = reverse("wagtailusers_users:index")
    page = soup(admin_client.get(url, {"organisation": str(partner.translation_key)}))
    assert [cell.get_text(strip=True) for cell in page.select("main tbody .username")] == ["leaver"]
    assert admin_client.get(url, {"organisation": "wrong"}).status_code == 200


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_has_a_constant_number_of_queries(number, admin_client, partner, django_assert_num_queries):
    for index in range(number):
        partner.editors.add(make_user(f"user{index}", group=PARTNER_EDITORS))
    url = reverse("wagtailusers_users:index")
    admin_client.get(url)
    with django_assert_num_queries(QUERIES_OF_THE_LIST):
        admin_client.get(url)


def test_the_form_moves_an_account_to_another_partner(admin_client, leaver, partner):
    other = make_organisation("Tallinn")
    url = reverse("wagtailusers_users:edit", args=[leaver.pk])
    field = soup(admin_client.get(url)).select_one("select[name=organisation] option[selected]")
    assert field["value"] == str(partner.translation_key)
    form = {"username": "leaver", "email": "l@example.org", "first_name": "L", "last_name": "L", "is_active": "on"}
    admin_client.post(url, form | {"organisation": str(other.translation_key)})
    assert list(leaver.organisations.all()) == [other]
    admin_client.post(url, form | {"organisation": ""})
    assert list(leaver.organisations.all()) == []


def test_who_leaves_is_deactivated_and_hands_over(admin_client, leaver, partner, home_page):
    successor = make_user("successor", group=PARTNER_EDITORS)
    partner.editors.add(successor)
    page = home_page.add_child(
        instance=ContentPage(title="Theirs", slug="theirs", locale=home_page.locale, owner=leaver)
    )
    page.locked, page.locked_by = True, leaver
    page.save()
    UserSession.objects.create(user=leaver, session_key="s")
    url = reverse("accounts:leaving", args=[leaver.pk])
    shown = soup(admin_client.get(url))
    assert [cell.get_text(strip=True) for cell in shown.select("main tbody td")][:3] == ["0", "1", "1"]

    assert admin_client.post(url, {"successor": successor.pk}).status_code == 302

    leaver.refresh_from_db()
    page = Page.objects.get(pk=page.pk)
    assert (leaver.is_active, list(leaver.organisations.all()), page.owner, page.locked) == (
        False,
        [],
        successor,
        False,
    )
    assert not UserSession.objects.filter(user=leaver).exists()
    record = AccessRecord.objects.get(action=Action.HANDED_OVER)
    assert (record.username, record.subject, record.detail) == ("admin", "leaver", {"to": "successor", "number": 2})


def test_leaving_again_changes_nothing(leaver):
    leave(leaver, None)
    leave(leaver, None)
    assert not User.objects.get(pk=leaver.pk).is_active


def test_pages_cannot_go_to_the_leaver_or_an_inactive_account(admin_client, leaver):
    inactive = make_user("inactive", is_active=False)
    url = reverse("accounts:leaving", args=[leaver.pk])
    for successor in (leaver, inactive):
        assert admin_client.post(url, {"successor": successor.pk}).status_code == 422
    assert User.objects.get(pk=leaver.pk).is_active


def test_editors_cannot_deactivate_and_nobody_themselves(client, admin_client, admin_user, leaver):
    client.force_login(make_editor())
    client.post(reverse("accounts:leaving", args=[leaver.pk]), {"successor": ""})
    admin_client.post(reverse("accounts:leaving", args=[admin_user.pk]), {"successor": ""})
    assert User.objects.filter(is_active=True, pk__in=[leaver.pk, admin_user.pk]).count() == 2


@pytest.fixture
def manager(db) -> User:
    """Someone who manages accounts and is no administrator."""
    managers = Group.objects.create(name="Managers of accounts")
    managers.permissions.set(Permission.objects.filter(codename__in=["add_user", "change_user", "delete_user"]))
    user = make_user("manager")
    user.groups.add(managers)
    return user


NAMES = {"first_name": "Nina", "last_name": "Salo"}


def test_only_administrators_make_administrators(client, manager, leaver):
    client.force_login(manager)
    passwords = dict.fromkeys(["password1", "password2"], "a long enough password")
    new = NAMES | passwords | {"username": "new", "email": "new@example.org", "is_superuser": "on"}
    assert client.post(reverse("wagtailusers_users:add"), new).status_code == 302
    old = NAMES | {"username": "leaver", "email": "leaver@example.org", "is_active": "on", "is_superuser": "on"}
    assert client.post(reverse("wagtailusers_users:edit", args=[leaver.pk]), old).status_code == 302
    assert list(User.objects.filter(first_name="Nina", is_superuser=False).order_by("pk")) == [
        leaver,
        User.objects.get(username="new"),
    ]


def test_only_administrators_change_administrators(client, manager, admin_user):
    client.force_login(manager)
    values = NAMES | {"username": "admin", "email": "manager@example.org", "is_active": "on", "is_superuser": "on"}
    assert client.post(reverse("wagtailusers_users:edit", args=[admin_user.pk]), values).status_code == 302
    url = reverse("wagtail_bulk_action", args=["auth", "user", "set_active_state"])
    client.post(f"{url}?id={admin_user.pk}", {"mark_as_active": "False"})
    admin_user.refresh_from_db()
    assert (admin_user.email, admin_user.is_active) == ("admin@example.com", True)


def test_accounts_that_are_deactivated_from_the_list_leave_nothing_open(admin_client, leaver):
    browser = Client()
    browser.force_login(leaver)
    url = reverse("wagtail_bulk_action", args=["auth", "user", "set_active_state"])
    for state in ("False", "True"):
        admin_client.post(f"{url}?id={leaver.pk}", {"mark_as_active": state})
    leaver.refresh_from_db()
    assert leaver.is_active
    assert browser.get(reverse("wagtailadmin_home")).status_code == 302
    assert not UserSession.objects.filter(user=leaver).exists()
    changes = AccessRecord.objects.filter(action=Action.ACCOUNT_CHANGED, subject="leaver").order_by("pk")
    assert [row.detail for row in changes] == [{"is_active": False}, {"is_active": True}]
