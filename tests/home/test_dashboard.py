"""The dashboard: the forms of its panels, posted as each group's dashboard shows them, and its tasks."""

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from wagtail.users.models import UserProfile

from home import permissions
from home.models import ContentPage, Organisation
from tests.factories.events import publish
from tests.factories.translations import make_translations
from tests.html import soup

pytestmark = pytest.mark.any_database

GROUPS = [
    permissions.EDITORS,
    permissions.PARTNER_EDITORS,
    permissions.EVENT_ORGANISERS,
    "Translators: English",
    "Translators: Finnish",
    "Translators: Estonian",
    "Translators: Greek",
]


@pytest.fixture
def browser(db):
    """A client that checks CSRF tokens, signed in as a member of a group, or as an administrator for "": browser("")."""

    def make(group: str) -> Client:
        user = User.objects.create_user("member", is_superuser=not group)
        if group:
            user.groups.add(Group.objects.get(name=group))
        client = Client(enforce_csrf_checks=True)
        client.force_login(user)
        return client

    return make


def dashboard_forms(client: Client) -> list[tuple[str, dict[str, str]]]:
    """Return action and data of each form of the dashboard that is sent with POST."""
    page = soup(client.get(reverse("wagtailadmin_home")))
    return [
        (form["action"], {field["name"]: field.get("value", "") for field in form.select("input[name]")})
        for form in page.select("main form")
        if form.get("method", "").lower() == "post"
    ]


# The number of languages into which each group may translate a page in English.
STARTED = {"": 3, permissions.EDITORS: 3} | dict.fromkeys(GROUPS[4:], 1)


@pytest.mark.parametrize("group", ["", *GROUPS])
def test_every_form_of_the_dashboard_is_accepted(group, browser, home_page):
    page = home_page.add_child(instance=ContentPage(title="Alone", slug="alone", locale=home_page.locale))
    publish(page)
    client = browser(group)
    forms = dashboard_forms(client)
    assert len(forms) == STARTED.get(group, 0)
    for action, data in forms:
        assert client.post(action, data).status_code == 302
    assert page.get_translations().count() == len(forms)


# Tasks


def task(client: Client, label: str) -> str:
    """Return the address of a task of the dashboard."""
    links = soup(client.get(reverse("wagtailadmin_home"))).select(".tasks a")
    return {link.strong.get_text(strip=True): link["href"] for link in links}[label]


@pytest.mark.parametrize(
    ("group", "admin_language", "code"),
    [
        (permissions.EDITORS, "en", "en"),
        (permissions.EDITORS, "fi", "fi"),
        (permissions.PARTNER_EDITORS, "el", "el"),
        ("Translators: Finnish", "el", "fi"),
        ("", "et", "et"),
    ],
)
def test_editing_a_page_begins_at_the_home_page_of_the_users_language(group, admin_language, code, browser, home_pages):
    client = browser(group)
    UserProfile.objects.create(user=User.objects.get(username="member"), preferred_language=admin_language)
    links = soup(client.get(reverse("wagtailadmin_home"))).select(".tasks a[href]")
    assert reverse("wagtailadmin_explore", args=[home_pages[code].pk]) in [link["href"] for link in links]


def test_partner_editors_edit_their_partner(browser, home_page):
    client = browser(permissions.PARTNER_EDITORS)
    user = User.objects.get(username="member")
    # Nothing to edit yet.
    assert "Edit your partner" not in client.get(reverse("wagtailadmin_home")).content.decode()
    college = Organisation.objects.create(name="College", country="EE", locale=home_page.locale)
    college.editors.add(user)
    make_translations(college)
    url = task(client, "Edit your partner")
    assert url == reverse("wagtailsnippets_home_organisation:edit", args=[college.pk])
    assert client.get(url).status_code == 200
    hospital = Organisation.objects.create(name="Hospital", country="FI", locale=home_page.locale)
    hospital.editors.add(user)
    assert task(client, "Edit your partners") == reverse("wagtailsnippets_home_organisation:list")
