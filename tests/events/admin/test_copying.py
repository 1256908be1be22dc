"""Copies of event pages, and access to the registrations of new events."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from events.models import Event, EventAccess, EventPage, RegistrationSettings
from home.permissions import EVENT_ORGANISERS
from tests.events.test_editing import EVENT_DETAILS
from tests.factories.events import commit, make_index, make_page
from tests.factories.registrations import make_registration
from tests.factories.users import make_editor, make_organiser, make_user

pytestmark = pytest.mark.any_database


def copy_of(client, page: EventPage, user) -> Event:
    """Copy a page in the admin, and return the event of the copy."""
    client.force_login(user)
    form = {"new_title": "Copy", "new_slug": "copy", "new_parent_page": page.get_parent().pk, "publish_copies": ""}
    with commit():
        client.post(reverse("wagtailadmin_pages:copy", args=[page.pk]), form)
    return EventPage.objects.get(slug="copy").event


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


def test_a_copy_of_an_event_without_registration_has_none(client, home_page):
    copied = copy_of(client, make_page(home_page), make_editor())
    assert not RegistrationSettings.objects.filter(event=copied).exists()


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
