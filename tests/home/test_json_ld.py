"""The JSON-LD of each page: valid, with absolute addresses and the texts of the page."""

import datetime
import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.utils.timezone import localtime
from PIL import Image

from home.models import (
    ContentPage,
    Deliverable,
    PartnersPage,
    ProgrammeModule,
    ProgrammePage,
    ProjectPage,
    ProjectPublication,
    ResultsPage,
)
from home.text_normalization import list_items, plain_text
from news.models import NewsCategory, NewsIndexPage, NewsPage
from tests.factories.pages import MOMENT, make_page
from tests.factories.project import describe_project, make_organisation, make_person, write_texts
from tests.home.vocabulary import problems
from tests.html import soup, text_of

pytestmark = pytest.mark.any_database

ROOT = "http://localhost"
ADDRESSES = {"url", "@id", "item", "sameAs"}


@pytest.fixture(autouse=True)
def project(db):
    write_texts("en", project_title="The beacon project", authority_name="The agency")
    write_texts("fi", project_title="Majakkahanke", authority_name="Virasto")
    return describe_project(results_platform_url="https://platform.example.org/beacon")


@pytest.fixture
def graph(client):
    def read(url: str) -> dict[str, dict]:
        """Return the first node of each type in the graph of a page, by type."""
        response = client.get(url)
        page = soup(response)
        scripts = page.select("script[type='application/ld+json']")
        assert len(scripts) == 1
        data = json.loads(scripts[0].string)
        assert data["@context"] == "https://schema.org"
        assert set(data) == {"@context", "@graph"}
        check(data)
        assert problems(data) == []
        nodes: dict[str, dict] = {}
        for node in data["@graph"]:
            nodes.setdefault(node["@type"], node)
        nodes["all"] = data["@graph"]
        nodes["text"] = text_of(page.body)
        nodes["title"] = page.h1.get_text(strip=True)
        return nodes

    def check(value, name: str = "") -> None:
        if isinstance(value, dict):
            for key, part in value.items():
                check(part, key)
        elif isinstance(value, list):
            assert value, f"{name} is empty"
            for part in value:
                check(part, name)
        else:
            assert value not in (None, ""), f"{name} is empty"
            if name in ADDRESSES:
                assert urlsplit(value).scheme in {"http", "https"}, f"{name} is not absolute: {value}"

    return read


def test_home_page_describes_project_and_grant(graph):
    nodes = graph("/en/")
    assert nodes["ResearchProject"] == {
        "@type": "ResearchProject",
        "@id": f"{ROOT}/#project",
        "name": "Beacon",
        "alternateName": "The beacon project",
        "url": f"{ROOT}/en/",
        "logo": {"@type": "ImageObject", "url": f"{ROOT}/static/img/icon-512.png", "width": 512, "height": 512},
        "email": "office@example.org",
        "foundingDate": "2024-03-01",
        "dissolutionDate": "2027-02-28",
        "sameAs": ["https://platform.example.org/beacon"],
        "funding": {
            "@type": "Grant",
            "@id": f"{ROOT}/#grant",
            "identifier": "101000001",
            "name": "EU4Health",
            "funder": {"@type": "Organization", "name": "The agency"},
        },
    }
    assert nodes["WebSite"]["publisher"] == {"@id": f"{ROOT}/#project"}
    assert "101000001" in nodes["text"]
    assert "EU4Health" in nodes["text"]
    assert "BreadcrumbList" not in nodes


def test_texts_are_in_the_language_of_the_page(graph):
    nodes = graph("/fi/")
    assert nodes["ResearchProject"]["@id"] == f"{ROOT}/#project"
    assert nodes["ResearchProject"]["alternateName"] == "Majakkahanke"
    assert nodes["ResearchProject"]["funding"]["funder"]["name"] == "Virasto"
    assert nodes["WebPage"]["inLanguage"] == "fi"


def test_page_without_title_and_period_omits_them(graph, home_page):
    make_page(ContentPage, home_page, "About", lead="About us.")
    nodes = graph("/en/about/")
    assert {"alternateName", "foundingDate", "dissolutionDate"}.isdisjoint(nodes["ResearchProject"])
    assert nodes["WebPage"]["description"] == "About us."
    assert nodes["WebPage"]["name"] == nodes["title"] == "About"
    assert datetime.datetime.fromisoformat(nodes["WebPage"]["dateModified"]) == MOMENT


def test_breadcrumbs_match_the_page(graph, home_page):
    project = make_page(ProjectPage, home_page, "Project")
    make_page(ContentPage, project, "Aims")
    assert graph("/en/project/aims/")["BreadcrumbList"]["itemListElement"] == [
        {"@type": "ListItem", "position": 1, "name": "Beacon", "item": f"{ROOT}/en/"},
        {"@type": "ListItem", "position": 2, "name": "Project", "item": f"{ROOT}/en/project/"},
        {"@type": "ListItem", "position": 3, "name": "Aims"},
    ]


def test_programme_is_a_course_made_of_its_modules(graph, home_page):
    page = make_page(
        ProgrammePage, home_page, "Programme", introduction="<p>Learn <b>with</b> us.</p>", eqf_from=6, eqf_to=8
    )
    ProgrammeModule.objects.create(
        page=page,
        locale=page.locale,
        title="Basics",
        audience="Nurses",
        description="<p>What everyone needs &amp; uses.</p>",
        outcomes="<ul><li>listen</li><li>guide <b>well</b></li></ul>",
        eqf_from=6,
        languages=["en", "fi"],
        url="https://example.org/basics",
        sort_order=0,
    )
    ProgrammeModule.objects.create(page=page, locale=page.locale, title="Unknown", sort_order=1)
    nodes = graph(page.url)
    course = nodes["Course"]
    first, second = course.pop("hasPart")
    assert course == {
        "@type": "Course",
        "@id": f"{ROOT}/en/programme/#course",
        "name": "Programme",
        "description": "Learn with us.",
        "url": f"{ROOT}/en/programme/",
        "provider": {"@id": f"{ROOT}/#project"},
        "educationalLevel": "EQF levels 6–8",
    }
    assert first == {
        "@type": "Course",
        "name": "Basics",
        "description": "What everyone needs & uses.",
        "url": "https://example.org/basics",
        "provider": {"@id": f"{ROOT}/#project"},
        "audience": {"@type": "Audience", "audienceType": "Nurses"},
        "educationalLevel": "EQF level 6",
        "teaches": ["listen", "guide well"],
        "inLanguage": ["en", "fi"],
    }
    assert second == {"@type": "Course", "name": "Unknown", "provider": {"@id": f"{ROOT}/#project"}}
    for text in (course["description"], course["educationalLevel"], first["description"], *first["teaches"], "Nurses"):
        assert text in nodes["text"]


def test_partners_page_names_organisations_and_people(graph, home_page):
    make_organisation("University", website="https://example.org/", description="We teach.", country="EE")
    make_organisation("Bystander", role="other")
    make_person("Ada", role="Leader", orcid="0000-0002-1825-0097")
    page = make_page(PartnersPage, home_page, "Partners")
    nodes = graph(page.url)
    organisations = [node for node in nodes["all"] if node["@type"] == "Organization"]
    assert organisations == [
        {
            "@type": "Organization",
            "name": "University",
            "description": "We teach.",
            "url": "https://example.org/",
            "address": {"@type": "PostalAddress", "addressCountry": "EE"},
            "memberOf": {"@id": f"{ROOT}/#project"},
        }
    ]
    assert nodes["Person"] == {
        "@type": "Person",
        "name": "Ada",
        "jobTitle": "Leader",
        "sameAs": "https://orcid.org/0000-0002-1825-0097",
    }
    for text in ("University", "We teach.", "Ada", "Leader"):
        assert text in nodes["text"]


def test_results_page_names_published_and_no_sensitive_results(graph, home_page):
    page = make_page(ResultsPage, home_page, "Results")
    row = {"page": page, "locale": page.locale, "doi": "10.1234/abc"}
    Deliverable.objects.create(number="D1", title="Open report", **row)
    Deliverable.objects.create(number="D2", title="Sensitive report", dissemination="sensitive", **row)
    Deliverable.objects.create(number="D3", title="Report to come", **row | {"doi": ""})
    ProjectPublication.objects.create(title="A paper", authors="Ada, Grace", year=2025, venue="Journal", **row)
    nodes = graph(page.url)
    assert [node["name"] for node in nodes["all"] if node["@type"] == "DigitalDocument"] == ["Open report"]
    assert nodes["DigitalDocument"]["identifier"] == ["D1", "https://doi.org/10.1234/abc"]
    assert nodes["ScholarlyArticle"] == {
        "@type": "ScholarlyArticle",
        "headline": "A paper",
        "creditText": "Ada, Grace",
        "datePublished": "2025",
        "isPartOf": {"@type": "CreativeWork", "name": "Journal"},
        "inLanguage": "en",
        "identifier": "https://doi.org/10.1234/abc",
        "url": "https://doi.org/10.1234/abc",
    }


def test_article_has_date_author_and_publisher(graph, home_page):
    category = NewsCategory.objects.create(name="Events", key="events", locale=home_page.locale)
    news = make_page(NewsIndexPage, home_page, "News")
    page = make_page(
        NewsPage,
        news,
        "Kickoff",
        date=datetime.date(2025, 5, 2),
        summary="We met.",
        category=category,
        organisation=make_organisation("University"),
    )
    nodes = graph(page.url)
    article = nodes["NewsArticle"]
    assert article.pop("dateModified") == MOMENT.isoformat()
    shapes = [
        re.fullmatch(rf"{ROOT}/share-pictures/{page.pk}/[0-9a-f]{{20}}/(.+)\.png", url) for url in article.pop("image")
    ]
    assert [shape and shape[1] for shape in shapes] == ["1x1", "4x3", "16x9"]
    assert article == {
        "@type": "NewsArticle",
        "@id": f"{ROOT}/en/news/kickoff/#article",
        "headline": "Kickoff",
        "description": "We met.",
        "datePublished": "2025-05-02",
        "inLanguage": "en",
        "mainEntityOfPage": f"{ROOT}/en/news/kickoff/",
        "publisher": {"@id": f"{ROOT}/#project"},
        "funding": {"@id": f"{ROOT}/#grant"},
        "articleSection": "Events",
        "author": {"@type": "Organization", "name": "University"},
    }
    assert nodes["title"] == article["headline"]
    assert "Events" in nodes["text"]
    assert "University" in nodes["text"]


def test_title_cannot_close_the_script_element(client, home_page):
    title = "</script><script>alert(1)</script> & <!--"
    make_page(ContentPage, home_page, title, slug="hostile")
    response = client.get("/en/hostile/")
    assert "<script>alert" not in response.text
    page = soup(response)
    data = json.loads(page.select_one("script[type='application/ld+json']").string)
    assert title in [node.get("name") for node in data["@graph"]]


@pytest.mark.parametrize("path", ["/en/search/", "/en/missing/"])
def test_pages_that_are_not_indexed_have_no_graph(client, path):
    assert "ld+json" not in client.get(path).text


def test_plain_text_of_rich_text():
    assert plain_text("<p>One</p><p>two &amp; <b>three</b></p>") == "One two & three"
    assert list_items("<ol><li>a</li><li>b <i>c</i></li></ol><p>d</p>") == ["a", "b c"]


@pytest.mark.parametrize(
    ("node", "problem"),
    [
        ({"@type": "Evnt", "name": "x"}, "Evnt is not a type"),
        ({"@type": "Grant", "startDate": "2030-01-01"}, "Grant has no property startDate"),
        ({"@type": "Event", "startDate": "soon"}, "Event.startDate must be one of ['Date', 'DateTime']: soon"),
        (
            {"@type": "Event", "eventStatus": "https://schema.org/EventOff"},
            "Event.eventStatus must be one of ['EventStatusType']: https://schema.org/EventOff",
        ),
        (
            {"@type": "Event", "funding": {"@id": "#project"}},
            "Event.funding must be one of ['Grant']: {'@id': '#project'}",
        ),
    ],
)
def test_the_vocabulary_reports_what_is_wrong(node, problem):
    project = {"@type": "ResearchProject", "@id": "#project", "name": "x"}
    assert problems({"@graph": [project, node]}) == [problem]


def test_open_graph_names_the_times_of_an_article(client, home_page):
    news = make_page(NewsIndexPage, home_page, "News")
    article = make_page(NewsPage, news, "Kickoff", date=datetime.date(2025, 5, 2))
    found = {tag["property"]: tag["content"] for tag in soup(client.get(article.url)).select("meta[property^=article]")}
    assert found == {"article:published_time": "2025-05-02", "article:modified_time": localtime(MOMENT).isoformat()}
    assert soup(client.get(news.url)).select("meta[property^=article]") == []


def test_the_manifest_is_in_the_language_of_the_page(client, home_pages):
    link = soup(client.get("/fi/")).select_one("link[rel=manifest]")["href"]
    assert link == "/fi/site.webmanifest"
    response = client.get(link)
    assert response["Content-Type"] == "application/manifest+json"
    found = response.json()
    assert (found["name"], found["short_name"], found["lang"], found["start_url"]) == (
        "Beacon – Majakkahanke",
        "Beacon",
        "fi",
        "/fi/",
    )
    page = soup(client.get("/fi/"))
    colours = {meta["media"]: meta["content"] for meta in page.select("meta[name=theme-color]")}
    assert list(colours) == ["(prefers-color-scheme: light)", "(prefers-color-scheme: dark)"]
    assert found["theme_color"] in colours.values()
    assert [icon["sizes"] for icon in found["icons"]] == ["192x192", "512x512"]
    for icon in found["icons"]:
        path = Path(finders.find(icon["src"].removeprefix("/static/")))
        with Image.open(path) as picture:
            assert f"{picture.width}x{picture.height}" == icon["sizes"]
