"""The list of fact sheets, the page of a fact sheet, JSON-LD and the feed."""

import json
from functools import partial
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factsheets.models import Contributor, FactSheetPage, Publication, TargetGroup, Topic
from home.http import generations
from tests.factories.factsheets import add_file, make_fact_sheet, make_fact_sheet_list
from tests.factories.project import make_organisation
from tests.home.vocabulary import problems
from tests.html import soup, text_of

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

ATOM = {"atom": "http://www.w3.org/2005/Atom"}
INDEX = "/en/fact-sheets/"
PAGE = "/en/fact-sheets/a-beacon/"


def titles(response) -> list[str]:
    return [text_of(title) for title in soup(response).select(".sheet__title")]


@pytest.fixture
def three_sheets(fact_sheet_list, home_page):
    """Three fact sheets that differ in all values of the filters."""
    values = [
        ("One", "2024-05-01", "en", "care"),
        ("Two", "2025-05-01", "fi", "care"),
        ("Three", "2025-06-01", "en", "skills"),
    ]
    sheets = []
    for title, day, language, topic in values:
        sheet = make_fact_sheet(fact_sheet_list, title)
        Publication.objects.filter(pk=sheet.publication_id).update(first_published_on=day)
        add_file(sheet, language)
        found, _created = Topic.objects.get_or_create(
            key=topic, locale=home_page.locale, defaults={"name": topic.title()}
        )
        sheet.publication.topics.add(found)
        sheets.append(sheet)
    group = TargetGroup.objects.create(name="Nurses", key="nurses", locale=home_page.locale)
    sheets[0].publication.target_groups.add(group)
    TargetGroup.objects.create(name="Nobody", key="nobody", locale=home_page.locale)
    return sheets


def test_list_shows_the_newest_first_with_links_to_files(client, three_sheets):
    page = soup(client.get(INDEX))

    assert [text_of(title) for title in page.select(".sheet__title")] == ["Three", "Two", "One"]
    link = page.select_one(".sheet .tongues a")
    assert (text_of(link), link["hreflang"], link["type"]) == ("English PDF, 19 bytes", "en", "application/pdf")
    assert link.select_one("span")["lang"] == "en"
    picture = page.select_one(".sheet img.cover")
    assert picture["srcset"].count(" 224w,") == 1
    assert (picture["alt"], picture["loading"], picture["width"]) == ("", "lazy", "480")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("topic=care", ["Two", "One"]),
        ("for=nurses", ["One"]),
        ("language=fi", ["Two"]),
        ("year=2025", ["Three", "Two"]),
        ("year=2025&topic=care", ["Two"]),
        ("topic=&year=", ["Three", "Two", "One"]),
    ],
)
def test_list_is_filtered_by_the_query_string(client, three_sheets, query, expected):
    assert titles(client.get(f"{INDEX}?{query}")) == expected


@pytest.mark.parametrize(
    "query", ["topic=nothing", "for=nobody", "language=xx", "year=1990", "year=x", "page=0", "page=9", "page=x"]
)
def test_unknown_filter_value_answers_404(client, three_sheets, query):
    assert client.get(f"{INDEX}?{query}").status_code == 404


def test_filters_offer_values_with_results(client, three_sheets):
    page = soup(client.get(INDEX))
    offered = {
        select["name"]: [option["value"] for option in select.select("option")] for select in page.select("form select")
    }

    assert offered["topic"] == ["", "care", "skills"]
    assert offered["for"] == ["", "nurses"]
    assert offered["language"] == ["", "en", "fi"]
    assert offered["year"] == ["", "2025", "2024"]
    assert page.select_one("main form")["method"] == "get"
    assert all(page.select_one(f"label[for={select['id']}]") for select in page.select("form select"))


def test_empty_list_shows_a_message(client, fact_sheet_list):
    assert "There are no fact sheets in this language yet" in text_of(soup(client.get(INDEX)).select_one("main"))


def test_list_is_paginated(client, fact_sheet_list):
    for number in range(13):
        make_fact_sheet(fact_sheet_list, f"Sheet {number}")

    assert len(titles(client.get(INDEX))) == 12
    assert len(titles(client.get(f"{INDEX}?page=2"))) == 1


@pytest.mark.parametrize("count", [1, 3, 12])
def test_query_count_of_the_list_does_not_depend_on_its_length(client, fact_sheet_list, count):
    for number in range(count):
        sheet = make_fact_sheet(fact_sheet_list, f"Sheet {number}")
        for language in ("en", "fi", "et")[: number % 3 + 1]:
            add_file(sheet, language)
    client.get(INDEX)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        client.get(f"{INDEX}?language=en")

    assert len(captured) == LIST_QUERIES, [query["sql"][:150] for query in captured]


LIST_QUERIES = 10


@pytest.mark.parametrize("count", [1, 3])
def test_query_count_of_a_page_does_not_depend_on_its_files(client, sheet, count):
    for language in ("en", "fi", "et")[:count]:
        for note in ("", "Corrected")[:count]:
            add_file(sheet, language, note=note)
    for number in range(count):
        organisation = make_organisation(f"College {number}")
        Contributor.objects.create(publication=sheet.publication, name="Anna Mäki", organisation=organisation)
    client.get(PAGE)
    with CaptureQueriesContext(connection) as captured:
        client.get(PAGE)

    assert len(captured) <= 14, [query["sql"][:150] for query in captured]
    assert len(captured) == PAGE_QUERIES, [query["sql"][:150] for query in captured]


PAGE_QUERIES = 11


def test_page_without_files(client, fact_sheet_list):
    make_fact_sheet(
        fact_sheet_list,
        "A beacon",
        slug="a-beacon",
        lead="What it is.",
        key_messages=json.dumps([{"type": "message", "value": "Remember this."}]),
        body=json.dumps([{"type": "text", "value": "<p>The whole story.</p>"}]),
    )
    main = text_of(soup(client.get(PAGE)).select_one("main"))

    assert all(
        part in main for part in ["A beacon", "What it is.", "Remember this.", "The whole story.", "There is no file"]
    )


def test_page_shows_its_files_and_details(client, sheet, home_page):
    publication = sheet.publication
    publication.doi, publication.work_package, publication.deliverable = "10.1234/abc", "WP3", "D3.2"
    publication.first_published_on, publication.licence = "2025-01-02", "CC-BY-SA-4.0"
    publication.contributors = [
        Contributor(
            name="Anna Mäki", orcid="0000-0002-1825-0097", organisation=make_organisation("College"), sort_order=0
        )
    ]
    publication.save()
    publication.topics.add(Topic.objects.create(name="Care", key="care", locale=home_page.locale))
    add_file(sheet, "fi", dated_on="2025-03-01")
    add_file(sheet, "en", dated_on="2025-01-02")
    add_file(sheet, "en", dated_on="2025-04-01", note="New figures")
    add_file(sheet, "en", kind="editable", dated_on="2025-01-02")
    page = soup(client.get(PAGE))
    files = [(link["hreflang"], text_of(link)) for link in page.select(".file-table a")]

    assert [language for language, _text in files] == ["en", "en", "fi"]
    assert files[0][1] == "English PDF, 19 bytes"
    assert files[1][1].startswith("English OpenDocument (ODT)")
    assert page.select_one(".file-table a[hreflang=fi] [lang]")["lang"] == "fi"
    assert [text_of(cell) for cell in page.select(".file-table thead th")] == ["Language", "PDF", "Editable file"]
    assert [text_of(item) for item in page.select(".versions li")] == [
        "Version 2 , 1 April 2025 , 19 bytes · current New figures",
        "Version 1 , 2 January 2025 , 19 bytes",
    ]
    assert page.select_one(".versions li p")["lang"] == "en"
    details = {
        text_of(row.dt): [text_of(value) for value in row.select("dd")] for row in page.select(".article__facts > div")
    }
    assert details["Last revised"] == ["1 April 2025"]
    assert details["Authors"] == ["Anna Mäki (ORCID) , College"]
    assert (details["Topics"], details["Work package"], details["Deliverable"]) == (["Care"], ["WP3"], ["D3.2"])
    assert details["DOI"] == ["https://doi.org/10.1234/abc"]
    assert page.select_one("a[rel=license]")["href"] == "https://creativecommons.org/licenses/by-sa/4.0/"
    assert page.select_one("head link[rel=license]")["href"] == "https://creativecommons.org/licenses/by-sa/4.0/"
    assert text_of(page.select_one("#citation")) == "Mäki, Anna (2025). A beacon. Beacon. https://doi.org/10.1234/abc"


def test_file_in_the_language_of_the_page_is_first(client, sheet, home_pages):
    finnish = make_fact_sheet_list(home_pages["fi"], "Tietolehdet", "tietolehdet")
    make_fact_sheet(finnish, "Majakka", slug="majakka", translation_of=sheet)
    for language in ("en", "fi", "et", "el"):
        add_file(sheet, language)
    page = soup(client.get("/fi/tietolehdet/majakka/"))

    # Then the original, then the others by their own names.
    assert [text_of(name) for name in page.select(".file-table a [lang]")] == ["Suomi", "English", "Eesti", "Ελληνικά"]
    assert "/cover/fi/" in page.select_one("img.cover")["src"]


def test_json_ld_describes_the_publication(client, sheet):
    Publication.objects.update(doi="10.1234/abc", first_published_on="2025-01-02", deliverable="D3.2")
    add_file(sheet, "en", dated_on="2025-01-02")
    add_file(sheet, "fi", dated_on="2025-03-01")
    found = json.loads(soup(client.get(PAGE)).select_one("script[type='application/ld+json']").string)
    assert problems(found) == []
    report = next(node for node in found["@graph"] if node["@type"] == "Report")

    assert report["identifier"] == {"@type": "PropertyValue", "propertyID": "DOI", "value": "10.1234/abc"}
    assert (report["datePublished"], report["dateModified"]) == ("2025-01-02", "2025-03-01")
    assert report["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert report["reportNumber"] == "D3.2"
    assert [(item["inLanguage"], item["encodingFormat"]) for item in report["encoding"]] == [
        ("en", "application/pdf"),
        ("fi", "application/pdf"),
    ]
    assert report["encoding"][0]["contentUrl"] == "http://localhost/en/fact-sheets/a-beacon/download/en/"


def test_feed_has_the_files_as_enclosures(client, sheet):
    Publication.objects.update(first_published_on="2025-01-02")
    add_file(sheet, "en")
    add_file(sheet, "fi")
    response = client.get("/en/feeds/fact-sheets/")
    feed = ElementTree.fromstring(response.content)  # noqa: S314  (the site's own feed)
    entry = feed.find("atom:entry", ATOM)

    assert response["Content-Type"].startswith("application/atom+xml")
    assert entry.find("atom:title", ATOM).text == "A beacon"
    assert entry.find("atom:published", ATOM).text.startswith("2025-01-02T00:00:00+02:00")
    assert [link.get("href") for link in entry.findall("atom:link[@rel='enclosure']", ATOM)] == [
        "http://localhost/en/fact-sheets/a-beacon/download/en/",
        "http://localhost/en/fact-sheets/a-beacon/download/fi/",
    ]


def test_home_page_shows_first_pages(client, sheet, home_page):
    add_file(sheet)
    page = soup(client.get("/en/"))

    assert [text_of(title) for title in page.select(".factsheet-grid h3")] == ["A beacon"]
    assert page.select_one(".factsheet-grid img.cover")["src"] == "/en/fact-sheets/a-beacon/cover/en/1/480/"


def test_search_finds_the_fact_sheet_by_its_key_messages(client, fact_sheet_list):
    from wagtail.search import index

    sheet = make_fact_sheet(
        fact_sheet_list, "Plain", key_messages=json.dumps([{"type": "message", "value": "Uncommonly lucid."}])
    )
    index.insert_or_update_object(FactSheetPage.objects.get(pk=sheet.pk))

    assert "Plain" in text_of(soup(client.get("/en/search/?q=lucid")).select_one("main"))


def test_accepted_version_purges_the_page_cache(client, sheet, settings, django_capture_on_commit_callbacks):
    settings.PAGE_CACHE_SECONDS = 3600
    add_file(sheet)
    assert "Version 1" in text_of(soup(client.get(PAGE)))
    with django_capture_on_commit_callbacks(execute=False) as callbacks:
        add_file(sheet, note="Again")
    # Only the purge: the other callback would validate the content, which is not a PDF.
    for callback in callbacks:
        if isinstance(callback, partial) and callback.func is generations.start:
            callback()

    assert "Version 2" in text_of(soup(client.get(PAGE)))


def test_the_picture_for_social_media_shows_the_first_page(client, sheet):
    def digest() -> str:
        return soup(client.get(PAGE)).select_one("meta[property='og:image']")["content"]

    drawn = digest()
    add_file(sheet, "en")
    with_cover = digest()
    assert with_cover != drawn
    picture = client.get(urlsplit(with_cover).path)
    assert picture["Content-Type"] == "image/png"
    assert client.get(urlsplit(drawn).path).status_code == 404
