"""The event list and the home page with more events than they show."""

import datetime
import uuid

import pytest
from django.db import connection
from django.db.models.signals import post_init
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import Site

from events.enums import Attendance, EventPhase, EventStatus
from events.models import CalendarEntry, Event, EventPage
from events.presentation import listing, phase_queries
from home.http import generations
from tests.clock import Clock, stopped_clock
from tests.factories.events import make_index
from tests.home.many_pages import add_pages
from tests.html import get_page, text_of

pytestmark = pytest.mark.slow

DAY = datetime.timedelta(days=1)
HOUR = datetime.timedelta(hours=1)
NOW = datetime.datetime(2030, 5, 16, 9, tzinfo=datetime.UTC)


@pytest.fixture
def clock(monkeypatch) -> Clock:
    return stopped_clock(monkeypatch, NOW)


@pytest.fixture
def short(monkeypatch):
    """Let the list show only two coming and two past events."""
    monkeypatch.setattr(listing, "COMING_SHOWN", 2)
    monkeypatch.setattr(listing, "PAST_SHOWN", 2)


def at(start: datetime.timedelta, length: datetime.timedelta = HOUR, **fields) -> dict[str, object]:
    starts_at = NOW + start
    times = {"starts_at": starts_at, "ends_at": starts_at + length}
    days = {"first_day": starts_at.date(), "last_day": (starts_at + length).date()}
    return {"venue_country": "FI", **times, **days, **fields}


def add_events(home_page, *events: dict[str, object]):
    """Add an event list with these events, called "Event 0", "Event 1" …, and return the list."""
    index = make_index(home_page)
    made = Event.objects.bulk_create([Event(**fields) for fields in events])
    keys = [uuid.uuid4() for _event in made]
    add_pages(index, EventPage, keys, lambda count: {"event_id": made[count].pk}, word="event")
    generations.start()
    return index


def listed(client, address: str) -> dict[str, list[int]]:
    """Return the numbers of the events in each section."""
    return {
        text_of(section.h2): [int(text_of(title).split()[-1]) for title in section.select(".event-row__title")]
        for section in get_page(client, address).select("section[aria-labelledby]")
    }


def on_home_page(client) -> list[int]:
    titles = get_page(client, "/en/").select(".next-event__title, .event-line__title")
    return [int(text_of(title).split()[-1]) for title in titles]


def more_links(client, address: str, section: str) -> list[tuple[str, str]]:
    found = get_page(client, address).select(f"section[aria-labelledby={section}] .event-list__more a")
    return [(text_of(link), link["href"]) for link in found]


EVENTS = [
    at(-HOUR, 2 * HOUR),
    at(-HOUR, HOUR),
    at(datetime.timedelta()),
    at(-DAY),
    at(DAY),
    at(3 * DAY, starts_at=None, ends_at=None),
]


@pytest.mark.parametrize("moment", [NOW - DAY, NOW, NOW + DAY, NOW + DAY + HOUR])
def test_queries_find_the_phases_of_events(db, moment):
    for status in EventStatus:
        Event.objects.bulk_create([Event(**fields, status=status) for fields in EVENTS])
    events = list(Event.objects.all())
    off = {EventPhase.CANCELLED, EventPhase.POSTPONED}
    not_postponed = {event.pk for event in events if event.phase(moment) != EventPhase.POSTPONED}
    over = {event.pk for event in events if event.is_over(moment)}
    taking_place = {event.pk for event in events if event.phase(moment) not in off}

    def found(condition):
        return set(Event.objects.filter(condition).values_list("pk", flat=True))

    assert found(phase_queries.past(moment, "")) == not_postponed & over
    assert found(phase_queries.coming(moment, "")) == not_postponed - over
    assert found(phase_queries.postponed("")) == {event.pk for event in events} - not_postponed
    assert found(phase_queries.takes_place("")) == taking_place


@pytest.mark.parametrize("mode", ["", *Attendance])
def test_queries_find_the_attendance_of_events(db, mode):
    Event.objects.bulk_create(
        [Event(**at(DAY), status=status, attendance=kind) for status in EventStatus for kind in Attendance]
    )
    expected = {event.pk for event in Event.objects.all() if not mode or event.mode in {mode, Attendance.HYBRID}}
    found = Event.objects.filter(phase_queries.attended(mode, "")).values_list("pk", flat=True)
    assert set(found) == expected


# The home page


def test_the_home_page_shows_running_then_upcoming_then_the_latest_past_events(client, home_page, clock):
    add_events(
        home_page,
        at(-30 * DAY),
        at(-10 * DAY),
        at(-20 * DAY),
        at(10 * DAY),
        at(-HOUR, 2 * HOUR),
        at(5 * DAY, status=EventStatus.CANCELLED),
        at(2 * DAY, status=EventStatus.POSTPONED),
        at(-DAY, status=EventStatus.CANCELLED),
    )
    assert on_home_page(client) == [4, 3, 1]


def test_the_home_page_shows_the_next_of_many_events(client, home_page, clock):
    add_events(home_page, *(at(days * DAY) for days in (4, 1, 3, 2, -1)))
    assert on_home_page(client) == [1, 3, 2]
    clock.now = NOW + 3 * DAY
    assert on_home_page(client) == [2, 0, 3]
    clock.now = NOW + 9 * DAY
    assert on_home_page(client) == [0, 2, 3]


# Cached pages


OVERLAPPING = [
    at(DAY, 9 * DAY),
    at(2 * DAY, 9 * DAY),
    at(3 * DAY, 9 * DAY),
    at(4 * DAY, HOUR),
    at(5 * DAY, 2 * DAY),
    at(6 * DAY, HOUR, status=EventStatus.CANCELLED),
    at(7 * DAY, HOUR, status=EventStatus.POSTPONED),
    at(-DAY),
    at(-400 * DAY),
    at(-800 * DAY),
]
ADDRESSES = [
    "/en/",
    "/en/events/",
    "/en/events/?mode=on_site",
    "/en/events/?year=2029",
    "/en/events/?view=upcoming",
    "/en/events/?view=month",
]


def test_cached_pages_change_at_the_same_moments_as_rendered_ones(home_page, clock, settings, short):
    add_events(home_page, *OVERLAPPING)
    for moment in sorted({fields[name] for fields in OVERLAPPING for name in ("starts_at", "ends_at")}):
        for when in (moment - HOUR / 2, moment):
            if when < NOW:
                continue
            clock.now = when
            for address in ADDRESSES:
                settings.PAGE_CACHE_SECONDS = 0
                rendered = Client().get(address).content
                settings.PAGE_CACHE_SECONDS = 365 * 24 * 3600
                assert Client().get(address).content == rendered, (address, when)


def test_the_home_page_is_cached_until_a_shown_event_begins_or_ends(home_page, clock, settings):
    """Also control: an event that begins later, and is not shown, does not end it."""
    add_events(home_page, at(-HOUR, 9 * DAY), at(4 * DAY, 9 * DAY), at(6 * DAY), at(7 * DAY), at(8 * DAY))
    settings.PAGE_CACHE_SECONDS = 365 * 24 * 3600

    def is_cached() -> bool:
        with CaptureQueriesContext(connection) as captured:
            assert Client().get("/en/").status_code == 200
        return not captured

    assert not is_cached()
    expected = {4: False, 5: True, 6: False}
    for days, cached in expected.items():
        clock.now = NOW + days * DAY
        assert is_cached() is cached, days


# The list


def test_the_list_shows_the_latest_past_events_and_links_to_their_years(client, home_page, clock):
    past = [at(-DAY * (day + 1)) for day in range(25)] + [at(-(400 + day) * DAY) for day in range(3)]
    index = add_events(home_page, *past)
    assert listed(client, index.url)["Past events"] == list(range(20))
    assert more_links(client, index.url, "past") == [
        ("All past events of 2030 (25)", "/en/events/?year=2030"),
        ("All past events of 2029 (3)", "/en/events/?year=2029"),
    ]
    assert listed(client, index.url + "?year=2030")["Past events"] == list(range(25))
    assert listed(client, index.url + "?year=2029")["Past events"] == [25, 26, 27]
    assert more_links(client, index.url + "?year=2029", "past") == []


def test_a_list_that_shows_all_events_has_no_such_links(client, home_page, clock, short):
    index = add_events(home_page, at(-DAY), at(-400 * DAY), at(DAY), at(-HOUR, DAY))
    assert listed(client, index.url) == {"Running now": [3], "Upcoming events": [2], "Past events": [0, 1]}
    assert get_page(client, index.url).select(".event-list__more") == []


def test_years_that_are_shown_completely_have_no_link(client, home_page, clock, short):
    index = add_events(home_page, at(-DAY), at(-400 * DAY), at(-401 * DAY), at(-800 * DAY))
    assert more_links(client, index.url, "past") == [
        ("All past events of 2029 (2)", "/en/events/?year=2029"),
        ("All past events of 2028 (1)", "/en/events/?year=2028"),
    ]


def test_links_to_years_keep_the_other_filters(client, home_page, clock, short):
    online = {"attendance": Attendance.ONLINE}
    index = add_events(
        home_page,
        at(-DAY),
        at(-2 * DAY, status=EventStatus.MOVED_ONLINE),
        at(-3 * DAY, **online),
        at(-4 * DAY, attendance=Attendance.HYBRID, venue_country="EE"),
    )
    address = index.url + "?mode=online"
    assert listed(client, address) == {"Past events": [1, 2]}
    [(text, link)] = more_links(client, address, "past")
    assert (text, link) == ("All past events of 2030 (3)", "/en/events/?mode=online&year=2030")
    assert listed(client, link) == {"Past events": [1, 2, 3]}
    assert listed(client, index.url + "?country=EE") == {"Past events": [3]}


def test_the_list_shows_the_next_events_and_a_link_to_all(client, home_page, clock, short):
    index = add_events(
        home_page,
        at(4 * DAY),
        at(-HOUR, DAY),
        at(2 * DAY, status=EventStatus.CANCELLED),
        at(3 * DAY),
        at(DAY, status=EventStatus.POSTPONED),
        at(-DAY),
        at(-2 * DAY, status=EventStatus.CANCELLED),
    )
    assert listed(client, index.url) == {
        "Running now": [1],
        "Upcoming events": [2],
        "Postponed": [4],
        "Past events": [5, 6],
    }
    assert more_links(client, index.url, "upcoming") == [
        ("All running and upcoming events (4)", "/en/events/?view=upcoming")
    ]
    assert listed(client, index.url + "?view=upcoming") == {
        "Running now": [1],
        "Upcoming events": [2, 3, 0],
        "Postponed": [4],
    }
    assert more_links(client, index.url + "?mode=on_site", "upcoming") == [
        ("All running and upcoming events (4)", "/en/events/?mode=on_site&view=upcoming")
    ]


def test_the_list_of_all_coming_events_links_to_years_and_back(client, home_page, clock):
    index = add_events(home_page, at(DAY), at(-DAY), at(-400 * DAY))
    page = get_page(client, index.url + "?view=upcoming")
    assert listed(client, index.url + "?view=upcoming") == {"Upcoming events": [0]}
    years = page.select("[aria-labelledby=filter-year] a")
    assert [link["href"] for link in years] == ["/en/events/?year=2030", "/en/events/?year=2029"]
    assert [link["href"] for link in page.select("[aria-labelledby=filter-view] a")] == [
        "/en/events/",
        "/en/events/?view=month",
    ]
    assert not page.select("[aria-labelledby=filter-view] [aria-current]")


def test_running_events_alone_have_the_link_to_all(client, home_page, clock, short):
    index = add_events(home_page, *(at(-DAY, 2 * DAY) for _number in range(3)), at(DAY))
    assert listed(client, index.url) == {"Running now": [0, 1], "Upcoming events": []}
    assert more_links(client, index.url, "upcoming") == [
        ("All running and upcoming events (4)", "/en/events/?view=upcoming")
    ]


def test_pages_behind_the_links_are_cached(home_page, clock, settings, short):
    """Also control: pages of other years are not."""
    add_events(home_page, *(at(-day * DAY) for day in range(1, 4)), *(at(day * DAY) for day in range(1, 4)))
    settings.PAGE_CACHE_SECONDS = 3600
    for query, cached in [
        ("?year=2030", True),
        ("?view=upcoming", True),
        ("?mode=on_site&view=upcoming", True),
        ("?year=2031", False),
        ("?year=2030&view=upcoming", False),
        ("?country=EE", False),
    ]:
        Client().get(f"/en/events/{query}")
        with CaptureQueriesContext(connection) as captured:
            Client().get(f"/en/events/{query}")
        assert (not captured) is cached, query


class Reading:
    """Counts the pages of events and the queries of a request, after a first one that fills the caches."""

    def __init__(self, client, address: str) -> None:
        self.pages = 0
        client.get(address)
        post_init.connect(self._count, sender=EventPage)
        try:
            with CaptureQueriesContext(connection) as captured:
                client.get(address)
        finally:
            post_init.disconnect(self._count, sender=EventPage)
        self.queries = len(captured)

    def _count(self, sender, **_kwargs):
        self.pages += 1


@pytest.mark.parametrize("query", ["", "?view=month", "?view=month&month=2029-03", "?mode=on_site", "?country=FI"])
def test_the_list_reads_only_the_events_that_it_shows(client, home_page, clock, short, query):
    shown = [at(DAY), at(2 * DAY), at(-DAY), at(-2 * DAY), at(-420 * DAY)]
    others = [at(sign * (40 + day) * DAY) for day in range(30) for sign in (-1, 1)]
    index = add_events(home_page, *shown, *others)
    EventPage.objects.filter(title__in=[f"Event {number}" for number in range(len(shown), 100)]).update(live=False)
    few = Reading(client, index.url + query)
    EventPage.objects.update(live=True)
    many = Reading(client, index.url + query)
    assert (many.pages, many.queries) == (few.pages, few.queries)
    assert many.pages <= 4
    assert many.queries <= 12


def test_the_home_page_reads_only_the_events_that_it_shows(client, home_page, clock):
    add_events(home_page, *(at(day * DAY) for day in range(-10, 10)))
    assert Reading(client, "/en/").pages == 3


@pytest.mark.parametrize("address", ["/en/", "/en/events/", "/en/events/?view=month", "/en/calendars/events.ics"])
def test_no_list_reads_joining_links(client, home_page, clock, address):
    add_events(home_page, at(DAY), at(-DAY))
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    assert any("events_event" in query["sql"] for query in captured)
    assert not any("online_link" in query["sql"] for query in captured)


# The calendar


def test_the_calendar_of_all_events_reads_the_paths_of_sites_once(client, home_page, clock, monkeypatch):
    index = add_events(home_page, *(at(day * DAY) for day in range(4)))
    CalendarEntry.objects.bulk_create(
        CalendarEntry(event=event, key=event.key, is_row=False, modified_at=NOW, announced={})
        for event in Event.objects.all()
    )
    calls, read = [], Site.get_site_root_paths

    def get_site_root_paths():
        calls.append(1)
        return read()

    monkeypatch.setattr(Site, "get_site_root_paths", get_site_root_paths)
    assert client.get(index.calendar_path).content.count(b"BEGIN:VEVENT") == 4
    # Once for the events and once for the list.
    assert len(calls) <= 2
