"""The search page: results, no results, an empty query and pagination."""

import pytest

from home.models import ContentPage
from tests.factories.pages import make_page
from tests.html import get_page, text_of

pytestmark = pytest.mark.any_database


def test_search_without_query_shows_field_and_links(client, home_page):
    page = get_page(client, "/en/search/")

    field = page.main.select_one("form[role=search] input[name=q]")
    assert text_of(page.main.select_one(f"label[for={field['id']}]")) == "Search this site"
    assert page.main.form["method"] == "get"
    assert page.main.select_one(".start-links a")["href"] == "/en/"
    assert not page.select(".field__error")


def test_results_have_title_and_teaser(client, home_page):
    make_page(ContentPage, home_page, "Nurses & doctors", slug="nurses", summary="Who <b>takes part</b>.")
    make_page(ContentPage, home_page, "Something else", slug="else")

    page = get_page(client, "/en/search/?q=nurses")

    assert text_of(page.main.h2) == "1 result for “nurses”"
    assert [text_of(hit) for hit in page.select(".teaser")] == ["Nurses & doctors Who <b>takes part</b>."]
    assert page.select_one(".teaser a")["href"] == "/en/nurses/"
    assert page.main.select_one("input[name=q]")["value"] == "nurses"
    assert page.title.text.startswith("Search: nurses")


def test_dates_in_results_stay_on_one_line(client, home_page):
    make_page(ContentPage, home_page, "Nurses", slug="nurses", summary="Who met on 12 February 2026.")
    page = get_page(client, "/en/search/?q=nurses")
    assert "12\N{NO-BREAK SPACE}February\N{NO-BREAK SPACE}2026" in page.select_one(".teaser__summary").text


def test_search_without_results_shows_advice_and_links(client, home_page):
    page = get_page(client, "/en/search/?q=%3Cscript%3Ezzz")

    assert text_of(page.main.h2) == "No results for “<script>zzz”"
    assert "Try fewer or different words" in text_of(page.main)
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
    assert text_of(page.select_one(f"#{field['aria-describedby']}")) == message
    assert page.title.text.startswith("Error: search")


def test_next_page_of_results_has_the_same_query(client, home_page):
    for number in range(11):
        make_page(ContentPage, home_page, f"Care & cure {number}", slug=f"care-{number}")

    first = get_page(client, "/en/search/?q=care+%26+cure")
    link = first.select_one(".pagination a[rel=next]")["href"]
    second = get_page(client, f"/en/search/{link}")

    assert link == "?q=care%20%26%20cure&page=2"
    assert (len(first.select(".teaser")), len(second.select(".teaser"))) == (10, 1)
    assert text_of(second.select_one(".pagination__where")) == "Page 2 of 2"
