"""The forms of the dashboard's panels, posted as each group's dashboard shows them."""

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from home import permissions
from home.models import ContentPage
from tests.factories.events import publish
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
