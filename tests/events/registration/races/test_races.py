"""No overbooking and no lost registration: fifty clients for ten seats on a live server, in two languages at once.

`make race` runs twenty rounds of each and prints figures; the test suite runs a few.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial

import pytest

from tests.events.registration.races.clients import Registrant, Visitor, at_once, percentile, retry_if_busy, timed
from tests.events.registration.races.race_site import RaceSite

CLIENTS = 50
SEATS = 10

pytestmark = pytest.mark.slow


def open_forms(stack: ExitStack, address: str, forms: list[str], number: int, prefix: str) -> list[Registrant]:
    """Return people who have opened the form, every other one in the second language."""
    return [
        Registrant(stack.enter_context(Visitor(address)), forms[place % len(forms)], f"{prefix} {place}").open()
        for place in range(number)
    ]


def no_server_errors(replies) -> bool:
    return not [reply for reply in replies if reply.status >= 500]


def test_fifty_clients_for_ten_seats(race_site, address, rounds, report):
    """Exactly ten are confirmed. The others are on the waiting list, or are refused if there is none."""
    seconds, replied = [], Counter()
    for number in range(rounds):
        with_list = number % 2 == 0
        with ExitStack() as stack:
            race_site.start(SEATS, has_waiting_list=with_list)
            people = open_forms(stack, address, race_site.forms, CLIENTS, f"Round {number}")
            results = at_once([timed(person.send_and_read) for person in people])
        replies = [reply for reply, _time in results]
        seconds += [time for _reply, time in results]
        replied += Counter(reply.status for reply in replies)
        found = race_site.count()
        assert no_server_errors(replies)
        assert found["states"]["confirmed"] == found["held"] == SEATS
        waiting = found["states"].get("waiting", 0)
        assert waiting == replied_with(replies, 303) - SEATS
        assert with_list or waiting == 0
        assert (found["duplicates"], found["duplicate_mails"], found["languages"]) == (0, 0, ["en", "fi"])
        assert sum(found["mails"].values()) == SEATS + waiting
    report(
        f"{rounds} rounds, {CLIENTS} clients, {SEATS} seats: exactly {SEATS} confirmed in each; answers {dict(replied)}; "
        f"p50 {percentile(seconds, 0.5) * 1000:.0f} ms, p99 {percentile(seconds, 0.99) * 1000:.0f} ms"
    )


def replied_with(replies, status: int) -> int:
    return sum(reply.status == status for reply in replies)


def test_a_double_click_registers_once(race_site, address, rounds, report):
    """Ten people send the same form five times at once, for ten seats."""
    for number in range(rounds):
        with ExitStack() as stack:
            race_site.start(SEATS)
            people = open_forms(stack, address, race_site.forms, SEATS, f"Double {number}")
            copies = []
            for person in people:
                for _copy in range(5):
                    visitor = stack.enter_context(Visitor(address))
                    visitor.cookies = dict(person.visitor.cookies)
                    copies.append(Registrant(visitor, person.form, person.name, hidden=person.hidden))
            replies = at_once([retry_if_busy(copy.send) for copy in copies])
        found = race_site.count()
        assert Counter(reply.status for reply in replies) == {303: 50}
        assert found["states"] == {"confirmed": SEATS}
        assert found["mails"] == {"confirmed": SEATS}
    report(f"{rounds} rounds, 50 forms of {SEATS} people: {SEATS} registrations and {SEATS} mails in each")


def test_concurrent_withdrawals_and_registrations(race_site, address, rounds, report):
    """While five of ten participants withdraw, thirty register: all ten seats are taken or offered, in order."""
    statuses = Counter()
    for number in range(rounds):
        with ExitStack() as stack:
            tokens = race_site.start(SEATS, people={"confirmed": SEATS})[:5]
            people = open_forms(stack, address, race_site.forms, 30, f"Comes {number}")
            withdrawing = [
                Registrant(stack.enter_context(Visitor(address)), race_site.do("path_of", token=token), "").open()
                for token in tokens
            ]
            replies = at_once(
                [retry_if_busy(partial(person.visitor.post, person.form, person.hidden)) for person in withdrawing]
                + [retry_if_busy(person.send) for person in people]
            )
        found = race_site.count()
        assert no_server_errors(replies)
        assert found["held"] == SEATS
        assert found["states"]["withdrawn"] == 5
        assert found["states"].get("offered", 0) + found["states"]["confirmed"] == SEATS
        assert sum(found["states"].values()) == SEATS + 30
        assert (found["duplicates"], found["duplicate_mails"], found["in_order"]) == (0, 0, True)
        statuses += Counter(found["states"])
    report(f"{rounds} rounds, 5 withdraw while 30 register: {SEATS} seats held in each; in all {dict(statuses)}")


def test_concurrent_promotions(race_site, rounds, report):
    """Four processes run scheduled tasks at once: the first ten on the waiting list get an offer and one email each."""
    for _number in range(rounds):
        race_site.start(SEATS, people={"offered": 4, "waiting": 30})
        at_once([partial(worker.do, task) for worker, task in zip(race_site.workers, SCHEDULED_TASKS, strict=True)])
        at_once([partial(worker.do, "promote_waiting_lists") for worker in race_site.workers])
        found = race_site.count()
        assert found["states"] == {"expired": 4, "offered": SEATS, "waiting": 20}
        assert found["mails"] == {"offer_expired": 4, "offered": SEATS}
        assert (found["duplicate_mails"], found["in_order"]) == (0, True)
    report(f"{rounds} rounds, 4 processes at once: 4 offers ended, {SEATS} offered, one mail each, in order")


@pytest.fixture
def race_for_sessions(race_site) -> Iterator[RaceSite]:
    """The site while its event has a session that participants choose."""
    yield race_site
    race_site.do("end_sessions", event=race_site.event)


def choose_at_once(race_site, address, number: int, prefix: str) -> list:
    """Begin a round with a session of ten places, for which many people register at once."""
    choice = race_site.do("start_sessions", event=race_site.event, places=SEATS)
    with ExitStack() as stack:
        people = open_forms(stack, address, race_site.forms, number, prefix)
        for person in people:
            person.more = choice
        return at_once([retry_if_busy(person.send) for person in people])


def test_fifty_clients_for_ten_places_in_a_session(race_for_sessions, address, rounds, report):
    """Exactly ten have a place in the session and the others wait, also while five of the ten leave it."""
    race_site = race_for_sessions
    for number in range(rounds):
        replies = choose_at_once(race_site, address, CLIENTS, f"Session {number}")
        assert replied_with(replies, 303) == CLIENTS
        counted = race_site.do("count_session", event=race_site.event)
        assert counted == {"held": SEATS, "waiting": CLIENTS - SEATS}
        leaving = [
            partial(worker.do, "leave_session", event=race_site.event, number=place)
            for place, worker in enumerate(race_site.workers)
        ]
        left = at_once(leaving).count("left")
        counted = race_site.do("count_session", event=race_site.event)
        assert counted["held"] == SEATS
        assert race_site.count()["mails"]["session_place"] == CLIENTS - SEATS - counted["waiting"] <= left
    report(f"{rounds} rounds, {CLIENTS} clients for a session of {SEATS} places: exactly {SEATS} have one in each")


SCHEDULED_TASKS = ["expire_offers", "promote_waiting_lists", "expire_offers", "promote_waiting_lists"]


def groups(race_site, forms: list[str], **values) -> list[str]:
    """Let each process register a group of three at once; groups with the same form are the same people."""
    people = {form: [f"{form} {number}" for number in range(3)] for form in forms}
    keys = {form: str(uuid.uuid5(uuid.NAMESPACE_OID, form)) for form in forms}
    return at_once(
        [
            partial(worker.do, "register_group", event=race_site.event, names=people[form], form=keys[form], **values)
            for worker, form in zip(race_site.workers, forms, strict=True)
        ]
    )


def test_two_groups_for_the_last_places(race_site, rounds):
    """Four groups of three for five places: one is registered as a whole, and the others not at all, or they wait."""
    for _number in range(rounds):
        race_site.start(5)
        assert Counter(groups(race_site, ["A", "B", "C", "D"])) == {"registered": 1, "full": 3}
        assert race_site.count()["states"] == {"confirmed": 3}
        race_site.start(5)
        assert groups(race_site, ["A", "B", "C", "D"], accept_waiting=True) == ["registered"] * 4
        found = race_site.count()
        assert found["states"] == {"confirmed": 5, "waiting": 7}
        assert found["mails"] == {"confirmed": 5, "waiting": 7, "group": 4}
        assert (found["duplicates"], found["in_order"]) == (0, True)


def test_a_group_that_is_sent_four_times_at_once_is_registered_once(race_site, rounds):
    for _number in range(rounds):
        race_site.start(SEATS)
        assert groups(race_site, ["A"] * 4) == ["registered"] * 4
        found = race_site.count()
        assert found["states"] == {"confirmed": 3}
        assert found["mails"] == {"confirmed": 3, "group": 1}


def test_capacity_lowered_during_registrations(race_site, address, rounds, report):
    """Registrations keep their seats, and after the change no seat beyond the new capacity is taken."""
    seen = []
    for number in range(rounds):
        with ExitStack() as stack:
            race_site.start(2 * SEATS)
            people = open_forms(stack, address, race_site.forms, CLIENTS, f"Lower {number}")
            *replies, held = at_once(
                [person.send for person in people]
                + [partial(race_site.do, "lower", event=race_site.event, capacity=SEATS, when_held=number % SEATS * 2)]
            )
        found = race_site.count()
        assert no_server_errors(replies)
        assert found["held"] == found["states"]["confirmed"] == max(SEATS, held)
        assert found["held"] + found["states"]["waiting"] == replied_with(replies, 303)
        seen.append(held)
    report(
        f"{rounds} rounds, {2 * SEATS} seats lowered to {SEATS} when {seen} were taken: none lost, none taken afterwards"
    )


def test_a_lock_that_is_not_free_within_three_seconds_is_reported_as_busy(race_site):
    race_site.start(SEATS)
    holder, other = race_site.workers[0], race_site.workers[1]
    holder.send("hold", event=race_site.event, seconds=5)
    assert holder.answer() == "held"
    outcome, seconds = other.do("wait_for_lock", event=race_site.event)
    assert holder.answer() is None
    assert outcome == "busy"
    assert 2.5 <= seconds <= 4.5
    # The same call succeeds a moment later, and writes once.
    assert other.do("wait_for_lock", event=race_site.event)[0] == "confirmed"
    assert race_site.count()["states"] == {"confirmed": 1}


def test_the_form_keeps_its_input_when_the_database_is_busy(race_site, address):
    race_site.start(SEATS)
    with Visitor(address) as visitor:
        person = Registrant(visitor, race_site.forms[0], "Anna Aalto").open()
        race_site.workers[0].send("hold", event=race_site.event, seconds=5)
        assert race_site.workers[0].answer() == "held"
        reply = person.send()
        race_site.workers[0].answer()
        assert reply.status == 429
        assert 'value="Anna Aalto"' in reply.text
        assert 'value="anna.aalto@example.org"' in reply.text
        assert person.send().status == 303
    assert race_site.count()["states"] == {"confirmed": 1}


def test_without_the_lock_seats_are_overbooked(race_site, rounds, report):
    """A control: the same clients, with a lock that does nothing."""
    taken = []
    with race_site.served("tests.events.registration.races.settings_without_lock") as address:
        for number in range(rounds):
            with ExitStack() as stack:
                race_site.start(SEATS)
                people = open_forms(stack, address, race_site.forms, CLIENTS, f"Control {number}")
                at_once([person.send for person in people])
            taken.append(race_site.count()["held"])
    report(f"{rounds} rounds without the lock: {taken} confirmed for {SEATS} seats")
    assert max(taken) > SEATS


def test_without_the_lock_places_in_a_session_are_overbooked(race_for_sessions, rounds, report):
    """A control: the same clients, with a lock that does nothing."""
    race_site, taken = race_for_sessions, []
    with race_site.served("tests.events.registration.races.settings_without_lock") as address:
        for number in range(rounds):
            choose_at_once(race_site, address, CLIENTS, f"Session control {number}")
            taken.append(race_site.do("count_session", event=race_site.event)["held"])
    report(f"{rounds} rounds without the lock: {taken} places taken of {SEATS} in a session")
    assert max(taken) > SEATS
