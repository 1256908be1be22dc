"""The content of the project's pages: partners, results, texts, the accessibility statement and empty lists."""

import datetime
import json

import pytest
from bs4 import Tag
from django.core.files.base import ContentFile
from wagtail.documents import get_document_model

from home.models import (
    AccessibilityPage,
    ContentPage,
    Deliverable,
    PartnersPage,
    PrivacyPage,
    ProjectPublication,
    ResultMilestone,
    ResultsPage,
    WorkPackage,
)
from tests.factories.pages import make_page
from tests.factories.project import describe_project, make_organisation, make_person
from tests.html import get_page, text_of

pytestmark = pytest.mark.any_database


def get_main(client, path: str) -> Tag:
    """Return the main part of the page at `path`."""
    return get_page(client, path).main


def headings(page) -> list[tuple[str, str]]:
    return [(tag.name, text_of(tag)) for tag in page.find_all(["h1", "h2", "h3"])]


# Home page


def test_button_to_an_unpublished_page_is_left_out(client, home_page):
    here, gone = make_page(ContentPage, home_page, "Here"), make_page(ContentPage, home_page, "Gone")
    home_page.actions = [("link", {"label": page.title, "page": page}) for page in (here, gone)]
    home_page.save_revision().publish()
    gone.unpublish()

    buttons = get_main(client, "/en/").select(".actions a")

    assert [(text_of(button), button["href"], button["class"]) for button in buttons] == [
        ("Here", "/en/here/", ["button", "button--call"])
    ]


# Partners


@pytest.fixture
def partners(home_page):
    return make_page(PartnersPage, home_page, "Partners", slug="partners")


def test_partners_are_grouped_by_country_with_the_coordinator_first(client, partners):
    make_organisation("Academy", country="EE")
    make_organisation("Zeta University", country="FI", role="coordinator", website="https://zeta.example.org/")
    make_organisation("Beta Institute", country="FI", role="associated", short_name="BI", description="Evaluates.")
    make_organisation("Caterer", country="FI", role="other")

    page = get_main(client, "/en/partners/")

    assert headings(page) == [
        ("h1", "Partners"),
        ("h2", "Finland"),
        ("h3", "Zeta University"),
        ("h3", "Beta Institute"),
        ("h2", "Estonia"),
        ("h3", "Academy"),
    ]
    assert [(text_of(link), link["href"]) for link in page.select(".constellation a")] == [
        ("Finland 2 partners", "#country-fi"),
        ("Estonia 1 partner", "#country-ee"),
    ]
    assert {link["href"].removeprefix("#") for link in page.select(".constellation a")} == {
        heading["id"] for heading in page.select("h2[id]")
    }
    assert [text_of(mark) for mark in page.select(".monogram")] == ["ZU", "BI", "A"]
    assert page.select_one(".organisation__link")["href"] == "https://zeta.example.org/"


def test_countries_without_a_listed_partner_are_drawn_too(client, partners):
    make_organisation("Academy", country="EE")
    partners.country_count, partners.training_countries = 4, ["GR", "EE"]
    partners.save_revision().publish()
    cells = get_main(client, "/en/partners/").select(".constellation__cell")
    assert [text_of(cell) for cell in cells] == [
        "Estonia 1 partner",
        "3 more countries",
        "",
        "",
        "Greece Training also run here",
    ]
    assert [cell.get("aria-hidden") for cell in cells] == [None, None, "true", "true", None]


def test_untranslated_names_have_a_lang_attribute(client, home_pages):
    make_page(PartnersPage, home_pages["fi"], "Kumppanit", slug="kumppanit")
    make_organisation("Academy", country="EE", description="Teaches.")

    page = get_main(client, "/fi/kumppanit/")

    assert [(text_of(tag), tag["lang"]) for tag in page.select("[lang]")] == [("Academy", "en"), ("Teaches.", "en")]


def test_people_are_shown_with_their_organisation(client, partners):
    academy = make_organisation("Academy", country="EE")
    make_person("Mari Maasikas", role="Teacher", organisation=academy, orcid="0000-0002-1825-0097")
    make_person("Hidden Helper", on_partners_page=False)

    page = get_main(client, "/en/partners/")

    assert [text_of(person) for person in page.select(".person")] == [
        "Mari Maasikas Teacher Academy ORCID of Mari Maasikas"
    ]
    assert page.select_one(".person a")["href"] == "https://orcid.org/0000-0002-1825-0097"


def test_page_without_partners_links_to_the_home_page(client, partners):
    page = get_main(client, "/en/partners/")

    assert "No partners are listed yet." in text_of(page)
    assert page.select_one(".empty a")["href"] == "/en/"


# Results


@pytest.fixture
def results(home_page):
    return make_page(ResultsPage, home_page, "Results", slug="results")


@pytest.fixture
def report(db):
    return get_document_model().objects.create(title="Report", file=ContentFile(b"x" * 1500, "report.pdf"))


def row(model, page, **fields):
    return model.objects.create(page=page, locale=page.locale, **fields)


@pytest.mark.parametrize(
    ("ends_on", "text"),
    [
        (datetime.date(2020, 2, 28), "No results are listed on this site."),
        (datetime.date(2990, 2, 28), "Results are listed here when they are published."),
    ],
)
def test_nothing_is_announced_after_the_end_of_the_project(client, results, ends_on, text):
    describe_project(starts_on=None, ends_on=ends_on)
    assert text_of(get_main(client, results.url).select_one(".empty p")) == text


@pytest.mark.parametrize(
    ("ends_on", "chips"), [(datetime.date(2020, 2, 28), ["Public"]), (None, ["Planned", "Public"])]
)
def test_a_deliverable_is_planned_only_during_the_project(client, results, ends_on, chips):
    describe_project(starts_on=None, ends_on=ends_on)
    row(Deliverable, results, number="D1.1", title="Plan")
    assert [chip.get_text(strip=True) for chip in get_page(client, results.url).select(".chip")] == chips


def test_deliverables_show_status_and_dissemination_level(client, results, report):
    row(
        Deliverable,
        results,
        number="D1.1",
        title="Handbook",
        work_package_number=1,
        due_on=datetime.date(2023, 6, 30),
        status="approved",
        document=report,
        doi="10.1234/abcd",
        sort_order=0,
    )
    row(Deliverable, results, number="D1.2", title="Plan", sort_order=1)

    first, second = get_main(client, "/en/results/").select("#deliverables li.numbered__item")

    assert text_of(first) == (
        "D1.1 Handbook Work package 1 Due on 30 June 2023 Approved Public "
        "Download D1.1 (PDF, 1.5 KB) https://doi.org/10.1234/abcd"
    )
    assert [link["href"] for link in first.select("a")] == [report.url, "https://doi.org/10.1234/abcd"]
    assert text_of(second) == "D1.2 Plan Planned Public"


def test_sensitive_deliverable_is_listed_without_file_and_doi(client, results):
    row(Deliverable, results, number="D1.1", title="Budget", dissemination="sensitive", doi="10.1234/abcd")

    (item,) = get_main(client, "/en/results/").select("#deliverables li.numbered__item")

    assert text_of(item) == (
        "D1.1 Budget Planned Sensitive Not published. Only the funder and the partners have access."
    )
    assert item.select("a") == []


def test_other_results_are_listed(client, results):
    lead = make_organisation("Zeta University")
    row(WorkPackage, results, number=2, title="Design", lead=lead, description="Of the training.")
    row(ResultMilestone, results, date=datetime.date(2023, 3, 24), title="Kickoff", text="All met.")
    row(
        ProjectPublication,
        results,
        title="Osaaminen",
        authors="A. Author",
        year=2024,
        venue="Lehti",
        doi="10.1/x",
        language="fi",
    )
    row(ProjectPublication, results, title="Skills", authors="B. Author", year=2025, url="https://example.org/skills")

    page = get_main(client, "/en/results/")

    assert text_of(page.select_one("#work-packages li")) == (
        "2 Work package 2: Design Led by: Zeta University Of the training."
    )
    assert text_of(page.select_one("#milestones li")) == "24 March 2023 Kickoff All met."
    assert [text_of(item) for item in page.select("#publications li")] == [
        "Skills B. Author 2025 https://example.org/skills",
        "Osaaminen A. Author 2024, Lehti https://doi.org/10.1/x",
    ]
    assert [tag.get("lang") for tag in page.select(".publications__title")] == [None, "fi"]


def test_key_findings_come_first_and_empty_lists_are_left_out(client, results):
    row(ResultMilestone, results, date=datetime.date(2023, 3, 24), title="Kickoff")
    results.findings = [
        (
            "finding",
            {"value": "3 of 4", "statement": "learned", "source": "Report", "source_url": "https://example.org/"},
        )
    ]
    results.save_revision().publish()

    page = get_main(client, "/en/results/")

    assert headings(page) == [("h1", "Results"), ("h2", "Key findings"), ("h2", "Milestones"), ("h3", "Kickoff")]
    assert text_of(page.select_one("figure")) == "3 of 4 learned Report"
    assert page.select_one("figcaption a")["href"] == "https://example.org/"


def test_results_page_without_results_says_so(client, results):
    assert text_of(get_main(client, "/en/results/").select_one(".empty")) == (
        "Results are listed here when they are published."
    )


def test_deliverables_are_grouped_by_work_package(client, results):
    row(WorkPackage, results, number=2, title="Design", sort_order=0)
    row(WorkPackage, results, number=1, title="Management", sort_order=1)
    for order, (number, package) in enumerate([("D1.1", 1), ("D2.1", 2), ("D9", None)]):
        row(Deliverable, results, number=number, title=number, work_package_number=package, sort_order=order)
    section = get_main(client, "/en/results/").select_one("#deliverables")
    assert [(title.name, text_of(title)) for title in section.select("h3, h4")] == [
        ("h3", "Work package 2: Design"),
        ("h4", "D2.1"),
        ("h3", "Work package 1: Management"),
        ("h4", "D1.1"),
        ("h3", "Other deliverables"),
        ("h4", "D9"),
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_results_page_has_a_constant_number_of_queries(client, results, report, count, django_assert_num_queries):
    for number in range(count):
        lead = make_organisation(f"Partner {number}")
        row(WorkPackage, results, number=number, title="Design", lead=lead)
        row(Deliverable, results, number=f"D{number}", title="Report", document=report)
        row(ProjectPublication, results, title="Skills", authors="A. Author", year=2024)
        row(ResultMilestone, results, title="Kickoff")
    client.get("/en/results/")

    with django_assert_num_queries(8):
        page = get_main(client, "/en/results/")

    assert [len(page.select(f"#{name} li h3")) for name in ("work-packages", "deliverables")] == [count, count]


@pytest.mark.parametrize("count", [1, 3])
def test_partners_page_has_a_constant_number_of_queries(client, partners, count, django_assert_num_queries):
    for number in range(count):
        make_person(f"Person {number}", organisation=make_organisation(f"Partner {number}"))
    client.get("/en/partners/")

    with django_assert_num_queries(6):
        page = get_main(client, "/en/partners/")

    assert (len(page.select(".organisation")), len(page.select(".person"))) == (count, count)


# Texts


def body(*blocks) -> str:
    return json.dumps([{"type": name, "value": content} for name, content in blocks])


def test_long_text_has_a_table_of_contents(client, home_page):
    sections = [("heading", {"text": text, "level": "h2"}) for text in ("Who", "What", "Why")]
    make_page(ContentPage, home_page, "About", slug="about", body=body(*sections, ("text", "<p>Because.</p>")))

    page = get_main(client, "/en/about/")

    assert [(text_of(link), link["href"]) for link in page.select(".contents a")] == [
        ("Who", "#who"),
        ("What", "#what"),
        ("Why", "#why"),
    ]
    assert [heading["id"] for heading in page.select(".prose h2")] == ["who", "what", "why"]


def test_short_text_has_no_table_of_contents(client, home_page):
    make_page(ContentPage, home_page, "About", slug="about", body=body(("heading", {"text": "Who", "level": "h2"})))

    page = get_main(client, "/en/about/")

    assert page.select(".contents") == []
    assert text_of(page.select_one(".prose h2")) == "Who"


def test_privacy_notice_shows_its_review_date(client, home_page):
    make_page(
        PrivacyPage,
        home_page,
        "Privacy",
        slug="privacy",
        body=body(("text", "<p>We keep little.</p>")),
        reviewed_on=datetime.date(2026, 10, 1),
    )

    page = get_main(client, "/en/privacy/")

    assert text_of(page.select_one(".prose")) == "We keep little. Last reviewed on 1 October 2026"
    assert page.time["datetime"] == "2026-10-01"


def test_page_without_text_says_so(client, home_page):
    make_page(ContentPage, home_page, "About", slug="about")

    assert "This page has no content yet." in text_of(get_main(client, "/en/about/"))


# The accessibility statement


def test_statement_has_every_field_of_the_model(client, home_page):
    make_page(
        AccessibilityPage,
        home_page,
        "Accessibility",
        slug="accessibility",
        status="partial",
        non_compliance="<p>Old files.</p>",
        disproportionate_burden="<p>Old films.</p>",
        out_of_scope="<p>Live streams.</p>",
        assessment_method="third",
        assessment_text="<p>By an expert.</p>",
        response_days=1,
    )

    page = get_main(client, "/en/accessibility/")

    assert [
        (text_of(section.h2), text_of(section.select_one(".section__body"))) for section in page.find_all("section")
    ] == [
        ("What this statement covers", "This site."),
        (
            "Compliance status",
            (
                "Partially compliant This site meets most requirements of the European standard EN 301 549. "
                "The exceptions are listed below."
            ),
        ),
        (
            "Content that is not accessible",
            (
                "Non-compliance with the requirements Old files. "
                "Disproportionate burden Old films. "
                "Content outside the scope of the law Live streams."
            ),
        ),
        (
            "Preparation of this statement",
            "Prepared on 20 May 2025 Method Assessment by a third party Last reviewed on 20 May 2025 By an expert.",
        ),
        ("Feedback and contact", "Write to us. Email access@example.org Reply within 1 day"),
        ("Enforcement", "Ask the authority. Supervising authority The authority"),
    ]
    assert [link["href"] for link in page.select(".section__body a, .tinted a")] == [
        "mailto:access@example.org",
        "https://example.org/authority",
    ]


def test_statement_without_exceptions_says_so(client, home_page):
    make_page(AccessibilityPage, home_page, "Accessibility", slug="accessibility", response_days=14)

    page = text_of(get_main(client, "/en/accessibility/"))

    assert "This site meets the requirements of the European standard EN 301 549." in page
    assert "We know of no content that does not meet the requirements." in page
    assert "We do not claim a disproportionate burden for any content." in page
    assert "There is no such content on this site." in page
    assert "within 14 days" in page
