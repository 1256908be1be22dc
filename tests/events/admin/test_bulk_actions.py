"""Actions on several registrations."""

import datetime

import pytest

from events.admin.bulk_actions import BULK_ACTIONS
from events.enums import Mode
from events.models import CheckIn
from events.registration.errors import BusyError
from tests.events.admin.responses import shown_messages
from tests.factories.events import change_event
from tests.factories.registrations import make_registration, set_seats_of, status_of
from tests.factories.users import admin_url
from tests.html import soup

pytestmark = pytest.mark.slow


def confirmation(page) -> dict[str, str]:
    """Return what the confirmation page sends back about the registrations that it lists."""
    fields = {name: soup(page).select_one(f"[name={name}]") for name in ("listed", "listed_day")}
    return {name: field["value"] for name, field in fields.items() if field} | {"confirmed": "1"}


def test_bulk_actions_are_confirmed_with_their_number(client, organiser, event):
    people = [make_registration(event, "pending") for _number in range(3)]
    make_registration(event, "withdrawn")
    url = admin_url(event, "registration_bulk_action")
    ticked = {"action": "approve", "person": [person.pk for person in people[:2]]}
    response = client.post(url, ticked)
    assert "2 registrations" in soup(response).select_one("h2.w-h1").get_text()
    assert {status_of(person) for person in people} == {"pending"}
    client.post(url, ticked | confirmation(response))
    assert [status_of(person) for person in people] == ["confirmed", "confirmed", "pending"]
    cancel_all = {"action": "cancel", "select_all": "1", "reason": "Fire"}
    listed = client.post(url, cancel_all)
    assert listed.context["selected_count"] == 4
    stale = client.post(url, cancel_all | confirmation(response))
    assert "has changed in the meantime" in shown_messages(stale)[-1]
    client.post(url, cancel_all | confirmation(listed))
    assert {status_of(person) for person in people} == {"cancelled"}
    assert "This action is not possible" in shown_messages(client.post(url, cancel_all))[-1]
    assert client.post(url, {"action": "dance"}).status_code == 404


def test_another_person_in_the_list_is_confirmed_anew(client, organiser, event):
    """As many as before, but not the same: one was approved by a colleague, another registered."""
    first = make_registration(event, "pending")
    url, data = admin_url(event, "registration_bulk_action"), {"action": "reject", "select_all": "1"}
    page = client.post(url, data)
    first.delete()
    second = make_registration(event, "pending")
    again = client.post(url, data | confirmation(page))
    assert "has changed in the meantime" in shown_messages(again)[-1]
    assert status_of(second) == "pending"
    assert client.post(url, data | {"confirmed": "1", "listed": ""}).status_code == 200
    client.post(url, data | confirmation(again))
    assert status_of(second) == "rejected"


def test_bulk_offers_stop_when_no_places_are_left(client, organiser, event):
    set_seats_of(event, Mode.ON_SITE, 1)
    for _number in range(2):
        make_registration(event, "waiting")
    url, data = admin_url(event, "registration_bulk_action"), {"action": "offer", "select_all": "1"}
    lines = shown_messages(client.post(url, data | confirmation(client.post(url, data))))
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
    url, data = admin_url(event, "registration_bulk_action"), {"action": "approve", "select_all": "1"}
    lines = shown_messages(client.post(url, data | confirmation(client.post(url, data))))
    assert lines[0].startswith("2 registrations were not changed: Others")


def test_bulk_action_on_too_many_registrations(client, organiser, event, monkeypatch):
    from events.admin import bulk_actions

    monkeypatch.setattr(bulk_actions, "MAX_REGISTRATIONS", 1)
    for _number in range(3):
        make_registration(event, "pending")
    response = client.post(admin_url(event, "registration_bulk_action"), {"action": "approve", "select_all": "1"})
    assert "up to 1 registrations" in shown_messages(response)[-1]


def started(event, days: int = 1):
    first = datetime.date(2020, 5, 16)
    return change_event(event, first_day=first, last_day=first + datetime.timedelta(days=days - 1))


def act(client, event, action: str, people, **data):
    """Confirm an action for these people as the confirmation page lists them, and return that page."""
    url = admin_url(event, "registration_bulk_action")
    ticked = {"action": action, "person": [person.pk for person in people]} | data
    page = client.post(url, ticked)
    client.post(url, ticked | confirmation(page))
    return page


def test_attendance_is_recorded_after_the_start_of_the_event(client, organiser, event):
    person = make_registration(event)
    url = admin_url(event, "registration_bulk_action")
    for action in ("attended", "absent", "undo_attended", "undo_absent"):
        response = client.post(url, {"action": action, "person": [person.pk], "confirmed": "1"})
        assert "has not started" in shown_messages(response)[-1]
    assert status_of(person) == "confirmed"


def test_only_listed_participants_are_marked_absent_and_it_can_be_undone(client, organiser, event):
    started(event)
    people = [make_registration(event, mode=mode) for mode in (Mode.ON_SITE, Mode.ON_SITE, Mode.ONLINE)]
    on_site = {"select_all": "1", "mode": Mode.ON_SITE}
    assert "2 registrations" in soup(act(client, event, "absent", [], **on_site)).select_one("h2.w-h1").get_text()
    assert [status_of(person) for person in people] == ["absent", "absent", "confirmed"]
    act(client, event, "undo_absent", people[:1])
    assert [status_of(person) for person in people] == ["confirmed", "absent", "confirmed"]


def test_attendance_of_a_day_is_marked_and_undone(client, organiser, event):
    started(event, days=2)
    people = [make_registration(event) for _number in range(3)]
    first_day = "2020-05-16"
    act(client, event, "attended", people[:2], day=first_day)
    act(client, event, "attended", people[1:])
    days = CheckIn.objects.order_by("registration", "day").values_list("registration", "day")
    first, last = datetime.date(2020, 5, 16), datetime.date(2020, 5, 17)
    expected = [(people[0].pk, first), (people[1].pk, first), (people[1].pk, last), (people[2].pk, last)]
    assert list(days) == expected
    listed = act(client, event, "undo_attended", people, day=first_day)
    assert "2 registrations" in soup(listed).select_one("h2.w-h1").get_text()
    assert list(days.all()) == expected[2:]
    assert [status_of(person) for person in people] == ["confirmed", "attended", "attended"]


def test_another_day_than_the_listed_one_is_listed_first(client, organiser, event):
    started(event, days=2)
    person = make_registration(event)
    url, data = admin_url(event, "registration_bulk_action"), {"action": "attended", "person": [person.pk]}
    page = client.post(url, data | {"day": "2020-05-17"})
    response = client.post(url, data | confirmation(page) | {"day": "2020-05-16"})
    assert soup(response).select_one("[name=listed_day]")["value"] == "2020-05-16"
    assert not CheckIn.objects.exists()


def test_a_bulk_cancellation_and_rejection_are_taken_back(client, organiser, event):
    """Each has the status again that it had: nobody gets ahead of the waiting list."""
    set_seats_of(event, Mode.ON_SITE, 3)
    confirmed, pending = make_registration(event), make_registration(event, "pending")
    waiting = make_registration(event, "waiting", mode=Mode.ONLINE)
    set_seats_of(event, Mode.ONLINE, 0)
    withdrawn = make_registration(event, "withdrawn")
    people = [confirmed, pending, waiting]
    for action in ("cancel", "reject"):
        act(client, event, action, people if action == "cancel" else people[1:])
        page = act(client, event, "reinstate", [], select_all="1")
        assert f"{3 if action == 'cancel' else 2} registrations" in soup(page).select_one("h2.w-h1").get_text()
        assert [status_of(person) for person in people] == ["confirmed", "pending", "waiting"]
    assert status_of(withdrawn) == "withdrawn"
    kinds = waiting.mails.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["cancelled", "waiting", "rejected", "waiting"]


def test_a_place_that_went_to_someone_else_is_not_given_twice(client, organiser, event):
    set_seats_of(event, Mode.ON_SITE, 1)
    first, second = make_registration(event), make_registration(event, "waiting")
    act(client, event, "cancel", [first])
    assert status_of(second) == "offered"
    act(client, event, "reinstate", [first])
    assert [status_of(first), status_of(second)] == ["cancelled", "offered"]
    act(client, event, "cancel", [second])
    act(client, event, "reinstate", [first])
    assert status_of(first) == "confirmed"
    act(client, event, "reinstate", [second])
    assert status_of(second) == "waiting"


@pytest.mark.parametrize("key", BULK_ACTIONS)
def test_each_confirmation_says_how_the_action_is_taken_back(client, organiser, event, key):
    event = started(event)
    action = BULK_ACTIONS[key]
    person = make_registration(event, sorted(action.statuses)[0])
    if action.is_checked_in:
        CheckIn.objects.create(registration=person, day=event.first_day)
    page = client.post(admin_url(event, "registration_bulk_action"), {"action": key, "person": [person.pk]})
    text = " ".join(soup(page).select_one("form.registrations-form").get_text(" ").split())
    assert f"then “{BULK_ACTIONS[action.reverse].label}”. {action.remains}".strip() in text
    # The list has a button for it.
    buttons = soup(client.get(admin_url(event))).select("button[name=action]")
    assert action.reverse in [button["value"] for button in buttons]
