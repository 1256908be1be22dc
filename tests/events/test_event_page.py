"""Event pages, the timetable, the event list, the home page, the feed and the timetable PDF."""

import datetime
import json
from io import BytesIO

import pypdfium2
import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.rich_text import RichText

from events.enums import Attendance, EventStatus, Mode, RowKind
from events.models import EventMaterial, Speaker
from events.states import RegistrationStatus
from events.timetable.schedule import schedule_of
from tests.factories.events import (
    DAY,
    change_event,
    in_language,
    make_event,
    make_index,
    make_page,
    publish,
    row,
    rows_of,
    translate_all,
)
from tests.factories.project import describe_project
from tests.factories.registrations import NOW, make_open_page, make_registration
from tests.home.vocabulary import problems
from tests.html import get_page, text_of

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

SECRET = "https://meet.example.org/secret-room"


@pytest.fixture
def forum(home_page):
    describe_project()
    return make_page(
        home_page,
        row("09:00", "Registration", kind=RowKind.REGISTRATION),
        row("09:30", "Welcome", kind=RowKind.OPENING, speakers_data=[Speaker("Anna Example", "University").as_json()]),
        row("10:00", "Talk", "10:30", has_qa=True, room="Hall", language="en"),
        attendance=Attendance.HYBRID,
        online_link=SECRET,
        languages_spoken=["en", "fi"],
        registration_url="https://example.org/register",
    )


def test_event_details(client, forum):
    soup = get_page(client, forum.url)
    details = {text_of(item.dt): text_of(item.dd) for item in soup.select(".event-head__facts > div")}
    assert details["Attendance"] == "On site and online"
    assert details["Where"] == "Turku, Finland"
    assert details["Languages"] == "English, Finnish"
    assert details["When"].startswith("16 May 2030 09:00 – 10:30 Eastern European Summer Time, UTC+3")
    assert soup.select_one(".event-actions__register a")["href"] == "https://example.org/register"
    assert text_of(soup.select_one(".event-actions__register")) == "Register"
    assert text_of(soup.select_one(".state")) == "Upcoming"


def test_the_timetable_is_a_list_with_machine_readable_times(client, forum):
    soup = get_page(client, forum.url)
    rows = soup.select("ol.rail > li")
    assert [text_of(item.select_one(".session__title")) for item in rows] == ["Registration", "Welcome", "Talk"]
    assert [item.select_one("time")["datetime"] for item in rows] == [
        "2030-05-16T09:00:00+03:00",
        "2030-05-16T09:30:00+03:00",
        "2030-05-16T10:00:00+03:00",
    ]
    assert text_of(rows[1].select_one(".session__people")) == "Anna Example University"
    assert text_of(rows[2].select_one(".session__kind")) == "Talk includes questions"
    assert text_of(rows[2].select_one(".session__facts")) == "Hall Language: English"
    ids = [item["id"] for item in rows]
    assert len(set(ids)) == 3
    assert ids[0] == f"row-{rows_of(forum)[0].translation_key.hex[:12]}"


def test_no_public_response_has_the_joining_link(client, forum):
    for url in (forum.url, "/en/events/", "/en/", "/en/feeds/events/", forum.calendar_path, "/en/search/?q=Forum"):
        response = client.get(url)
        assert response.status_code == 200
        assert SECRET.encode() not in response.content


def test_status_and_phase_are_shown_as_text(client, forum):
    change_event(forum.event, status=EventStatus.CANCELLED)
    publish(forum, status_reason="The hall is flooded.")
    soup = get_page(client, forum.url)
    assert text_of(soup.select_one(".event-notice")) == "Cancelled The hall is flooded."
    assert soup.select_one(".event-actions__register") is None
    change_event(forum.event, status=EventStatus.POSTPONED)
    soup = get_page(client, forum.url)
    assert "New date to be announced" in text_of(soup.select_one(".event-head__facts"))
    assert soup.select_one(".event-head .date-block") is None


def test_a_rescheduled_event_shows_its_original_day(client, forum):
    change_event(
        forum.event, status=EventStatus.RESCHEDULED, first_day=DAY.replace(day=20), last_day=DAY.replace(day=20)
    )
    assert "moved; originally planned for 16 May 2030" in text_of(
        get_page(client, forum.url).select_one(".event-head__facts")
    )


def test_materials_are_shown_first_after_the_event(client, home_page):
    page = make_page(home_page, row("09:00", "One", "10:00"), first_day=datetime.date(2020, 1, 10))
    page.materials.set([EventMaterial(title="Slides", url="https://example.org/slides", locale=page.locale)])
    publish(page, aim="<p>An aim.</p>", materials=list(page.materials.all()))
    soup = get_page(client, page.url)
    headings = [text_of(heading) for heading in soup.select("main h2")]
    assert headings == ["Materials", "Aim", "Timetable"]
    assert soup.select_one(".materials a")["href"] == "https://example.org/slides"
    assert soup.select_one(".event-actions__register") is None


REPORT = [("text", RichText("<p>It was held.</p>"))]


def states_after_the_event(client, home_page, page) -> list[str]:
    """Return what the page and the list offer after the event: materials, report."""
    soup = get_page(client, page.url)
    found = [text_of(soup.select_one(".event-head__state span")), *map(text_of, soup.select("#materials"))]
    facts = get_page(client, page.get_parent().url).select(".event-row__facts > *")
    return found + [text_of(fact) for fact in facts if text_of(fact).startswith("With ")]


@pytest.mark.parametrize(
    ("material", "report", "recording", "expected"),
    [
        (False, False, False, ["This event is over."]),
        (True, False, False, ["This event is over. Materials stay on this page.", "Materials", "With materials"]),
        (False, True, False, ["This event is over.", "Report", "With report"]),
        (
            True,
            True,
            False,
            ["This event is over. Materials stay on this page.", "Materials and report", "With materials and report"],
        ),
        (False, False, True, ["This event is over. Materials stay on this page.", "With materials"]),
    ],
)
def test_only_what_is_there_after_an_event_is_named(client, home_page, material, report, recording, expected):
    session = row("09:00", "One", "10:00", recording_url="https://example.org/recording" if recording else "")
    page = make_page(home_page, session, first_day=datetime.date(2020, 1, 10))
    materials = (
        [EventMaterial(title="Slides", url="https://example.org/slides", locale=page.locale)] if material else []
    )
    publish(page, materials=materials, report=REPORT if report else [])
    assert states_after_the_event(client, home_page, page) == expected


def test_an_event_is_upcoming_or_open_not_both(client, home_page):
    page = make_open_page(home_page, seats={Mode.ON_SITE: (1, False)})
    assert [text_of(state) for state in get_page(client, page.url).select(".event-head__state .state")] == [
        "Registration open"
    ]
    make_registration(page.event, RegistrationStatus.CONFIRMED)
    assert [text_of(state) for state in get_page(client, page.url).select(".event-head__state .state")] == ["Full"]


def test_an_event_without_registration_is_upcoming(client, forum):
    assert [text_of(state) for state in get_page(client, forum.url).select(".event-head__state .state")] == ["Upcoming"]


def test_a_page_without_a_timetable(client, home_page):
    page = make_page(
        home_page, title="Kickoff", first_day=datetime.date(2023, 3, 23), last_day=datetime.date(2023, 3, 24)
    )
    soup = get_page(client, page.url)
    assert text_of(soup.select_one(".event-head__facts dd")) == "23 – 24 March 2023"
    assert soup.select_one("[data-timetable]") is None


# Tracks


@pytest.fixture
def tracks(home_page):
    return make_page(
        home_page,
        row("09:00", "All", "10:00"),
        row("10:00", "A one", "10:30", track="A", language="en"),
        row("10:00", "B long", "11:00", track="B", language="fi"),
        row("10:30", "A two", "11:00", track="A", language="en"),
        row("11:00", "Lunch", "12:00", kind=RowKind.MEAL),
    )


def test_tracks_are_columns_of_a_table(client, tracks):
    table = get_page(client, tracks.url).select_one("table.tracks")
    assert [text_of(head) for head in table.select("thead th")] == ["Time", "A", "B"]
    assert all(head["scope"] == "col" for head in table.select("thead th"))
    lines = [
        (
            text_of(line.th),
            [
                (text_of(cell.select_one(".session__title")), cell.get("rowspan"), cell.get("colspan"))
                for cell in line.select("td")
            ],
        )
        for line in table.select("tbody tr")
    ]
    assert lines == [
        ("09:00 – 10:00", [("All", None, "2")]),
        ("10:00", [("A one", None, None), ("B long", "2", None)]),
        ("10:30 – 11:00", [("A two", None, None)]),
        ("11:00 – 12:00", [("Lunch", None, "2")]),
    ]
    assert all(line.th["scope"] == "row" for line in table.select("tbody tr"))


def test_filters_by_track_and_language_keep_sessions_for_all(client, tracks):
    def titles(query):
        return [text_of(title) for title in get_page(client, tracks.url + query).select(".session__title")]

    assert titles("?track=A") == ["All", "A one", "A two", "Lunch"]
    assert titles("?language=fi") == ["All", "B long", "Lunch"]
    soup = get_page(client, tracks.url + "?track=A")
    assert soup.select_one("link[rel=canonical]")["href"] == tracks.full_url
    assert [text_of(link) for link in soup.select(".timetable__filters [aria-current]")] == ["A", "All languages"]


@pytest.mark.parametrize("query", ["?track=C", "?language=xx", "?track=" + "x" * 80])
def test_unknown_filter_values_return_404(client, tracks, query):
    get_page(client, tracks.url + query, status=404)


def test_simultaneous_sessions_of_a_track_share_a_cell(home_page):
    page = make_page(
        home_page,
        row("09:00", "One", "10:00", track="A"),
        row("09:00", "Two", "10:00", track="A"),
        row("09:00", "Three", track="B"),
    )
    (day,) = schedule_of(page, page.sessions).days
    (line,) = day.lines
    assert [[session.title for session in cell.sessions] for cell in line.cells] == [["One", "Two"], ["Three"]]


# JSON-LD


def graph(client, page, kind="Event"):
    script = get_page(client, page.url).select_one('script[type="application/ld+json"]')
    found = json.loads(script.string)
    assert problems(found) == []
    return next(node for node in found["@graph"] if node["@type"] == kind)


def test_structured_data_of_an_event(client, forum):
    node = graph(client, forum)
    assert node["name"] == "Forum"
    assert (node["startDate"], node["endDate"]) == ("2030-05-16T09:00:00+03:00", "2030-05-16T10:30:00+03:00")
    assert node["eventStatus"] == "https://schema.org/EventScheduled"
    assert node["eventAttendanceMode"] == "https://schema.org/MixedEventAttendanceMode"
    assert [place["@type"] for place in node["location"]] == ["Place", "VirtualLocation"]
    assert node["location"][0]["address"] == {
        "@type": "PostalAddress",
        "addressLocality": "Turku",
        "addressCountry": "FI",
    }
    assert node["location"][1]["url"] == forum.full_url
    assert [session["name"] for session in node["subEvent"]] == ["Welcome", "Talk"]
    assert node["performer"] == [{"@type": "Person", "name": "Anna Example"}]
    assert SECRET not in json.dumps(node)
    assert node["funding"] == {"@id": "http://localhost/#grant"}
    assert [url.rpartition("/")[2] for url in node["image"]] == ["1x1.png", "4x3.png", "16x9.png"]


def test_registration_is_an_offer(client, home_page):
    closes = timezone.now() + datetime.timedelta(days=3)
    page = make_open_page(home_page, seats={Mode.ON_SITE: (1, False)}, closes_at=closes)
    offer = graph(client, page)["offers"]
    assert offer.pop("validFrom")
    assert datetime.datetime.fromisoformat(offer.pop("validThrough")) == closes
    assert offer == {
        "@type": "Offer",
        "price": 0,
        "priceCurrency": "EUR",
        "url": f"{page.full_url}register/",
        "availability": "https://schema.org/InStock",
    }
    make_registration(page.event, RegistrationStatus.CONFIRMED)
    assert graph(client, page)["offers"]["availability"] == "https://schema.org/SoldOut"
    change_event(page.event, status=EventStatus.CANCELLED)
    assert "offers" not in graph(client, page)


@pytest.mark.parametrize(
    ("venue", "expected"),
    [
        ({"venue_town": "", "venue_country": ""}, None),
        (
            {"venue_town": "Turku", "venue_country": "FI"},
            {
                "@type": "Place",
                "address": {"@type": "PostalAddress", "addressLocality": "Turku", "addressCountry": "FI"},
            },
        ),
        (
            {"venue_name": "Restaurant Example", "venue_town": "", "venue_country": ""},
            {"@type": "Place", "name": "Restaurant Example"},
        ),
    ],
)
def test_a_place_has_no_invented_name_or_empty_address(client, home_page, venue, expected):
    page = make_page(home_page, title="Forum", attendance=Attendance.ON_SITE, **venue)
    assert graph(client, page).get("location") == ([expected] if expected else None)


@pytest.mark.parametrize(
    ("status", "schema_status"),
    [
        (EventStatus.CANCELLED, "EventCancelled"),
        (EventStatus.POSTPONED, "EventPostponed"),
        (EventStatus.MOVED_ONLINE, "EventMovedOnline"),
    ],
)
def test_a_cancelled_or_postponed_event_keeps_its_date_in_structured_data(client, forum, status, schema_status):
    change_event(forum.event, status=status)
    node = graph(client, forum)
    assert node["eventStatus"] == f"https://schema.org/{schema_status}"
    assert node["startDate"].startswith("2030-05-16")


def test_a_rescheduled_event_has_its_previous_start_date(client, forum):
    change_event(
        forum.event, status=EventStatus.RESCHEDULED, first_day=DAY.replace(day=20), last_day=DAY.replace(day=20)
    )
    node = graph(client, forum)
    assert (node["previousStartDate"], node["startDate"][:10]) == ("2030-05-16", "2030-05-20")


@pytest.mark.parametrize("status", [EventStatus.POSTPONED, EventStatus.CANCELLED])
def test_no_calendar_is_offered_for_an_event_that_is_off(client, forum, status):
    addresses = (forum.calendar_path, forum.timetable_calendar_path, "/calendar/")
    shown = get_page(client, forum.url)
    assert any(link["href"] == forum.calendar_path for link in shown.select(".event-actions a"))
    change_event(forum.event, status=status)
    shown = get_page(client, forum.url)
    links = [link["href"] for link in shown.select("main a[href]")]
    assert not [link for link in links if any(address in link for address in addresses)]
    # The files stay: people have subscribed to them.
    assert client.get(forum.calendar_path).status_code == 200


def test_the_timetable_of_a_postponed_event_shows_no_day(client, forum):
    change_event(forum.event, status=EventStatus.POSTPONED)
    section = get_page(client, forum.url).select_one("#timetable")
    assert "The event is postponed. This is the timetable as it was planned" in section.get_text()
    assert section.select_one(".timetable__date").get_text(strip=True) == "Day 1"
    assert "May" not in section.get_text()
    assert not section.select("[data-timetable]")


def test_the_table_with_tracks_of_a_postponed_event_shows_no_day(client, tracks):
    caption = get_page(client, tracks.url).select_one("table.tracks caption").get_text(strip=True)
    assert caption.startswith("Timetable of 16\xa0May\xa02030")
    change_event(tracks.event, status=EventStatus.POSTPONED)
    section = get_page(client, tracks.url).select_one("#timetable")
    assert section.select_one("caption").get_text(strip=True) == "Day 1"
    assert "2030" not in section.get_text()


# The list


@pytest.fixture
def events(home_page):
    now = timezone.now()
    today = timezone.localdate(now)
    day = datetime.timedelta(days=1)
    events = {
        "Past": {"first_day": datetime.date(2020, 1, 10), "venue_country": "EE"},
        "Older": {"first_day": datetime.date(2019, 1, 10)},
        "Running": {"first_day": today - day, "last_day": today + day, "attendance": Attendance.ONLINE},
        "Coming": {"first_day": today + 30 * day},
        "Called off": {"first_day": today + 40 * day, "status": EventStatus.CANCELLED},
        "Open": {"first_day": datetime.date(2021, 1, 10), "status": EventStatus.POSTPONED},
    }
    for title, fields in events.items():
        make_page(home_page, title=title, slug=title.lower().replace(" ", "-"), **fields)
    return make_index(home_page)


def listed(soup) -> dict[str, list[str]]:
    return {
        text_of(section.h2): [text_of(title) for title in section.select(".event-row__title")]
        for section in soup.select("section[aria-labelledby]")
    }


def test_the_list_separates_running_upcoming_and_past_events(client, events):
    assert listed(get_page(client, events.url)) == {
        "Running now": ["Running"],
        "Upcoming events": ["Coming", "Called off"],
        "Postponed": ["Open"],
        "Past events": ["Past", "Older"],
    }


def test_filters_of_the_list(client, events):
    assert listed(get_page(client, events.url + "?year=2019"))["Past events"] == ["Older"]
    assert listed(get_page(client, events.url + "?mode=online")) == {"Running now": ["Running"]}
    assert listed(get_page(client, events.url + "?country=EE")) == {"Past events": ["Past"]}
    assert "No events match the filter." in text_of(get_page(client, events.url + "?country=GR").main)


@pytest.mark.parametrize("query", ["?year=x", "?mode=x", "?country=finland", "?month=2030-13", "?view=x"])
def test_unknown_list_filter_values_return_404(client, events, query):
    get_page(client, events.url + query, status=404)


def test_month_view(client, events):
    table = get_page(client, events.url + "?view=month&month=2020-01").select_one(".month__table")
    busy = table.select_one(".month__day--busy")
    assert (busy.time["datetime"], text_of(busy.a)) == ("2020-01-10", "Past")
    assert [head["scope"] for head in table.select("thead th")] == ["col"] * 7


def test_months_link_only_to_months_with_events(client, events):
    seen, address = [], events.url + "?view=month&month=1990-01"
    while address:
        seen.append(address.partition("month=")[2][-7:])
        after = get_page(client, address).select_one(".month__nav [rel=next]")
        address = after and events.url + after["href"].removeprefix(events.url)
    assert seen[:3] == ["1990-01", "2019-01", "2020-01"]
    assert len(seen) <= 6
    assert get_page(client, events.url + "?view=month&month=1990-01").select_one(".month__nav [rel=prev]") is None


def test_the_home_page_shows_the_next_events(client, events):
    soup = get_page(client, "/en/")
    assert text_of(soup.select_one(".next-event .next-event__title")) == "Running"
    assert [text_of(title) for title in soup.select(".event-line__title")] == ["Coming", "Past"]


def test_the_home_page_shows_places_and_deadline_of_the_next_event(client, home_page):
    make_index(home_page)
    page = make_open_page(
        home_page,
        seats={Mode.ON_SITE: (3, True), Mode.ONLINE: (None, False)},
        event_fields={"attendance": Attendance.HYBRID},
        closes_at=NOW + datetime.timedelta(days=365 * 20),
    )
    panel = get_page(client, "/en/").select_one(".next-event")
    assert panel.select_one(".button--call")["href"] == page.register_path()
    facts = {text_of(row.dt): text_of(row.dd) for row in panel.select("dl > div")}
    assert (facts["On site"], facts["Online"]) == ("Few places left", "No limit on places")
    assert "Registration closes:" in text_of(panel)


def test_short_parts_of_the_description_are_side_by_side(client, forum):
    publish(forum, aim="<p>To learn.</p>", target_groups="<p>Nurses.</p>")
    page = get_page(client, forum.url)
    assert [text_of(part) for part in page.select(".event-about > div")] == ["Aim To learn.", "Who it is for Nurses."]

    publish(forum, aim=f"<p>{'To learn more. ' * 40}</p>", target_groups="<p>Nurses.</p>")
    page = get_page(client, forum.url)
    assert page.select(".event-about") == []
    assert [text_of(title) for title in page.select(".event-about__part h2")] == ["Aim", "Who it is for"]


def test_without_coming_events_the_home_page_shows_past_ones_as_lines(client, home_page):
    make_page(home_page, title="Past", first_day=datetime.date(2020, 1, 10))
    make_index(home_page)
    soup = get_page(client, "/en/")
    assert soup.select(".next-event") == []
    assert [text_of(title) for title in soup.select(".event-line__title")] == ["Past"]


def test_the_list_runs_the_same_queries_for_many_events(client, home_page):
    make_page(home_page, title="One", slug="one")
    index = make_index(home_page)

    def queries():
        client.get(index.url)
        with CaptureQueriesContext(connection) as captured:
            client.get(index.url + "?year=2030")
        return len(captured)

    before = queries()
    for number in range(3):
        make_page(home_page, title=f"More {number}", slug=f"more-{number}")
    assert queries() == before
    assert before <= 12


def test_a_page_runs_the_same_queries_for_200_rows(client, home_page):
    def rows(count):
        return [
            row(
                f"{8 + number // 3 % 12:02}:{number % 2 * 30:02}",
                f"Row {number}",
                day=1 + number % 3,
                track="ABC"[number // 3 % 3],
            )
            for number in range(count)
        ]

    last = DAY + datetime.timedelta(days=2)
    page = make_page(home_page, *rows(3), last_day=last)
    client.get(page.url)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(page.url, {"unkept": "1"}).status_code == 200
        return len(captured)

    before = queries()
    publish(page, rows(200))
    client.get(page.url)
    assert queries() == before
    assert before <= 16


# Other languages, feeds and the PDF


def test_kinds_and_dates_are_in_the_language_of_the_page(client, forum, home_page):
    translate_all(make_index(home_page), forum, codes=("fi",))
    soup = get_page(client, in_language(forum, "fi").url)
    assert soup.html["lang"] == "fi"
    assert text_of(soup.select_one(".session__title")) == "fi Registration"
    assert "16. toukokuuta 2030" in text_of(soup.select_one(".event-head__facts"))
    assert {link["hreflang"] for link in soup.select("link[hreflang]")} == {"en", "fi", "x-default"}


def test_the_feed_has_events_and_their_changes(client, forum):
    rows = rows_of(forum)
    rows[2].start, rows[2].end = datetime.time(10, 30), datetime.time(11)
    publish(forum, rows)
    soup = BeautifulSoup(client.get("/en/feeds/events/").content, "xml")
    assert {entry.title.text for entry in soup.select("entry")} == {
        "Forum",
        "Forum: “Talk” has moved from 10:00 to 10:30.",
    }
    page = get_page(client, forum.url)
    assert text_of(page.select_one(".changes__item a")) == "“Talk” has moved from 10:00 to 10:30."


def test_the_timetable_pdf(client, forum):
    response = client.get(forum.programme_path)
    assert response["Content-Type"] == "application/pdf"
    document = pypdfium2.PdfDocument(BytesIO(response.content))
    # Dates contain no-break spaces.
    text = "\n".join(page.get_textpage().get_text_range() for page in document).replace("\xa0", " ")
    for expected in ("Forum", "09:00", "Welcome", "Anna Example", "Thursday, 16 May 2030", "UTC+3"):
        assert expected in text
    assert client.get(forum.programme_path).content == response.content


@pytest.mark.parametrize("name", ["王小明", "გიორგი", "Ann 👩‍⚕️", "Ann\x07 Lee", "𓀀", "\u200b"])
def test_the_timetable_pdf_shows_every_name(client, home_page, name):
    page = make_page(home_page, row("09:00", name, speakers_data=[Speaker(name, name).as_json()]))
    page.title = name
    publish(page)
    response = client.get(page.programme_path)

    assert response.content.startswith(b"%PDF")


def test_an_event_without_a_page_is_not_listed(client, events):
    make_event(venue_town="Nowhere")
    text = text_of(get_page(client, events.url))
    assert "Turku" in text
    assert "Nowhere" not in text
