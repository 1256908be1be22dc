"""Registration settings: places, opening times, and what is confirmed before saving."""

import datetime

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from events.enums import Mode
from events.models import (
    RegistrationSettings,
)
from events.registration.errors import BusyError
from home.models import ContentPage
from home.permissions import EVENT_ORGANISERS
from tests.events.admin.responses import error_fields, shown_messages
from tests.factories.events import change_event
from tests.factories.pages import make_page
from tests.factories.project import describe_project
from tests.factories.registrations import make_registration, set_seats_of, status_of
from tests.factories.users import admin_url
from tests.html import soup

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

SETTINGS = {
    "on_site_offered": "on",
    "on_site_capacity": "10",
    "on_site_waiting_list": "on",
    "online_offered": "on",
    "online_capacity": "",
    "online_waiting_list": "on",
    "opens_at": "2030-01-01T10:00:05",
    "hold_minutes": "60",
    "offer_hours": "48",
    "reminder_hours": "48",
    "asks_organisation": "optional",
    "asks_profession": "optional",
    "asks_country": "required",
    "largest_group": "4",
    "legal_basis": "contract",
    "retention_days": "180",
    "sensitive_retention_days": "14",
}


def test_registration_opens_with_only_the_number_of_places(client, admin_user, home_page):
    from tests.factories.events import make_page

    event = make_page(home_page, attendance="hybrid", contact_email="office@example.org").event
    client.force_login(admin_user)
    url = admin_url(event, "registration_settings")
    assert [item["name"] for item in soup(client.get(url)).select(".registrations-start button")] == ["open", "save"]
    assert client.post(url, {"open": "1"}).status_code == 422
    assert client.post(url, {"on_site_offered": "on", "on_site_capacity": "many", "open": "1"}).status_code == 422
    response = client.post(
        url, {"on_site_offered": "on", "on_site_capacity": "80", "online_offered": "on", "open": "1"}
    )
    assert response.url == url
    assert {pool.mode: pool.capacity for pool in event.seat_pools.all()} == {"on_site": 80, "online": None}
    assert RegistrationSettings.objects.get(event=event).opens_at <= timezone.now()
    assert "Registration is open" in soup(client.get(url)).select_one(".registrations-availability").get_text()


def test_places_can_be_saved_without_opening(client, admin_user, home_page):
    from tests.factories.events import make_page

    event = make_page(home_page).event
    client.force_login(admin_user)
    client.post(admin_url(event, "registration_settings"), {"on_site_offered": "on", "save": "1"})
    assert RegistrationSettings.objects.get(event=event).opens_at is None
    assert "Registration is not open" in client.get(admin_url(event, "registration_settings")).content.decode()


def test_times_are_read_in_the_zone_of_the_event(client, organiser, event):
    change_event(event, zone="Europe/Athens")
    response = client.post(admin_url(event, "registration_settings"), SETTINGS | {"closes_at": "2030-05-01T12:30:59"})
    assert response.status_code == 302
    settings = RegistrationSettings.objects.get()
    assert settings.opens_at == datetime.datetime(2030, 1, 1, 8, 0, 5, tzinfo=datetime.UTC)
    assert settings.closes_at == datetime.datetime(2030, 5, 1, 9, 30, 59, tzinfo=datetime.UTC)
    assert settings.asks_country == "required"
    assert settings.largest_group == 4
    page = soup(client.get(admin_url(event, "registration_settings")))
    assert page.select_one("[name=opens_at]")["value"] == "2030-01-01 10:00:05"
    assert "Europe/Athens" in page.select_one("[aria-labelledby=part-when]").get_text()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"closes_at": "2029-01-01T10:00"}, "__all__"),
        ({"opens_at": "soon"}, "opens_at"),
        ({"closes_at": "2031-01-01T10:00"}, "closes_at"),
        ({"on_site_offered": "", "online_offered": ""}, "on_site_offered"),
        ({"notification_emails": "nobody"}, "notification_emails"),
        ({"sensitive_retention_days": "200", "retention_days": "30"}, "sensitive_retention_days"),
        ({"largest_group": "31"}, "largest_group"),
        ({"largest_group": "0"}, "largest_group"),
        ({"on_site_capacity": "-1"}, "on_site_capacity"),
    ],
)
def test_invalid_settings_keep_the_input_and_show_errors(client, organiser, event, wrong, field):
    response = client.post(admin_url(event, "registration_settings"), SETTINGS | {"offer_hours": "7"} | wrong)
    assert response.status_code == 422
    assert field in error_fields(response)
    assert soup(response).select_one("[name=offer_hours]")["value"] == "7"


def test_the_privacy_notice_is_a_page_that_the_user_may_read(client, organiser, event, home_page):
    """Access to the registrations of one event gives no right to read drafts. What others have chosen stays."""
    draft = make_page(ContentPage, home_page, "Zqsecret", live=False)
    public = make_page(ContentPage, home_page, "Public")
    client.force_login(organiser)
    url = admin_url(event, "registration_settings")
    answer = client.post(url, SETTINGS | {"privacy_page": str(draft.pk)})
    assert (answer.status_code, error_fields(answer), "Zqsecret" in answer.text) == (422, {"privacy_page"}, False)
    found = []
    for page in (public, draft):
        answer = client.post(url, SETTINGS | {"privacy_page": str(page.pk)})
        settings = RegistrationSettings.objects.get(event=event)
        found.append((answer.status_code, settings.privacy_page_id))
        RegistrationSettings.objects.update(privacy_page=draft)
    assert found == [(302, public.pk), (302, draft.pk)]


def test_reducing_places_needs_confirmation_and_keeps_all_participants(client, organiser, event):
    people = [make_registration(event) for _number in range(4)]
    lower = SETTINGS | {"on_site_capacity": "3"}
    response = client.post(admin_url(event, "registration_settings"), lower)
    assert "4 places are taken, which is more than 3. Nobody loses a place" in " ".join(
        soup(response).select_one(".registrations-confirm").get_text().split()
    )
    assert event.seat_pools.get(mode="on_site").capacity == 10
    client.post(admin_url(event, "registration_settings"), lower | {"confirmed": "1"})
    assert event.seat_pools.get(mode="on_site").capacity == 3
    assert {status_of(person) for person in people} == {"confirmed"}
    assert soup(client.get(admin_url(event))).select_one(".registrations-count__over dd").get_text() == "1"


def test_more_places_list_the_participants_who_will_be_offered_one(client, organiser, event):
    set_seats_of(event, Mode.ON_SITE, 1)
    make_registration(event)
    first = make_registration(event, "waiting", name="First in line")
    second = make_registration(event, "waiting", name="Second in line")
    more = SETTINGS | {"on_site_capacity": "2"}
    response = client.post(admin_url(event, "registration_settings"), more)
    assert [item.get_text().split("  ")[0].strip() for item in soup(response).select(".registrations-names li")] == [
        "First in line On site"
    ]
    assert status_of(first) == "waiting"
    assert (
        "We offered a place to 1 participant"
        in shown_messages(client.post(admin_url(event, "registration_settings"), more | {"confirmed": "1"}))[-1]
    )
    assert (status_of(first), status_of(second)) == ("offered", "waiting")


def test_closing_an_attendance_mode_shows_who_is_affected(client, organiser, event):
    make_registration(event, mode=Mode.ONLINE)
    response = client.post(admin_url(event, "registration_settings"), SETTINGS | {"online_offered": ""})
    assert "registration will close" in soup(response).select_one(".registrations-confirm").get_text()


def test_registration_opens_and_closes_at_once(client, organiser, event):
    url = admin_url(event, "registration_open_close")
    client.post(url, {"close": "1"})
    assert RegistrationSettings.objects.get().registration_ends_at <= timezone.now()
    client.post(url, {"open": "1"})
    assert RegistrationSettings.objects.get().closes_at is None
    RegistrationSettings.objects.update(opens_at=None)
    client.post(url, {"close": "1"})
    assert RegistrationSettings.objects.get(event=event).opens_at is None
    client.post(url, {"open": "1"})
    assert RegistrationSettings.objects.get(event=event).opens_at <= timezone.now()
    RegistrationSettings.objects.all().delete()
    assert client.post(url, {"open": "1"}).url == admin_url(event, "registration_settings")


def test_settings_keep_the_input_while_others_hold_the_lock(client, organiser, event, monkeypatch):
    from events.admin import settings

    def raise_busy(*args):
        raise BusyError

    monkeypatch.setattr(settings, "set_seats", raise_busy)
    response = client.post(admin_url(event, "registration_settings"), SETTINGS | {"on_site_capacity": "55"})
    assert response.status_code == 422
    assert "Try again" in shown_messages(response)[-1]
    assert soup(response).select_one("[name=on_site_capacity]")["value"] == "55"
    assert RegistrationSettings.objects.get().asks_country == "optional"


NO_CONTACT = "Enter a contact email address under “Event details” first."


def test_registration_does_not_open_without_a_contact(client, organiser, event):
    change_event(event, contact_email="")
    RegistrationSettings.objects.update(opens_at=None)
    response = client.post(admin_url(event, "registration_open_close"), {"open": "1"})
    assert NO_CONTACT in shown_messages(response)[-1]
    response = client.post(admin_url(event, "registration_settings"), SETTINGS)
    assert response.status_code == 422
    assert NO_CONTACT in response.content.decode()
    assert RegistrationSettings.objects.get(event=event).opens_at is None
    # An open registration can still be changed and closed.
    RegistrationSettings.objects.update(opens_at=datetime.datetime(2030, 1, 1, 8, 0, 5, tzinfo=datetime.UTC))
    assert client.post(admin_url(event, "registration_settings"), SETTINGS).status_code == 302


def test_the_first_form_does_not_open_without_a_contact_either(client, organiser, event):
    change_event(event, contact_email="")
    RegistrationSettings.objects.all().delete()
    places = {"on_site_offered": "on", "online_offered": "on"}
    response = client.post(admin_url(event, "registration_settings"), places | {"open": "1"})
    assert NO_CONTACT in response.content.decode()
    assert not RegistrationSettings.objects.exists()
    client.post(admin_url(event, "registration_settings"), places | {"save": "1"})
    assert RegistrationSettings.objects.get(event=event).opens_at is None


@pytest.mark.parametrize("has_settings", [True, False])
def test_the_missing_contact_is_named_with_a_link_before_someone_opens_registration(
    client, organiser, event, has_settings
):
    change_event(event, contact_email="")
    RegistrationSettings.objects.update(opens_at=None)
    if not has_settings:
        RegistrationSettings.objects.all().delete()
    settings, details = admin_url(event, "registration_settings"), reverse("events:edit", args=[event.pk])
    warning = soup(client.get(settings)).select_one(".help-warning")
    assert NO_CONTACT in " ".join(warning.get_text(" ").split())
    assert not warning.a
    organiser.groups.add(Group.objects.get(name=EVENT_ORGANISERS))
    warning = soup(client.get(settings)).select_one(".help-warning")
    assert warning.a["href"] == f"{details}#id_contact_email"
    assert soup(client.get(details)).select_one("#id_contact_email")
    change_event(event, contact_email="office@example.org")
    assert not soup(client.get(settings)).select(".help-warning")


def test_the_contact_of_the_project_is_enough(client, organiser, event):
    change_event(event, contact_email="")
    describe_project(contact_email="office@example.org")
    client.post(admin_url(event, "registration_open_close"), {"open": "1"})
    assert RegistrationSettings.objects.get(event=event).opens_at <= timezone.now()
