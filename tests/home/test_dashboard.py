"""The dashboard: the forms of its panels, posted as each group's dashboard shows them, and its tasks."""

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from wagtail.users.models import UserProfile

from events.models import EventAccess
from factsheets.models import FactSheetIndexPage
from home import permissions
from home.models import ContentPage, LinkCheck, Organisation
from news.models import NewsIndexPage, NewsPage
from tests.factories.events import make_event, publish
from tests.factories.registrations import make_open_event, register_person
from tests.factories.translations import make_translations
from tests.html import soup

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

QUERIES = 84

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
    tour, *forms = dashboard_forms(client)
    assert tour[0] == reverse("tour")
    assert len(forms) == STARTED.get(group, 0)
    for action, data in (*forms, tour):
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


@pytest.fixture
def news_lists(home_pages):
    return {
        code: home.add_child(instance=NewsIndexPage(title="News", slug="news", locale=home.locale))
        for code, home in home_pages.items()
    }


@pytest.mark.parametrize(("language", "code"), [("fi", "fi"), ("en", "en")])
def test_news_begins_in_the_language_of_the_admin_and_offers_the_others(language, code, browser, news_lists):
    client = browser(permissions.EDITORS)
    UserProfile.objects.create(user=User.objects.get(username="member"), preferred_language=language)
    item = soup(client.get(reverse("wagtailadmin_home"))).select_one(".tasks li")
    add = {
        name: reverse("wagtailadmin_pages:add", args=["news", "newspage", page.pk]) for name, page in news_lists.items()
    }
    assert item.a["href"] == add.pop(code)
    assert {link["href"] for link in item.select(".task-languages a")} == set(add.values())
    assert client.get(item.a["href"]).status_code == 200


def test_fact_sheets_are_offered_where_there_is_a_list(browser, home_page):
    client = browser(permissions.PARTNER_EDITORS)
    assert "Add a fact sheet" not in client.get(reverse("wagtailadmin_home")).content.decode()
    home_page.add_child(instance=FactSheetIndexPage(title="Sheets", slug="sheets", locale=home_page.locale))
    assert client.get(task(client, "Add a fact sheet")).status_code == 200


# Drafts, events, and what comes soon


def panel(client: Client, heading: str):
    return soup(client.get(reverse("wagtailadmin_home"))).select_one(f"section[aria-labelledby={heading}]")


def test_drafts_are_those_of_the_user_and_of_their_organisation(browser, news_lists, home_page):
    client = browser(permissions.PARTNER_EDITORS)
    assert panel(client, "drafts-heading") is None
    user, colleague = User.objects.get(username="member"), User.objects.create_user("colleague")
    college = Organisation.objects.create(name="College", country="EE", locale=home_page.locale)
    college.editors.set([user, colleague])
    for title, owner in (("Mine", user), ("Theirs", colleague), ("Foreign", None)):
        page = NewsPage(title=title, slug=title.lower(), locale=home_page.locale, owner=owner, live=False)
        news_lists["en"].add_child(instance=page).save_revision(user=owner)
    titles = [link.get_text() for link in panel(client, "drafts-heading").select("a")]
    assert titles == ["Theirs", "Mine"]


def test_a_draft_says_that_it_waits_for_approval(browser, news_lists, home_page):
    client = browser(permissions.PARTNER_EDITORS)
    user = User.objects.get(username="member")
    page = NewsPage(title="Mine", slug="mine", locale=home_page.locale, owner=user, live=False)
    page = news_lists["en"].add_child(instance=page)
    page.save_revision(user=user)
    page.get_workflow().start(page, user)
    assert "waits for approval" in panel(client, "drafts-heading").get_text()


def test_organisers_see_numbers_only_of_events_whose_registrations_they_see(browser):
    client = browser(permissions.EVENT_ORGANISERS)
    assert panel(client, "events-heading") is None
    open_event, other = make_open_event(), make_event()
    register_person(open_event)
    EventAccess.objects.create(event=open_event, user=User.objects.get(username="member"))
    rows = panel(client, "events-heading").select("tbody tr")
    numbers = {row.a["href"]: row.select("td")[1].get_text(" ", strip=True) for row in rows}
    assert numbers[reverse("events:edit", args=[other.pk])] == "–"
    assert "1" in numbers[reverse("events:registrations", args=[open_event.pk])]


def test_translators_see_no_events_of_others(browser):
    make_event()
    assert panel(browser("Translators: Finnish"), "events-heading") is None


def test_editors_see_how_many_links_are_broken(browser, home_page):
    client = browser(permissions.EDITORS)
    assert panel(client, "coming-heading") is None
    LinkCheck.objects.create(url="https://example.org/", is_broken=True).pages.add(home_page)
    link = panel(client, "coming-heading").select_one("a")
    assert (link["href"], link.get_text(strip=True)) == (
        reverse("content_reports:links"),
        "1 link to another site does not work",
    )


@pytest.mark.parametrize("number", [1, 3])
def test_the_dashboard_has_a_constant_number_of_queries(
    number, browser, news_lists, home_page, django_assert_num_queries
):
    client = browser(permissions.EVENT_ORGANISERS)
    user = User.objects.get(username="member")
    for index in range(number):
        make_event()
        page = NewsPage(title="Mine", slug=f"mine-{index}", locale=home_page.locale, owner=user, live=False)
        news_lists["en"].add_child(instance=page).save_revision(user=user)
    client.get(reverse("wagtailadmin_home"))
    with django_assert_num_queries(QUERIES):
        client.get(reverse("wagtailadmin_home"))
