"""What pages and doors say about places, also pages that are cached."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from events.attendance import doors
from events.enums import Mode
from events.models import EventPage
from events.registration import commands
from events.registration.sessions import counted_sessions
from tests.factories.events import DAY, commit, row, rows_of
from tests.factories.registrations import make_open_page, make_registration, register_person, set_seats_of
from tests.factories.users import make_organiser

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def page(home_page):
    """An event with two workshops at the same time, which are counted."""
    page = make_open_page(
        home_page,
        row("10:00", "Workshop A", end="11:00", track="1"),
        row("10:00", "Workshop B", end="11:00", track="2"),
        event_fields={"attendance": "hybrid"},
    )
    commands.set_counted(page.event_id, {item.translation_key for item in rows_of(page)})
    return EventPage.objects.get(pk=page.pk)


@pytest.fixture
def keys(page):
    return {item.title: item.translation_key for item in rows_of(page)}


def test_the_cached_page_of_the_event_says_when_few_places_are_left(page, keys, client, settings):
    settings.PAGE_CACHE_SECONDS = 60
    key = keys["Workshop A"]
    with commit():
        commands.set_chosen(page.event_id, {key: 7})
    set_seats_of(page.event, Mode.ON_SITE, 8)
    people = [make_registration(page.event) for _number in range(2)]

    def shown():
        text = client.get(page.url).content.decode()
        return text.count("Places available"), text.count("Few places left")

    assert shown() == (2, 0)
    with commit():
        commands.choose_sessions(people[0].pk, {key})
    assert shown() == (2, 0)
    with commit():
        commands.choose_sessions(people[1].pk, {key})
    assert shown() == (1, 1)
    with commit():
        register_person(page.event, now=timezone.now())
    assert shown() == (0, 2)
    with commit():
        commands.withdraw(people[0].pk)
    assert shown() == (2, 0)
    with commit():
        commands.set_chosen(page.event_id, {key: None})
    assert shown() == (1, 0)


def test_the_door_says_how_many_places_of_a_session_are_taken(page, keys, client):
    commands.set_chosen(page.event_id, {keys["Workshop A"]: 20, keys["Workshop B"]: None})
    commands.choose_sessions(make_registration(page.event).pk, {keys["Workshop A"]})
    end = timezone.now() + datetime.timedelta(days=4000)
    door = doors.create_door(page.event, "Room 2", end, make_organiser(page.event))
    with translation.override("en"):
        url = reverse("door", kwargs={"token": doors.token_for(door)})
    sessions = {item.title: item.pk for item in counted_sessions(page.event, "en")}

    def shown(title):
        text = client.get(url, {"at": str(sessions[title]), "day": DAY.isoformat()}).content.decode()
        return " ".join(text.split())

    assert "0 participants are at this session · 1 of 20 places taken" in shown("Workshop A")
    assert "places taken" not in shown("Workshop B")
