"""Texts of a translation that are still in the language of the source are marked with their language (WCAG 3.1.2)."""

from xml.etree import ElementTree

import pytest
from django.db import transaction
from wagtail.models import Locale
from wagtail_localize.models import StringTranslation

from home.models import ContentPage
from home.source_texts import SourceTexts, mark, source_texts
from news.models import NewsIndexPage, NewsPage
from tests.factories.pages import make_page
from tests.factories.translations import make_translations, write_target
from tests.html import soup

pytestmark = pytest.mark.slow

ATOM = {"atom": "http://www.w3.org/2005/Atom"}
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
TEXTS = SourceTexts(
    {
        "Care & cure": [(("Care & cure",), "en")],
        "Read": [(("Read", "the report", "today"), "en"), (("Read",), "en")],
        "Koti": [(("Koti",), "fi")],
    }
)


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("html", "marked"),
    [
        ("<h1>Care &amp; cure</h1>", '<h1 lang="en">Care &amp; cure</h1>'),
        ("<p class='a>b'>\n Care &amp;\u00a0cure </p>", "<p lang=\"en\" class='a>b'>\n Care &amp;\u00a0cure </p>"),
        (
            '<p>Read <a href="/x/">the report</a> today</p>',
            '<p><span lang="en">Read</span> <a lang="en" href="/x/">the report</a> <span lang="en">today</span></p>',
        ),
        ("<p>Read <b>nothing</b></p>", '<p><span lang="en">Read</span> <b>nothing</b></p>'),
        ("<li>Koti<br>Muu</li>", '<li><span lang="fi">Koti</span><br>Muu</li>'),
        ('<img src="a" alt="Care &amp; cure">', '<img lang="en" src="a" alt="Care &amp; cure">'),
        ('<p lang="en">Koti</p>', '<p lang="en">Koti</p>'),
        ("<title>Koti</title>", "<title>Koti</title>"),
        ("<script>Koti</script><!-- Koti --><textarea>Koti</textarea>", None),
        ("<p>Kotisivu</p>", None),
        ("Koti < Koti", None),
    ],
)
def test_texts_are_marked_where_they_stand_alone(html, marked):
    assert mark(html, TEXTS) == (marked or html)


@pytest.fixture
def site(home_page):
    """An article with a translated title, and a page of which nothing is translated, in English and Finnish."""
    news = make_page(NewsIndexPage, home_page, "News")
    article = make_page(NewsPage, news, "Kickoff", summary="About the start", slug="kickoff")
    article.body = [("text", "<p>First words <b>matter</b> here</p><ul><li>One point</li></ul>")]
    article.save_revision().publish()
    about = make_page(ContentPage, home_page, "About us", summary="Who we are", slug="about", show_in_menus=True)
    with transaction.atomic():
        for page in (home_page, news, article, about):
            make_translations(page, ["fi"])
    finnish = Locale.objects.get(language_code="fi")
    for page in (article, about):
        kept = ["slug", "title"] if page is article else ["slug"]
        StringTranslation.objects.filter(context__object_id=page.translation_key).exclude(
            context__path__in=kept
        ).delete()
        write_target(page, "fi")
    return {page.title: page.get_translation(finnish) for page in (home_page, news, article, about)}


@pytest.mark.any_database
@pytest.mark.django_db
def test_a_page_marks_what_is_not_translated(site, client):
    response = client.get(site["Kickoff"].url)
    page = soup(response)
    assert page.html["lang"] == "fi"
    assert int(response.get("Content-Length", len(response.content))) == len(response.content)
    marked = {element.get_text(" ", strip=True) for element in page.select("main [lang=en]")}
    assert {"First words", "matter", "here", "One point"} <= marked
    heading = page.select_one("h1")
    assert (heading.get_text(strip=True), heading.get("lang"), heading.select("[lang]")) == ("fi Kickoff", None, [])


@pytest.mark.any_database
@pytest.mark.django_db
def test_titles_in_lists_menus_search_and_breadcrumbs_are_marked(site, client):
    titles = soup(client.get(site["About us"].url))
    assert [element["lang"] for element in titles.select("h1")] == ["en"]
    shown = {
        address: [
            element
            for element in soup(client.get(address)).find_all(lang="en")
            if element.get_text(strip=True) == "About us"
        ]
        for address in (site["Beacon"].url, f"{site['Beacon'].url}search/?q=About")
    }
    assert all(shown.values()), shown
    listed = soup(client.get(site["News"].url))
    assert "About the start" in {element.get_text(strip=True) for element in listed.select("main [lang=en]")}


@pytest.mark.any_database
@pytest.mark.django_db
def test_english_pages_have_no_mark(site, client):
    page = soup(client.get("/en/news/kickoff/"))
    assert "First words" in page.get_text()
    assert page.select("main [lang=en]") == []


@pytest.mark.any_database
@pytest.mark.django_db
def test_a_name_that_is_the_same_in_both_languages_is_not_marked(site, client):
    row = StringTranslation.objects.filter(context__object_id=site["Kickoff"].translation_key).first()
    StringTranslation.objects.filter(pk=row.pk).update(data="One point")
    assert source_texts("fi").language_of("One point") == ""
    assert source_texts("fi").language_of("About the start") == "en"


@pytest.mark.any_database
@pytest.mark.django_db
def test_feeds_mark_what_is_not_translated(site, client):
    feed = ElementTree.fromstring(client.get("/fi/feeds/news/").content)  # noqa: S314  (written by this site)
    entry = feed.find("atom:entry", ATOM)
    title, summary = entry.find("atom:title", ATOM), entry.find("atom:summary", ATOM)
    assert (title.text, title.get(LANG)) == ("fi Kickoff", None)
    assert (summary.text, summary.get(LANG)) == ("About the start", "en")


@pytest.mark.any_database
@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_finding_the_texts_takes_two_queries(site, django_assert_num_queries, count):
    for number in range(count):
        make_translations(
            make_page(ContentPage, site["Beacon"].get_translation(Locale.get_default()), f"P{number}"), ["fi"]
        )
    source_texts("fi")  # caches the languages into which something is translated
    with django_assert_num_queries(2):
        source_texts("fi")
