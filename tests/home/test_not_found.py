"""The links offered on 404 pages, and redirects from the old addresses of pages."""

import pytest
from django.utils.translation import override
from wagtail.models import Page

from home.links import LinkHandler, addresses
from home.models import ContentPage
from tests.factories.pages import make_alias, make_page, make_private
from tests.html import soup, text_of

pytestmark = pytest.mark.any_database


def offers(response) -> list[tuple[str, str]]:
    """Return language and address of the pages that a 404 page offers."""
    page = soup(response)
    links = page.select("nav[aria-labelledby=suggested-pages] a")
    assert response.status_code == 404
    return [(link["hreflang"], link["href"]) for link in links]


@pytest.fixture
def pages(home_pages):
    english = make_page(ContentPage, home_pages["en"], "About us", slug="about")
    finnish = make_page(ContentPage, home_pages["fi"], "Meistä", slug="meista", translation_of=english)
    below = make_page(ContentPage, english, "Team", slug="team")
    return {"en": english, "fi": finnish, "below": below}


def test_offers_begin_with_the_language_of_the_address(client, pages):
    assert offers(client.get("/fi/about/")) == [("fi", "/fi/meista/"), ("en", "/en/about/")]


def test_untranslated_page_is_offered_in_its_other_languages(client, pages):
    assert offers(client.get("/el/about/team/")) == [("en", "/en/about/team/")]


@pytest.mark.parametrize("address", ["/en/about%00/", "/%00/", "/fi/%00about/"])
def test_address_with_invalid_characters_is_not_found(client, pages, address):
    assert client.get(address).status_code == 404


def test_address_without_language_offers_every_translation(client, pages):
    response = client.get("/meista/", headers={"accept-language": "fi"})
    assert offers(response) == [("fi", "/fi/meista/"), ("en", "/en/about/")]


def test_titles_are_marked_with_their_language(client, pages):
    page = soup(client.get("/el/about/"))
    items = page.select("nav[aria-labelledby=suggested-pages] li")
    assert [(item["lang"], text_of(item)) for item in items] == [
        ("en", "About us (English)"),
        ("fi", "Meistä (Suomi)"),
    ]


@pytest.mark.parametrize("path", ["/el/nowhere/", "/el/", "/el/team/", "/el/about/other/", "/el" + "/about" * 9 + "/"])
def test_no_page_is_suggested_for_an_unknown_address(client, pages, home_pages, path):
    if path == "/el/":
        home_pages["el"].unpublish()
    assert offers(client.get(path)) == []


def test_drafts_private_pages_and_aliases_are_not_offered(client, pages, home_pages):
    make_page(ContentPage, home_pages["en"], "Draft", slug="draft", live=False)
    make_private(make_page(ContentPage, home_pages["en"], "Secret", slug="secret"))
    make_alias(pages["below"], home_pages["et"])
    assert offers(client.get("/fi/draft/")) == []
    assert offers(client.get("/fi/secret/")) == []
    assert offers(client.get("/fi/team/")) == []
    assert offers(client.get("/fi/about/team/")) == [("en", "/en/about/team/")]


def test_language_without_home_page_is_not_offered(client, pages, home_pages):
    home_pages["fi"].unpublish()
    assert offers(client.get("/el/about/")) == [("en", "/en/about/")]


@pytest.mark.parametrize("number", [1, 30])
def test_offers_have_a_constant_number_of_queries(client, pages, django_assert_num_queries, number):
    for place in range(number):
        make_page(ContentPage, pages["en"], f"Page {place}")
    client.get("/el/about/")
    # Two of them for the texts that are not translated, which are cached with the pages.
    with django_assert_num_queries(8):
        client.get("/el/about/")


# Redirects


def follow(client, path: str) -> str:
    """Return the target of an old address, which is reached with one redirect."""
    response = client.get(path)
    assert response.status_code == 301
    assert client.get(response["Location"]).status_code == 200
    return response["Location"]


@pytest.fixture
def renamed(pages, django_capture_on_commit_callbacks):
    def rename(page: Page, slug: str) -> None:
        page = Page.objects.get(pk=page.pk).specific
        page.slug = slug
        with django_capture_on_commit_callbacks(execute=True):
            page.save_revision().publish()

    return rename


def test_each_old_address_redirects_to_the_renamed_page_directly(client, pages, renamed):
    renamed(pages["en"], "who-we-are")
    renamed(pages["en"], "consortium")
    assert follow(client, "/en/about/") == "/en/consortium/"
    assert follow(client, "/en/who-we-are/") == "/en/consortium/"
    assert follow(client, "/en/about/team/") == "/en/consortium/team/"


def test_page_that_is_renamed_back_causes_no_redirect_loop(client, pages, renamed):
    renamed(pages["en"], "who-we-are")
    renamed(pages["en"], "about")
    assert client.get("/en/about/").status_code == 200
    assert follow(client, "/en/who-we-are/") == "/en/about/"


def test_other_languages_keep_their_addresses(client, pages, renamed):
    renamed(pages["en"], "who-we-are")
    assert client.get("/fi/meista/").status_code == 200


def test_old_address_of_a_moved_page_redirects_directly(client, pages, home_pages, django_capture_on_commit_callbacks):
    target = make_page(ContentPage, home_pages["en"], "Target", slug="target")
    with django_capture_on_commit_callbacks(execute=True):
        Page.objects.get(pk=pages["en"].pk).move(Page.objects.get(pk=target.pk), pos="last-child")
    assert follow(client, "/en/about/team/") == "/en/target/about/team/"


def test_internal_link_uses_the_translation_in_the_language_of_the_page(pages):
    keys = [pages["en"].pk, pages["below"].pk]
    with override("fi"):
        assert addresses(keys) == {pages["en"].pk: "/fi/meista/", pages["below"].pk: "/en/about/team/"}
        markup = LinkHandler.expand_db_attributes_many([{"id": str(keys[0])}, {"id": "999999"}, {"id": "x"}, {}])
    assert markup == ['<a href="/fi/meista/">', "<a>", "<a>", "<a>"]


def test_link_to_a_draft_has_no_address(pages, home_pages):
    draft = make_page(ContentPage, home_pages["en"], "Draft", live=False)
    assert addresses([draft.pk]) == {}
