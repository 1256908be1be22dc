"""The report about the project in a period: events, publications, news and languages, as PDF, workbook and CSV."""

import csv
import datetime
import io

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from events.models import CheckIn
from events.states import RegistrationStatus
from factsheets.models import DownloadCount
from home.admin.period import Period, PeriodForm
from home.admin.project_report import project_report
from home.permissions import DATA_PROTECTION, EVENT_ORGANISERS
from news.models import NewsIndexPage, NewsPage
from tests.factories.events import make_page, row
from tests.factories.factsheets import make_fact_sheet, make_fact_sheet_list
from tests.factories.mail import make_registration
from tests.factories.users import make_editor, make_user

pytestmark = pytest.mark.slow

URL = "project_report"
YEAR = Period(datetime.date(2025, 1, 1), datetime.date(2025, 12, 31))
DAY = datetime.date(2025, 5, 16)


def hold_event(home_page, number=0, *, country="FI", people=6, **fields):
    """Make an event of one day, from 9:00 to 12:30, with people who attended."""
    sessions = [
        row("09:00", "One", "10:00"),
        row("10:30", "Two", "12:30"),
        row("13:00", "Cancelled", is_cancelled=True),
    ]
    page = make_page(home_page, *sessions, title=f"Forum {number}", slug=f"forum-{number}", first_day=DAY, **fields)
    for _number in range(people):
        person = make_registration(page.event, status=RegistrationStatus.ATTENDED, country=country)
        CheckIn.objects.create(registration=person, day=DAY)
    return page


def add_sheet(sheets, number=0, downloads=3):
    page = make_fact_sheet(sheets, f"Sheet {number}", slug=f"sheet-{number}")
    page.publication.first_published_on = DAY
    page.publication.save()
    DownloadCount.objects.create(publication=page.publication, language="en", day=DAY, count=downloads)
    DownloadCount.objects.create(publication=page.publication, language="fi", day=DAY, count=1)
    # Not of the period.
    DownloadCount.objects.create(publication=page.publication, language="en", day=datetime.date(2024, 5, 1), count=50)
    return page


def add_article(news, number=0):
    article = NewsPage(
        title=f"Article {number}", slug=f"article-{number}", date=DAY, lead="What happened", locale=news.locale
    )
    return news.add_child(instance=article)


@pytest.fixture
def sheets(home_page):
    return make_fact_sheet_list(home_page, "Sheets", "sheets")


@pytest.fixture
def news(home_page):
    return home_page.add_child(instance=NewsIndexPage(title="News", slug="news", locale=home_page.locale))


def tables(report):
    return {table.title: [list(cells) for cells in table.rows] for table in report.tables}


def test_the_numbers_are_those_of_the_period(home_page, sheets, news):
    hold_event(home_page)
    make_page(home_page, title="Later", slug="later", first_day=datetime.date(2026, 1, 1))
    make_page(home_page, title="Off", slug="off", first_day=DAY, status="cancelled")
    add_sheet(sheets)
    add_article(news)
    found = tables(project_report(YEAR, "Beacon"))
    assert [cells[0] for cells in found["Events"]] == ["Forum 0", "Off"]
    assert found["Events"][0][4:] == ["Completed", 6, 6, 3.5, 21.0, "Finland"]
    # The cancelled event is listed, and does not count.
    assert found["Events that took place"] == [
        ["Events", 1], ["Participants", 6], ["Hours", 3.5], ["Hours of all participants", 21.0],
    ]  # fmt: skip
    assert found["Participants by country"] == [["Finland", 6]]
    assert found["Publications and their downloads"] == [["Sheet 0", DAY, "English", 3, 1, 4]]
    assert found["Downloads by language"] == [["English", 3], ["Finnish", 1]]
    assert found["Articles"] == [["Article 0", DAY, "English"]]
    activities = found["Communication and dissemination activities"]
    assert [(cells[1], cells[4], cells[7], cells[9]) for cells in activities] == [
        ("Article 0", "Article on the website", "", "Completed"),
        ("Forum 0", "Event", 6, "Completed"),
        ("Off", "Event", "", "Cancelled"),
        ("Sheet 0", "Published on the website", 4, "Completed"),
    ]


def test_sums_of_several_events_show_no_small_number_of_one(home_page):
    """The sum minus the report of the other event would be the two people of the first."""
    hold_event(home_page, 1, country="EE", people=2)
    hold_event(home_page, 2, country="EE", people=7)
    found = tables(project_report(YEAR, "Beacon"))
    assert found["Participants by country"] == [["Estonia", 7]]


@pytest.mark.parametrize("number", [1, 3])
def test_queries_are_the_same_for_any_number_of_rows(home_page, sheets, news, number, django_assert_num_queries):
    for place in range(number):
        hold_event(home_page, place, people=1)
        add_sheet(sheets, place)
        add_article(news, place)
    project_report(YEAR, "Beacon")
    with django_assert_num_queries(16):
        project_report(YEAR, "Beacon")


def test_an_empty_period_says_so(client, home_page):
    client.force_login(make_editor())
    text = client.get(reverse(URL), {"start": "2001-01-01", "end": "2001-12-31"}).content.decode()
    for part in ("There are no events", "There are no publications", "There are no articles", "no activities"):
        assert part in text
    assert (
        client.get(reverse(URL), {"start": "2001-01-01", "end": "2001-12-31", "export": "pdf"}).content[:4] == b"%PDF"
    )


def test_the_screen_and_the_files(client, home_page, sheets, news):
    hold_event(home_page, people=6)
    add_sheet(sheets)
    add_article(news)
    client.force_login(make_editor())
    period = {"start": "2025-01-01", "end": "2025-12-31"}
    text = client.get(reverse(URL), period).content.decode()
    assert text.count('class="bar-chart"') == text.count("chart-beside-table") > 2
    response = client.get(reverse(URL), period | {"export": "csv"})
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert rows[0][:5] == ["No.", "Activity", "Description", "Target audience", "Channel"]
    assert [line[1] for line in rows[1:]] == ["Article 0", "Forum 0", "Sheet 0"]
    book = openpyxl.load_workbook(io.BytesIO(client.get(reverse(URL), period | {"export": "xlsx"}).content))
    assert book["1 Events"]["G2"].value == 6
    assert client.get(reverse(URL), period | {"export": "pdf"}).content.startswith(b"%PDF")


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_years_that_cannot_be_calculated_with_are_refused_in_words(client, home_page, year):
    client.force_login(make_editor())
    for url in (reverse(URL), reverse("fact_sheet_downloads:index")):
        for name in ("start", "end"):
            response = client.get(url, {name: f"{year}-01-01", "export": "csv"})
            assert response.status_code == 200
            assert "Enter a year from 1900 to 2100." in response.content.decode()


def test_who_reads_it(client, home_page):
    client.force_login(make_editor())
    assert reverse(URL) in client.get(reverse("wagtailadmin_home")).content.decode()
    for number, group in enumerate(("", EVENT_ORGANISERS, DATA_PROTECTION)):
        client.force_login(make_user(f"user{number}", group=group))
        assert client.get(reverse(URL), {"export": "csv"}).status_code == 302
        assert reverse(URL) not in client.get(reverse("wagtailadmin_home")).content.decode()


def test_without_an_entry_the_period_is_that_of_the_project(client, home_page):
    today = timezone.localdate()
    start = today - datetime.timedelta(days=100)
    assert Period.from_form(PeriodForm(None), start) == Period(start, today)
    assert Period.from_form(PeriodForm(None), today + datetime.timedelta(days=9)).start == today - datetime.timedelta(
        365
    )
