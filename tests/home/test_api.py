"""The JSON API of public pages: what it shows, what it hides, its description."""

import datetime
import json

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from factsheets.models import Contributor
from home.api import MAX_AGE, description
from home.models import ContentPage
from news.models import NewsIndexPage, NewsPage
from tests.factories.events import make_event, make_page, row
from tests.factories.factsheets import make_fact_sheet, make_fact_sheet_list
from tests.factories.pages import make_alias, make_private
from tests.factories.project import make_organisation

pytestmark = pytest.mark.any_database


def listing(client, **query):
    return client.get(reverse("wagtailapi:pages:listing"), query)


def titles(client, **query) -> list[str]:
    return [item["title"] for item in listing(client, **query).json()["items"]]


@pytest.fixture
def pages(home_page) -> dict[str, ContentPage]:
    """A public page, a draft, a private page, one below it, and an expired one that is still live."""
    found = {}
    for title in ("Public", "Draft", "Private", "Expired"):
        page = ContentPage(title=title, slug=title.lower(), locale=home_page.locale, live=title != "Draft")
        found[title] = home_page.add_child(instance=page)
    PageViewRestriction.objects.create(page=found["Private"], restriction_type="login")
    Page.objects.filter(pk=found["Expired"].pk).update(expire_at=timezone.now() - datetime.timedelta(hours=1))
    return found


def test_the_list_has_public_pages_only(pages, client, admin_client):
    for reader in (client, admin_client):
        assert titles(reader, type="home.ContentPage") == ["Public"]
        for page in pages.values():
            found = reader.get(reverse("wagtailapi:pages:detail", args=[page.pk]))
            assert found.status_code == (200 if page.title == "Public" else 404), page.title
    assert "Private" not in listing(client, fields="*", limit=50).content.decode()


def test_an_alias_of_a_private_page_is_as_private(pages, home_pages, client):
    alias = make_alias(pages["Public"], home_pages["fi"])
    make_private(pages["Public"])
    assert titles(client, type="home.ContentPage") == []
    assert client.get(reverse("wagtailapi:pages:detail", args=[alias.pk])).status_code == 404


def test_pages_are_listed_by_language(home_pages, client):
    for code, home in home_pages.items():
        home.add_child(instance=ContentPage(title=f"Page {code}", slug="page", locale=home.locale))
    assert titles(client, type="home.ContentPage", locale="fi") == ["Page fi"]


def test_an_article_has_its_fields(home_page, client):
    index = home_page.add_child(instance=NewsIndexPage(title="News", slug="news", locale=home_page.locale))
    index.add_child(
        instance=NewsPage(
            title="Article",
            slug="article",
            locale=home_page.locale,
            date=datetime.date(2030, 5, 6),
            organisation=make_organisation("Turku"),
            summary="Short",
            body=[("text", "<p>All <b>words</b></p>")],
        )
    )
    [item] = listing(client, type="news.NewsPage", fields="*").json()["items"]
    shown = {name: item[name] for name in ("title", "date", "organisation_name", "category_name", "summary", "text")}
    assert shown == {
        "title": "Article",
        "date": "2030-05-06",
        "organisation_name": "Turku",
        "category_name": "",
        "summary": "Short",
        "text": "All words",
    }


def test_an_event_has_days_and_timetable(home_page, client):
    event = make_event(first_day=datetime.date(2030, 5, 6), venue_town="Turku")
    page = make_page(home_page, row("09:00", "Opening", "10:00"), event=event)
    found = client.get(reverse("wagtailapi:pages:detail", args=[page.pk])).json()
    assert (found["event_data"]["first_day"], found["event_data"]["town"]) == ("2030-05-06", "Turku")
    [item] = found["timetable"]
    assert (item["day"], item["start"], item["end"], item["title"]) == ("2030-05-06", "09:00:00", "10:00:00", "Opening")


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"limit": "x"}, 400),
        ({"limit": "500"}, 400),
        ({"type": "no.Type"}, 400),
        ({"fields": "password"}, 400),
        ({"order": "x"}, 400),
        ({"search": "x"}, 400),
        ({"locale": "xx"}, 404),
    ],
)
def test_wrong_parameters_are_answered_in_json(query, status, client, home_page):
    answer = listing(client, **query)
    assert answer.status_code == status
    assert "message" in answer.json()


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_it_is_read_only(method, client, home_page):
    assert getattr(client, method)(reverse("wagtailapi:pages:listing")).status_code == 405


def test_answers_are_cached_and_open_to_other_sites(client, home_page):
    answer = listing(client)
    assert answer["Cache-Control"] == f"public, max-age={MAX_AGE}"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert not answer.cookies


def test_the_description_names_addresses_and_types(client, home_page):
    answer = client.get(reverse("api_description"))
    found = json.loads(answer.content)
    assert found == description()
    assert set(found["paths"]) == {"/api/v2/pages/", "/api/v2/pages/{id}/"}
    assert "news.NewsPage: lead, summary, text, date, category_name, organisation_name" in json.dumps(found)
    for parameter in found["paths"]["/api/v2/pages/"]["get"]["parameters"]:
        value = {"type": "news.NewsPage", "locale": "fi", "fields": "*", "order": "title"}
        assert listing(client, **{parameter["name"]: value.get(parameter["name"], "1")}).status_code == 200, parameter


def test_a_fact_sheet_has_its_publication(client, home_page):
    page = make_fact_sheet(make_fact_sheet_list(home_page))
    found = client.get(reverse("wagtailapi:pages:detail", args=[page.pk])).json()
    assert found["publication_data"]["licence"] == page.publication.licence


def test_a_fact_sheet_names_no_organisation_whose_entry_is_a_draft(client, home_page):
    page = make_fact_sheet(make_fact_sheet_list(home_page))
    for name in ("Draft", "Public"):
        organisation = make_organisation(name, live=name == "Public")
        Contributor.objects.create(publication=page.publication, name="Anna", organisation=organisation)
    found = client.get(reverse("wagtailapi:pages:detail", args=[page.pk])).json()
    authors = [{"name": "Anna", "organisation": name} for name in ("", "Public")]
    assert found["publication_data"]["authors"] == authors


@pytest.mark.parametrize(
    "query",
    [
        "offset=99999999999999999999",
        "fields=" + "a(" * 3000,
        "site=nowhere.example",
        "site=x:99999999999999999999",
        "first_published_at=yesterday",
        "limit=999999999",
        "child_of=99999999999999999999",
    ],
)
def test_wrong_parameters_are_answered_with_400(client, home_page, query):
    answer = client.get(f"/api/v2/pages/?{query}")
    assert (answer.status_code, list(answer.json())) == (400, ["message"])
