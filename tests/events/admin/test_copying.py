"""Copies of events, and access to the registrations of new events."""

import datetime

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from events.admin.copying import Part
from events.models import Event, EventAccess, EventPage, RegistrationSettings
from events.registration import commands
from home.permissions import EVENT_ORGANISERS, PARTNER_EDITORS
from tests.events.test_editing import EVENT_DETAILS
from tests.factories.events import commit, make_index, make_page, publish, row, rows_of
from tests.factories.registrations import make_open_page, make_registration
from tests.factories.users import make_editor, make_organiser, make_user

pytestmark = [pytest.mark.any_database, pytest.mark.slow]


@pytest.fixture
def page(home_page) -> EventPage:
    """In place of the page that the other modules share: these tests have only the events that they make."""
    return make_open_page(home_page, event_fields={"contact_email": "office@example.org"})


def copy_of(client, page: EventPage, user, parts=tuple(Part.values), **data) -> Event:
    """Copy an event by the form of the list, and return the copy."""
    client.force_login(user)
    address = reverse("events:copy", args=[page.event_id])
    with commit():
        response = client.post(address, {"title": "Copy", "first_day": "2031-03-10", "parts": list(parts), **data})
    assert response.status_code == 302, response.context["form"].errors
    event = Event.objects.exclude(pk=page.event_id).get()
    assert response.url == reverse("events:edit", args=[event.pk])
    return event


def test_a_copy_has_the_places_and_settings_but_no_registrations(client, page, event):
    make_organiser(event)
    make_registration(event)
    now = timezone.now()
    RegistrationSettings.objects.update(closes_at=now, reminded_at=now, needs_approval=True, retention_days=90)
    editor = make_editor()
    copied = copy_of(client, page, editor)
    settings = copied.registration_settings
    assert (settings.needs_approval, settings.retention_days) == (True, 90)
    assert (settings.opens_at, settings.closes_at, settings.reminded_at) == (None, None, None)
    seats = [(pool.mode, pool.capacity, pool.has_waiting_list) for pool in event.seat_pools.all()]
    assert [(pool.mode, pool.capacity, pool.has_waiting_list) for pool in copied.seat_pools.all()] == seats
    assert not copied.registrations.exists()
    assert [row.user for row in copied.accesses.all()] == [editor]
    assert event.registrations.count() == 1


@pytest.mark.parametrize("has_access", [True, False])
def test_a_copy_names_whom_to_notify_only_to_those_who_may_see_it(client, page, event, has_access):
    RegistrationSettings.objects.update(notification_emails="colleague@example.org")
    user = make_organiser(event) if has_access else make_user("other", group=EVENT_ORGANISERS)
    user.groups.add(Group.objects.get(name=EVENT_ORGANISERS))
    copied = copy_of(client, page, user)
    found = copied.registration_settings.notification_emails
    assert found == ("colleague@example.org" if has_access else "")


def test_a_copy_of_an_event_without_registration_has_none(client, home_page):
    copied = copy_of(client, make_page(home_page), make_editor())
    assert not RegistrationSettings.objects.filter(event=copied).exists()


def test_a_copy_with_the_timetable_has_its_counted_and_chosen_sessions(client, home_page):
    page = make_page(
        home_page,
        row("10:00", "Workshop A", end="11:00", track="1"),
        row("10:00", "Workshop B", end="11:00", track="2"),
        row("11:00", "Closing", end="12:00"),
    )
    keys = {item.title: item.translation_key for item in rows_of(page)}
    commands.set_counted(page.event_id, {keys["Closing"]})
    commands.set_chosen(page.event_id, {keys["Workshop A"]: 5, keys["Workshop B"]: None})
    copied = copy_of(client, page, make_editor())
    titles = {item.translation_key: item.title for item in copied.page.timetable_rows.all()}
    found = {titles[row.key]: (row.is_counted, row.is_chosen, row.capacity) for row in copied.sessions.all()}
    assert found == {
        "Workshop A": (False, True, 5),
        "Workshop B": (False, True, None),
        "Closing": (True, False, None),
    }
    assert not set(titles) & set(keys.values())


def test_a_copy_without_the_timetable_has_no_sessions(client, home_page):
    page = make_page(home_page, row("10:00", "Workshop A", end="11:00"))
    commands.set_counted(page.event_id, {item.translation_key for item in rows_of(page)})
    assert not copy_of(client, page, make_editor(), [Part.TEXTS]).sessions.exists()


@pytest.fixture
def original(home_page) -> EventPage:
    """An event of two days that was moved, with texts, a venue, a private link and the recording of a session."""
    page = make_page(
        home_page,
        row("10:00", "Welcome", day=2, recording_url="https://video.test/1"),
        first_day=datetime.date(2030, 5, 16),
        last_day=datetime.date(2030, 5, 17),
        status="rescheduled",
        previous_first_day=datetime.date(2030, 5, 1),
        start_time=datetime.time(9),
        venue_town="Turku",
        contact_name="The office",
        online_platform="Video",
        online_link="https://secret.test/room",
        registration_url="https://forms.test/old",
    )
    return publish(page, aim="<p>Learn</p>", directions="<p>By bus</p>", status_reason="Illness", lead="Two days")


def test_a_copy_takes_along_what_was_chosen_and_never_the_private_link(client, original):
    copied = copy_of(client, original, make_editor())
    page = EventPage.objects.get(event=copied)
    assert (copied.first_day, copied.last_day) == (datetime.date(2031, 3, 10), datetime.date(2031, 3, 11))
    assert (copied.status, copied.previous_first_day) == ("scheduled", None)
    assert (copied.online_link, copied.online_platform, copied.registration_url) == ("", "", "")
    assert (copied.venue_town, copied.contact_name, copied.start_time) == ("Turku", "The office", datetime.time(9))
    assert (page.title, page.slug, page.live, page.lead, page.aim) == (
        "Copy",
        "copy",
        False,
        "Two days",
        "<p>Learn</p>",
    )
    assert (page.directions, page.status_reason) == ("<p>By bus</p>", "")
    session = page.timetable_rows.get()
    assert (session.title, session.day, session.recording_url) == ("Welcome", 2, "")
    assert session.translation_key != original.timetable_rows.get().translation_key
    assert page.translation_key != original.translation_key
    assert copied.key != original.event.key
    assert "secret.test" not in str(page.get_latest_revision().content)


def test_a_copy_of_nothing_but_the_title_and_date(client, original):
    copied = copy_of(client, original, make_editor(), parts=[])
    page = EventPage.objects.get(event=copied)
    assert (copied.venue_town, copied.contact_name, copied.start_time) == ("", "", None)
    assert (page.lead, page.aim, page.directions, page.timetable_rows.count()) == ("", "", "", 0)
    assert (copied.zone, copied.attendance) == (original.event.zone, original.event.attendance)


def test_a_copy_needs_a_date(client, original):
    client.force_login(make_editor())
    address = reverse("events:copy", args=[original.event_id])
    assert client.get(address).context["form"]["title"].value() == "Forum"
    response = client.post(address, {"title": "Copy", "first_day": ""})
    assert list(response.context["form"].errors) == ["first_day"]
    assert Event.objects.count() == 1


def test_the_list_of_events_and_the_tree_lead_to_the_form_of_the_copy(client, original):
    client.force_login(make_editor())
    address = reverse("events:copy", args=[original.event_id])
    assert f'href="{address}"' in client.get(reverse("events:index")).text
    assert client.get(reverse("wagtailadmin_pages:copy", args=[original.pk])).url == address


def test_who_may_not_add_events_may_not_copy_one(client, original):
    client.force_login(make_user("partner", group=PARTNER_EDITORS))
    client.post(reverse("events:copy", args=[original.event_id]), {"title": "Copy", "first_day": "2031-03-10"})
    assert Event.objects.count() == 1


@pytest.mark.parametrize("group", [EVENT_ORGANISERS])
def test_users_who_add_an_event_get_access_to_its_registrations(client, home_page, group):
    user = make_user("maker")
    user.groups.add(Group.objects.get(name=group))
    client.force_login(user)
    with commit():
        client.post(
            reverse("events:add"), EVENT_DETAILS | {"title": "Mine", "written_in": make_index(home_page).locale_id}
        )
    row = EventAccess.objects.get()
    assert (row.event, row.user, row.sees_sensitive) == (Event.objects.get(), user, True)


def test_an_event_with_registrations_cannot_be_deleted(client, admin_user, home_page):
    from tests.factories.events import make_event

    event = make_event()
    make_registration(event)
    client.force_login(admin_user)
    response = client.post(reverse("events:delete", args=[event.pk]))
    assert response.url == reverse("events:edit", args=[event.pk])
    assert Event.objects.filter(pk=event.pk).exists()
