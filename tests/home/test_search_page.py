"""What the search shows: hits, none, an empty question, and the way to the next page."""

import pytest

from home.models import ContentPage
from tests.factories.pages import make_page
from tests.html import get_page
from tests.html import text_of as words


def test_search_begins_with_a_field_and_places_to_begin(client, home_page):
    page = get_page(client, "/en/search/")

    field = page.main.select_one("form[role=search] input[name=q]")
    assert words(page.main.select_one(f"label[for={field['id']}]")) == "Search this site"
    assert page.main.form["method"] == "get"
    assert page.main.select_one(".start-links a")["href"] == "/en/"
    assert not page.select(".field__error")


def test_hits_are_listed_with_title_and_teaser(client, home_page):
    make_page(ContentPage, home_page, "Nurses & doctors", slug="nurses", summary="Who <b>takes part</b>.")
    make_page(ContentPage, home_page, "Something else", slug="else")

    page = get_page(client, "/en/search/?q=nurses")

    assert words(page.main.h2) == "1 result for “nurses”"
    assert [words(hit) for hit in page.select(".teaser")] == ["Nurses & doctors Who <b>takes part</b>."]
    assert page.select_one(".teaser a")["href"] == "/en/nurses/"
    assert page.main.select_one("input[name=q]")["value"] == "nurses"
    assert page.title.text.startswith("Search: nurses")


def test_search_without_hits_is_kind_and_leads_on(client, home_page):
    page = get_page(client, "/en/search/?q=%3Cscript%3Ezzz")

    assert words(page.main.h2) == "No results for “<script>zzz”"
    assert "Try fewer or different words" in words(page.main)
    assert page.main.select_one(".start-links a")["href"] == "/en/"
    assert not page.main.find_all("script")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("", "Enter a word to search for."),
        ("%20%20", "Enter a word to search for."),
        ("x" * 101, "Ensure this value has at most 100 characters (it has 101)."),
    ],
)
def test_invalid_query_shows_an_error_at_the_field(client, home_page, query, message):
    page = get_page(client, f"/en/search/?q={query}")

    field = page.main.select_one("input[name=q]")
    assert field["aria-invalid"] == "true"
    assert words(page.select_one(f"#{field['aria-describedby']}")) == message
    assert page.title.text.startswith("Error: search")


def test_next_page_of_hits_keeps_the_question(client, home_page):
    for number in range(11):
        make_page(ContentPage, home_page, f"Care & cure {number}", slug=f"care-{number}")

    first = get_page(client, "/en/search/?q=care+%26+cure")
    link = first.select_one(".pagination a[rel=next]")["href"]
    second = get_page(client, f"/en/search/{link}")

    assert link == "?q=care%20%26%20cure&page=2"
    assert (len(first.select(".teaser")), len(second.select(".teaser"))) == (10, 1)
    assert words(second.select_one(".pagination__where")) == "Page 2 of 2"
