"""Actions on several registrations."""

import datetime

from events.enums import Mode
from events.registration.errors import BusyError
from tests.events.admin.responses import shown_messages
from tests.factories.events import change_event
from tests.factories.registrations import make_registration, set_seats_of, status_of
from tests.factories.users import admin_url
from tests.html import soup


def test_bulk_actions_are_confirmed_with_their_number(client, organiser, event):
    people = [make_registration(event, "pending") for _number in range(3)]
    make_registration(event, "withdrawn")
    url = admin_url(event, "registration_bulk_action")
    ticked = {"action": "approve", "person": [person.pk for person in people[:2]]}
    response = client.post(url, ticked)
    assert "2 registrations" in soup(response).select_one("h2.w-h1").get_text()
    assert {status_of(person) for person in people} == {"pending"}
    client.post(url, ticked | {"confirmed": "1", "count": "2"})
    assert [status_of(person) for person in people] == ["confirmed", "confirmed", "pending"]
    cancel_all = {"action": "cancel", "select_all": "1", "reason": "Fire"}
    assert client.post(url, cancel_all).context["selected_count"] == 4
    stale = client.post(url, cancel_all | {"confirmed": "1", "count": "2"})
    assert "has changed in the meantime" in shown_messages(stale)[-1]
    client.post(url, cancel_all | {"confirmed": "1", "count": "3"})
    assert {status_of(person) for person in people} == {"cancelled"}
    assert "This action is not possible" in shown_messages(client.post(url, cancel_all))[-1]
    assert client.post(url, {"action": "dance"}).status_code == 404


def test_bulk_offers_stop_when_no_places_are_left(client, organiser, event):
    set_seats_of(event, Mode.ON_SITE, 1)
    for _number in range(2):
        make_registration(event, "waiting")
    data = {"action": "offer", "select_all": "1", "confirmed": "1", "count": "2"}
    lines = shown_messages(client.post(admin_url(event, "registration_bulk_action"), data))
    assert [line.strip() for line in lines] == [
        "1 registration was changed.",
        "1 registration was not changed: No places are left.",
    ]


def test_a_bulk_action_stops_while_others_hold_the_lock(client, organiser, event, monkeypatch):
    from dataclasses import replace

    from events.admin import bulk_actions

    def raise_busy(*args):
        raise BusyError

    monkeypatch.setitem(
        bulk_actions.BULK_ACTIONS, "approve", replace(bulk_actions.BULK_ACTIONS["approve"], run=raise_busy)
    )
    for _number in range(2):
        make_registration(event, "pending")
    data = {"action": "approve", "select_all": "1", "confirmed": "1", "count": "2"}
    assert shown_messages(client.post(admin_url(event, "registration_bulk_action"), data))[0].startswith(
        "2 registrations were not changed: Others"
    )


def test_bulk_action_on_too_many_registrations(client, organiser, event, monkeypatch):
    from events.admin import bulk_actions

    monkeypatch.setattr(bulk_actions, "MAX_REGISTRATIONS", 1)
    for _number in range(3):
        make_registration(event, "pending")
    response = client.post(admin_url(event, "registration_bulk_action"), {"action": "approve", "select_all": "1"})
    assert "up to 1 registrations" in shown_messages(response)[-1]


def test_marking_absent_participants(client, organiser, event):
    person = make_registration(event)
    url = admin_url(event, "registration_bulk_action")
    assert "Mark 1 participant as absent" in client.post(url, {"action": "absent"}).content.decode()
    assert "has not started" in shown_messages(client.post(url, {"action": "absent", "confirmed": "1"}))[-1]
    change_event(event, first_day=datetime.date(2020, 5, 16), last_day=datetime.date(2020, 5, 16))
    client.post(url, {"action": "absent", "confirmed": "1"})
    assert status_of(person) == "absent"
