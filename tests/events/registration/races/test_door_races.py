"""Doors at once: devices that were offline send the same people or new ones, and two doors give the last places."""

from __future__ import annotations

import json
import uuid
from contextlib import ExitStack
from functools import partial

import pytest

from tests.events.registration.races.clients import Reply, Visitor, at_once, retry_if_busy

PEOPLE = 10
COPIES = 3
WITHOUT_LOCK = "tests.events.registration.races.settings_without_lock"

pytestmark = pytest.mark.slow


def batches(made: dict) -> list[tuple[str, bytes]]:
    """Return path and body of each device. South was a minute earlier everywhere; its clock is an hour ahead."""
    found = []
    for place, door in enumerate(made["doors"]):
        ahead = 3_600_000 * place
        scans = [
            {
                "id": str(uuid.uuid4()),
                "at": made["now"] - 600_000 - 300_000 * place + number + ahead,
                "day": made["day"],
                "person": person,
            }
            for number, person in enumerate(door["people"])
        ]
        body = {"device": str(uuid.uuid4()), "clock": made["now"] + ahead, "scans": scans}
        found.append((door["path"], json.dumps(body).encode()))
    return found


def send(visitor: Visitor, path: str, body: bytes) -> Reply:
    """Send a batch until the server has merged all of it, as devices do."""
    for _attempt in range(20):
        reply = visitor.send_json(path, body)
        if reply.status != 200 or not any(result["again"] for result in json.loads(reply.text)["results"]):
            break
    return reply


def race(race_site, address: str) -> tuple[dict, list[Reply]]:
    race_site.start(None, people={"confirmed": PEOPLE})
    made = race_site.do("make_doors", event=race_site.event)
    with ExitStack() as stack:
        calls = [
            partial(send, stack.enter_context(Visitor(address)), path, body)
            for path, body in batches(made)
            for _copy in range(COPIES)
        ]
        replies = at_once(calls)
    return race_site.do("count_check_ins", event=race_site.event), replies


def test_two_devices_send_the_same_people_at_once(race_site, address, rounds, report):
    for _number in range(rounds):
        found, replies = race(race_site, address)
        assert {reply.status for reply in replies} == {200}
        # Nobody is lost or in twice, and the earlier door has them all.
        assert found == {"check_ins": {"South door": PEOPLE}, "attended": PEOPLE, "scans": 2 * PEOPLE}
    report(f"{rounds} rounds, 2 devices, {COPIES} times {PEOPLE} people each: all in once, by the earlier door")


def walk_in(made: dict, place: int, name: str) -> tuple[str, bytes]:
    """Return path and body of a device that has added a person of this name without a connection."""
    scan = {"id": str(uuid.uuid4()), "at": made["now"] - 60_000, "day": made["day"], "person": "", "name": name}
    body = {"device": str(uuid.uuid4()), "clock": made["now"], "scans": [scan]}
    return made["doors"][place]["path"], json.dumps(body).encode()


def test_devices_that_added_people_for_the_last_place_lose_nobody(race_site, address, rounds, report):
    for _number in range(rounds):
        race_site.start(1)
        made = race_site.do("make_doors", event=race_site.event)
        sent = [walk_in(made, number % 2, f"Walk-in {number}") for number in range(PEOPLE)]
        with ExitStack() as stack:
            replies = at_once(
                [
                    partial(send, stack.enter_context(Visitor(address)), path, body)
                    for path, body in sent
                    for _copy in range(COPIES)
                ]
            )
        assert {reply.status for reply in replies} == {200}
        # They are there: one has the last place, the others are in over the capacity, nobody twice.
        found = race_site.do("count_check_ins", event=race_site.event)
        assert (sum(found["check_ins"].values()), found["attended"], found["scans"]) == (PEOPLE, PEOPLE, PEOPLE)
        assert race_site.count()["states"] == {"attended": PEOPLE}
    report(f"{rounds} rounds, {PEOPLE} people for one place, each sent {COPIES} times: all in once")


def test_doors_with_a_connection_give_the_last_places_once(race_site, address, rounds, report):
    places = 3
    for _number in range(rounds):
        race_site.start(places)
        made = race_site.do("make_doors", event=race_site.event)
        with ExitStack() as stack:
            calls = []
            for number in range(PEOPLE):
                page = made["doors"][number % 2]["page"]
                visitor = stack.enter_context(Visitor(address))
                fields = visitor.get(page).hidden_fields() | {"walk_in": "1", "key": str(uuid.uuid4())}
                visitor.connection.close()
                # A second tap before the answer sends the form again.
                again = stack.enter_context(Visitor(address))
                again.cookies = visitor.cookies
                data = fields | {"given_name": f"Person {number}", "name": f"Person {number}"}
                calls += [retry_if_busy(partial(sender.post, page, data)) for sender in (visitor, again)]
            replies = at_once(calls)
        assert {reply.status for reply in replies} <= {200, 303, 409}
        assert sum(reply.status == 409 for reply in replies) == 2 * (PEOPLE - places)
        found = race_site.do("count_check_ins", event=race_site.event)
        assert (sum(found["check_ins"].values()), race_site.count()["states"]) == (places, {"attended": places})
    report(f"{rounds} rounds, {PEOPLE} people at two doors for {places} places, each form sent twice: {places} in")


def race_without_lock(race_site, seen: list[int]) -> None:
    with race_site.served(WITHOUT_LOCK) as address:
        for _number in range(5):
            _found, replies = race(race_site, address)
            seen += [reply.status for reply in replies if reply.status >= 500]


def test_without_the_lock_they_get_in_the_way_of_each_other(race_site):
    """The control: the constraints of the database still refuse a second check-in, which is then a server error."""
    seen: list[int] = []
    with pytest.raises(RuntimeError, match="IntegrityError"):
        race_without_lock(race_site, seen)
    assert seen
