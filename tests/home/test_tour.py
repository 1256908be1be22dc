"""The first-use tour on the dashboard: four steps by role, kept for each account."""

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.translation import override
from wagtail.users.models import UserProfile

from home import roles
from home.admin import tour
from home.manual.chapters import BY_SLUG
from tests.factories.users import make_user
from tests.html import soup, text_of

pytestmark = [pytest.mark.any_database, pytest.mark.slow]


@pytest.fixture
def user(client, home_pages) -> User:
    user = make_user("member", group=roles.PARTNER_EDITORS)
    client.force_login(user)
    return user


def panel(client):
    return soup(client.get(reverse("wagtailadmin_home"))).select_one(".tour")


def press(client, label: str) -> str:
    """Press a button of the panel and return the address to which it leads."""
    shown = panel(client)
    values = {text_of(button): button["value"] for button in shown.select("button")}
    response = client.post(shown.form["action"], {"step": values[label]})
    assert response.status_code == 302
    return response["Location"]


def test_four_steps_lead_through_the_tour(client, user):
    seen = []
    while (shown := panel(client)) is not None:
        seen.append((text_of(shown.select_one(".tour-count")), text_of(shown.h2)))
        assert len(seen) < 9
        press(client, "Finish" if len(seen) == 4 else "Next")

    assert seen == [
        ("Step 1 of 4", "This is your dashboard"),
        ("Step 2 of 4", "Write something"),
        ("Step 3 of 4", "Nothing gets lost"),
        ("Step 4 of 4", "Help is on every screen"),
    ]


def test_the_heading_of_the_step_is_where_the_buttons_lead(client, user):
    assert press(client, "Next") == reverse("wagtailadmin_home") + "#tour"

    heading = panel(client).h2
    assert (heading["id"], heading["tabindex"]) == ("tour", "-1")
    assert panel(client)["aria-labelledby"] == "tour"


def test_back_leads_to_the_step_before(client, user):
    press(client, "Next")
    press(client, "Back")

    assert text_of(panel(client).h2) == "This is your dashboard"
    assert "Back" not in text_of(panel(client).form)


def test_a_skipped_tour_stays_away_until_it_is_started_again(client, user):
    assert press(client, "Skip the tour") == reverse("wagtailadmin_home")
    client.logout()
    client.force_login(user)
    assert panel(client) is None

    page = soup(client.get(reverse("tour")))
    assert len(page.select(".manual ol li")) == 4
    button = page.select_one(".manual form button[name=step]")
    client.post(reverse("tour"), {"step": button["value"]})

    assert text_of(panel(client).h2) == "This is your dashboard"


def test_each_account_has_its_own_tour(client, user):
    press(client, "Skip the tour")
    client.force_login(make_user("another", group=roles.PARTNER_EDITORS))

    assert panel(client) is not None


@pytest.mark.parametrize("value", ["", "7", "-1", "1.5", "٣", "\0", "x" * 500, "99999999999999999999"])
def test_strange_steps_end_the_tour(client, user, value):
    assert client.post(reverse("tour"), {"step": value}).status_code == 302

    assert panel(client) is None


@pytest.mark.parametrize("value", ["elsewhere", 17, -1, None, [], {}])
def test_a_strange_profile_begins_the_tour(client, user, value):
    profile = UserProfile.get_for_user(user)
    profile.dismissibles = {tour.KEY: value}
    profile.save()

    assert text_of(panel(client).select_one(".tour-count")) == "Step 1 of 4"


def test_what_wagtail_keeps_in_the_profile_stays(client, user):
    profile = UserProfile.get_for_user(user)
    profile.dismissibles = {"hint": True}
    profile.save()

    press(client, "Skip the tour")

    assert UserProfile.objects.get(user=user).dismissibles == {"hint": True, tour.KEY: tour.FINISHED}


@pytest.mark.parametrize(
    ("role", "titles"),
    [
        (roles.EDITORS, ("Write something", "Nothing gets lost")),
        (roles.EVENT_ORGANISERS, ("Add an event", "Nothing gets lost")),
        (roles.translators("fi"), ("Translate a page", "Nothing gets lost")),
        (roles.COORDINATORS, ("Answer an enquiry", "Make it yours")),
        (roles.DATA_PROTECTION, ("What you may do", "Make it yours")),
    ],
)
def test_the_steps_are_those_of_the_role(home_pages, role, titles):
    steps = tour.steps_for(make_user("someone", group=role))

    assert len(steps) == 4
    assert tuple(step.title for step in steps[1:3]) == titles
    assert {step.chapter for step in steps} <= set(BY_SLUG)


def test_the_steps_are_in_the_language_of_the_account(home_pages):
    user = make_user("someone", group=roles.EDITORS)
    titles = set()
    for code, _name in settings.LANGUAGES:
        with override(code):
            titles.add(tuple(step.title for step in tour.steps_for(user)))

    assert len(titles) == len(settings.LANGUAGES)
