"""The list of next events for other sites."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from tests.factories.events import make_event, make_page
from tests.factories.pages import make_private
from tests.html import soup

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

QUERIES = 4


def address(language: str) -> str:
    with override(language):
        return reverse("events_embed")


def test_other_sites_may_show_the_next_events_in_a_frame(home_page, client):
    today = timezone.localdate()
    for days, title in ((3, "Next"), (30, "Later"), (-3, "Over")):
        event = make_event(first_day=today + datetime.timedelta(days=days))
        make_page(home_page, event=event, title=title, slug=title.lower())
    answer = client.get(address("en"))
    links = soup(answer).select("li a")
    assert [link.get_text() for link in links] == ["Next", "Later"]
    assert all(link["target"] == "_blank" and link["href"].startswith("http") for link in links)
    assert "frame-ancestors *" in answer["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer
    assert not answer.cookies


def test_without_events_it_says_so_and_without_a_list_it_is_not_found(home_page, client):
    make_page(home_page, first_day=datetime.date(2020, 1, 1))
    assert "No events are planned at the moment." in soup(client.get(address("en"))).get_text()
    assert client.get(address("fi")).status_code == 404


def test_other_pages_cannot_be_shown_in_a_frame(home_page, client):
    answer = client.get(home_page.get_url())
    assert "frame-ancestors 'self'" in answer["Content-Security-Policy"]


@pytest.mark.parametrize("number", [1, 3])
def test_the_number_of_queries_is_constant(number, home_page, client, django_assert_num_queries):
    for days in range(number):
        day = timezone.localdate() + datetime.timedelta(days=days)
        make_page(home_page, first_day=day, slug=f"event-{days}")
    client.get(address("en"))
    with django_assert_num_queries(QUERIES):
        client.get(address("en"))


@pytest.mark.parametrize(
    ("status", "shown", "hidden"),
    [
        ("postponed", ["Postponed", "New date to be announced"], ["2090"]),
        ("moved_online", ["Moved online", "2090"], ["Turku"]),
        ("cancelled", ["Cancelled", "2090"], []),
        ("scheduled", ["2090", "Turku"], []),
    ],
)
def test_the_status_of_an_event_changes_what_is_shown(home_page, client, status, shown, hidden):
    """Other sites would announce a day or a place that no longer holds."""
    make_page(home_page, first_day=datetime.date(2090, 5, 16), venue_town="Turku", status=status)
    text = soup(client.get(address("en"))).select_one("li").get_text()
    assert [part for part in shown if part not in text] == []
    assert [part for part in hidden if part in text] == []


def test_private_and_expired_pages_and_those_of_a_private_list_are_not_shown(home_page, client):
    day = timezone.localdate()
    make_private(make_page(home_page, title="Private", slug="private", first_day=day))
    expired = make_page(home_page, title="Expired", slug="expired", first_day=day)
    type(expired).objects.filter(pk=expired.pk).update(expire_at=timezone.now() - datetime.timedelta(minutes=1))
    shown = make_page(home_page, title="Shown", slug="shown", first_day=day)
    assert [link.get_text() for link in soup(client.get(address("en"))).select("li a")] == ["Shown"]
    make_private(shown.get_parent())
    assert client.get(address("en")).status_code == 404


def test_a_hostile_title_query_or_method_does_nothing(home_page, client):
    make_page(home_page, title="<script>alert(1)</script>", first_day=timezone.localdate())
    answer = client.get(address("en"), {"next": "//evil.example.org", "lang": "<b>"}, headers={"host": "testserver"})
    assert "<script>" not in answer.content.decode()
    assert "evil" not in answer.content.decode()
    assert client.post(address("en")).status_code == 405
