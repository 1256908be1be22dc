"""The buttons of translations in lists of pages."""

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Page
from wagtail_localize.wagtail_hooks import page_listing_more_buttons

from home.admin.page_list_buttons import read_translations, translation_buttons
from news.models import NewsIndexPage, NewsPage
from tests.factories.pages import make_page
from tests.home.many_pages import add_articles

pytestmark = pytest.mark.django_db


def address(screen: str) -> str:
    if screen == "articles":
        return reverse("articles:index")
    parent = NewsIndexPage.objects.filter(locale__language_code="en").latest("pk")
    return reverse("wagtailadmin_explore", args=[parent.pk])


@pytest.mark.parametrize(("screen", "limit"), [("articles", 30), ("pages", 45)])
def test_a_line_of_a_list_needs_no_queries_of_its_own(screen, limit, admin_client, home_pages):
    counts = []
    for number in (4, 30):
        add_articles(number)
        admin_client.get(address(screen))
        with CaptureQueriesContext(connection) as queries:
            response = admin_client.get(address(screen))
        counts.append(len(queries))
        titles = BeautifulSoup(response.content, "html.parser").select("[data-listing-page-title]")
        assert len(titles) >= number
    assert counts[0] == counts[1] <= limit


def test_the_buttons_are_those_of_wagtail_localize(admin_user, home_pages):
    """Sources, translations, copies and pages without translations have the same as above the editor."""
    add_articles(20)
    make_page(NewsIndexPage, home_pages["en"], "Only in English")
    pages = list(Page.objects.filter(depth__gt=1).specific())
    translations = read_translations(pages)
    kinds = set()
    for page in pages:
        expected = [
            (button.label, button.url) for button in page_listing_more_buttons(page, admin_user, next_url="/x/")
        ]
        found = [(button.label, button.url) for button in translation_buttons(page, translations, "/x/")]
        assert found == expected, page
        kinds.add(tuple(label for label, _url in found))
    assert {("Translate this page",), ("Sync translated pages",)} <= kinds


def test_the_menu_of_a_page_in_a_list_has_the_buttons(admin_client, home_pages):
    add_articles(20)
    parent = NewsIndexPage.objects.filter(locale__language_code="en").latest("pk")
    make_page(NewsPage, parent, "Only in English")
    soup = BeautifulSoup(admin_client.get(address("pages")).content, "html.parser")
    menus = [
        {link.get_text(strip=True) for link in cell.select("a[href]")}
        for cell in soup.select("[data-listing-page-title]")
    ]
    assert any("Sync translated pages" in menu for menu in menus)
    assert any("Translate this page" in menu for menu in menus)
