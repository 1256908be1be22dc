"""Two devices that were offline send check-ins of the same people at once, each batch several times."""

from __future__ import annotations

import json
import uuid
from contextlib import ExitStack
from functools import partial

import pytest

from tests.events.registration.races.clients import Reply, Visitor, at_once

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
