"""Cached responses are served until the next moment at which the time changes them, and not longer."""

import datetime
import re

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from events.enums import EventStatus, Mode
from events.models import CalendarEntry, RegistrationSettings
from events.timetable.announce import record_public_state
from home import validity
from home.http import generations, page_cache
from home.http.page_cache import PageCacheMiddleware
from home.models import ContentPage
from tests.clock import Clock, stopped_clock
from tests.factories.events import change_event, make_event, publish, row, rows_of
from tests.factories.events import make_page as make_event_page
from tests.factories.pages import make_page
from tests.factories.registrations import set_up_registration

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

DAY = datetime.timedelta(days=1)
HOUR = datetime.timedelta(hours=1)
SECOND = datetime.timedelta(seconds=1)
# In Helsinki: the forum is on 16 May 2030 from 10 to 12, with registration until the day before.
START = datetime.datetime(2030, 5, 16, 7, tzinfo=datetime.UTC)
MOMENTS = {
    "registration opens": START - 9 * DAY,
    "the waiting list ends": START - 3 * DAY,
    "registration closes": START - 2 * DAY,
    "the page expires": START - DAY / 2,
    "the event begins": START,
    "the event ends": START + 2 * HOUR,
    "the cancelled event is over": datetime.datetime(2030, 5, 20, 21, tzinfo=datetime.UTC),
    "the removed session is forgotten": START + 90 * DAY - 20 * DAY,
}


@pytest.fixture
def clock(monkeypatch) -> Clock:
    return stopped_clock(monkeypatch, START - 20 * DAY)


@pytest.fixture
def cache_on(settings):
    # Longer than all these moments, which then are the only reason why a response changes.
    settings.PAGE_CACHE_SECONDS = 365 * 24 * 3600


def text_of_visit(path: str) -> str:
    response = Client().get(path)
    # The parts that are filled in for each visitor.
    return re.sub(rb'(name="(?:csrfmiddlewaretoken|form_token)" value=)"[^"]*"', b"", response.content).decode()


def rendered_now(path: str, settings) -> str:
    cached, settings.PAGE_CACHE_SECONDS = settings.PAGE_CACHE_SECONDS, 0
    try:
        return text_of_visit(path)
    finally:
        settings.PAGE_CACHE_SECONDS = cached


@pytest.fixture
def site(home_page, clock) -> list[str]:
    """A site on which every moment changes something, and all its public addresses in one language."""
    page = make_event_page(home_page, row("10:00", "Opening"), row("11:00", "Talk", "12:00"), title="Forum")
    page = publish(page, rows=rows_of(page)[:1])
    record_public_state(page.event_id)
    change_event(page.event, end_time=datetime.time(12))
    set_up_registration(
        page.event,
        {Mode.ON_SITE: (0, True), Mode.ONLINE: (5, True)},
        opens_at=MOMENTS["registration opens"],
        closes_at=MOMENTS["registration closes"],
        waiting_until=MOMENTS["the waiting list ends"],
    )
    cancelled_day = (START + 4 * DAY).date()
    make_event_page(
        home_page,
        title="Cancelled",
        slug="cancelled",
        event=make_event(first_day=cancelled_day, status=EventStatus.CANCELLED),
    )
    make_event_page(
        home_page,
        title="Elsewhere",
        slug="elsewhere",
        event=make_event(
            first_day=START.date(), end_time=datetime.time(12), registration_url="https://example.org/register"
        ),
    )
    make_page(
        ContentPage, home_page, "Until May", slug="until-may", expire_at=MOMENTS["the page expires"], show_in_menus=True
    )
    make_page(ContentPage, home_page, "About", slug="about")
    removed = CalendarEntry.objects.filter(removed_at__isnull=False).get()
    key = page.event.key
    return [
        "/en/",
        "/en/about/",
        "/en/until-may/",
        "/en/search/",
        "/en/events/",
        "/en/events/?view=month",
        "/en/events/?mode=online",
        "/en/events/forum/",
        "/en/events/forum/register/",
        "/en/events/cancelled/",
        "/en/events/elsewhere/",
        "/en/feeds/events/",
        "/en/calendars/events.ics",
        f"/en/calendars/event/{key}.ics",
        f"/en/calendars/timetable/{key}.ics",
        f"/en/calendars/row/{removed.key}.ics",
    ]


def test_every_address_shows_at_every_moment_what_it_shows_without_the_cache(site, clock, settings, cache_on):
    """Also control: each of these moments changes an address."""
    midnight = datetime.datetime(2030, 5, 9, 21, tzinfo=datetime.UTC)
    moments = MOMENTS | {"midnight": midnight}
    without_effect = []
    for name, moment in sorted(moments.items(), key=lambda item: item[1]):
        clock.now = moment - SECOND
        for path in site:
            assert text_of_visit(path) == rendered_now(path, settings), (path, "before", name)
        before = {path: text_of_visit(path) for path in site}
        clock.now = moment
        for path in site:
            assert text_of_visit(path) == rendered_now(path, settings), (path, name)
        seen = {path: text_of_visit(path) for path in site}
        if seen == before:
            without_effect.append(name)
    assert without_effect == []


def test_nothing_is_rendered_between_two_moments(site, clock, cache_on, django_assert_num_queries):
    paths = [path for path in site if "register" not in path]
    for path in paths:
        text_of_visit(path)
    clock.now = MOMENTS["registration opens"] - SECOND
    # The month changes each midnight.
    with django_assert_num_queries(0):
        for path in paths:
            if "month" not in path:
                text_of_visit(path)


def test_a_moment_that_passes_while_a_response_is_made_counts(db, clock, cache_on):
    """Control: a moment that had passed before does not."""
    for difference, expected in [(-SECOND, 1), (SECOND, 2)]:
        calls: list = []

        def view(request, moment=clock.now + difference, calls=calls):
            calls.append(request)
            validity.changes_at(moment)
            clock.now = clock.now + 2 * SECOND
            return HttpResponse("text")

        generations.start()
        middleware = PageCacheMiddleware(view)
        for _number in range(2):
            middleware(RequestFactory().get("/en/"))
        assert len(calls) == expected


def test_validity_is_the_first_moment_of_all_blocks(clock):
    with validity.collect_change_times() as outer:
        validity.changes_at(None, clock.now - DAY, clock.now + 3 * DAY)
        with validity.collect_change_times() as inner:
            validity.changes_at(clock.now + 2 * DAY)
        assert inner.until == outer.until == clock.now + 2 * DAY
    validity.changes_at(clock.now + DAY)
    assert outer.until == clock.now + 2 * DAY


def test_a_remembered_value_limits_every_block_that_uses_it(clock):
    calls = []

    def make():
        calls.append(1)
        validity.changes_at(clock.now + DAY)
        return "value"

    value = validity.memoized(make)
    for _time in range(2):
        with validity.collect_change_times() as collected:
            assert value() == "value"
        assert collected.until == clock.now + DAY
    assert len(calls) == 1


def test_a_cached_value_limits_every_response_that_uses_it(db, clock, cache_on):
    def make():
        validity.changes_at(clock.now + DAY)
        return "value"

    for _time in range(2):
        with validity.collect_change_times() as collected:
            assert page_cache.cached("test-value", make) == "value"
        assert collected.until == clock.now + DAY


def test_midnight_is_that_of_the_time_zone_of_the_site():
    before_summer_time = datetime.datetime(2030, 3, 30, 22, 30, tzinfo=datetime.UTC)
    assert validity.next_midnight(before_summer_time) == datetime.datetime(2030, 3, 31, 21, tzinfo=datetime.UTC)


def test_registration_settings_of_the_site_name_every_moment(site):
    """The factories above follow the model: a new moment needs a line in MOMENTS."""
    names = {field.name for field in RegistrationSettings._meta.fields if field.get_internal_type() == "DateTimeField"}
    shown = {"opens_at", "closes_at", "waiting_until"}
    assert names - shown == {"change_until", "withdraw_until", "reminded_at", "sensitive_erased_at", "anonymised_at"}
