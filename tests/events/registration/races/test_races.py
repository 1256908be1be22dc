"""Nothing is overbooked and nobody is lost: fifty clients for ten seats on a live server, in two languages at once.

`make race` runs twenty rounds of each and prints figures; the suite runs a few.
"""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from functools import partial

import pytest

from tests.events.registration.races.clients import Registrant, Visitor, at_once, patiently, percentile, timed

CLIENTS = 50
SEATS = 10

pytestmark = pytest.mark.slow


def crowd(stack: ExitStack, address: str, forms: list[str], number: int, prefix: str) -> list[Registrant]:
    """Let people open the form, every other one in the second language."""
    return [
        Registrant(stack.enter_context(Visitor(address)), forms[place % len(forms)], f"{prefix} {place}").open()
        for place in range(number)
    ]


def no_server_errors(replies) -> bool:
    return not [reply for reply in replies if reply.status >= 500]


def test_fifty_clients_for_ten_seats(race_site, address, rounds, tell):
    """Exactly ten are in; the others wait, or are told where there is no waiting list."""
    seconds, replied = [], Counter()
    for number in range(rounds):
        with_list = number % 2 == 0
        with ExitStack() as stack:
            race_site.start(SEATS, has_waiting_list=with_list)
            people = crowd(stack, address, race_site.forms, CLIENTS, f"Round {number}")
            results = at_once([timed(person.send_and_read) for person in people])
        replies = [reply for reply, _time in results]
        seconds += [time for _reply, time in results]
        replied += Counter(reply.status for reply in replies)
        found = race_site.count()
        assert no_server_errors(replies)
        assert found["states"]["confirmed"] == found["held"] == SEATS
        in_line = found["states"].get("waiting", 0)
        assert in_line == replied_with(replies, 303) - SEATS
        assert with_list or in_line == 0
        assert (found["twins"], found["mails_twice"], found["languages"]) == (0, 0, ["en", "fi"])
        assert sum(found["mails"].values()) == SEATS + in_line
    tell(
        f"{rounds} rounds, {CLIENTS} clients, {SEATS} seats: exactly {SEATS} confirmed in each; answers {dict(replied)}; "
        f"p50 {percentile(seconds, 0.5) * 1000:.0f} ms, p99 {percentile(seconds, 0.99) * 1000:.0f} ms"
    )


def replied_with(replies, status: int) -> int:
    return sum(reply.status == status for reply in replies)


def test_a_double_click_registers_once(race_site, address, rounds, tell):
    """Ten people send the same form five times at once, for ten seats."""
    for number in range(rounds):
        with ExitStack() as stack:
            race_site.start(SEATS)
            people = crowd(stack, address, race_site.forms, SEATS, f"Twice {number}")
            copies = []
            for person in people:
                for _copy in range(5):
                    visitor = stack.enter_context(Visitor(address))
                    visitor.cookies = dict(person.visitor.cookies)
                    copies.append(Registrant(visitor, person.form, person.name, hidden=person.hidden))
            replies = at_once([patiently(copy.send) for copy in copies])
        found = race_site.count()
        assert Counter(reply.status for reply in replies) == {303: 50}
        assert found["states"] == {"confirmed": SEATS}
        assert found["mails"] == {"confirmed": SEATS}
    tell(f"{rounds} rounds, 50 forms of {SEATS} people: {SEATS} registrations and {SEATS} mails in each")


def test_withdrawal_against_registration(race_site, address, rounds, tell):
    """While five of ten withdraw, thirty come: the seats are taken, by who came first, and no more of them."""
    became = Counter()
    for number in range(rounds):
        with ExitStack() as stack:
            tokens = race_site.start(SEATS, people={"confirmed": SEATS})[:5]
            people = crowd(stack, address, race_site.forms, 30, f"Comes {number}")
            leaving = [
                Registrant(stack.enter_context(Visitor(address)), race_site.do("path_of", token=token), "").open()
                for token in tokens
            ]
            replies = at_once(
                [patiently(partial(person.visitor.post, person.form, person.hidden)) for person in leaving]
                + [patiently(person.send) for person in people]
            )
        found = race_site.count()
        assert no_server_errors(replies)
        assert found["held"] == SEATS
        assert found["states"]["withdrawn"] == 5
        assert found["states"].get("offered", 0) + found["states"]["confirmed"] == SEATS
        assert sum(found["states"].values()) == SEATS + 30
        assert (found["twins"], found["mails_twice"], found["in_order"]) == (0, 0, True)
        became += Counter(found["states"])
    tell(f"{rounds} rounds, 5 withdraw while 30 come: {SEATS} seats held in each; in all {dict(became)}")


def test_promotion_against_promotion(race_site, rounds, tell):
    """Four processes run the clock at once: ten seats go to the first ten who wait, with one mail each."""
    for _number in range(rounds):
        race_site.start(SEATS, people={"offered": 4, "waiting": 30})
        at_once([partial(worker.do, deed) for worker, deed in zip(race_site.workers, DEEDS_OF_CLOCK, strict=True)])
        at_once([partial(worker.do, "promote_waiting_lists") for worker in race_site.workers])
        found = race_site.count()
        assert found["states"] == {"expired": 4, "offered": SEATS, "waiting": 20}
        assert found["mails"] == {"offer_expired": 4, "offered": SEATS}
        assert (found["mails_twice"], found["in_order"]) == (0, True)
    tell(f"{rounds} rounds, 4 clocks at once: 4 offers ended, {SEATS} offered, one mail each, in order")


DEEDS_OF_CLOCK = ["expire_offers", "promote_waiting_lists", "expire_offers", "promote_waiting_lists"]


def test_capacity_lowered_meanwhile(race_site, address, rounds, tell):
    """Whoever has a seat keeps it, and after the change none is sold beyond the new number."""
    seen = []
    for number in range(rounds):
        with ExitStack() as stack:
            race_site.start(2 * SEATS)
            people = crowd(stack, address, race_site.forms, CLIENTS, f"Lower {number}")
            *replies, held = at_once(
                [person.send for person in people]
                + [partial(race_site.do, "lower", event=race_site.event, capacity=SEATS, once=number % SEATS * 2)]
            )
        found = race_site.count()
        assert no_server_errors(replies)
        assert found["held"] == found["states"]["confirmed"] == max(SEATS, held)
        assert found["held"] + found["states"]["waiting"] == replied_with(replies, 303)
        seen.append(held)
    tell(
        f"{rounds} rounds, {2 * SEATS} seats lowered to {SEATS} when {seen} were taken: nobody dropped, none sold after"
    )


def test_a_lock_that_is_not_had_in_three_seconds_is_busy(race_site):
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


def test_who_meets_a_busy_database_keeps_what_she_wrote(race_site, address):
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


def test_without_the_lock_seats_are_sold_twice(race_site, rounds, tell):
    """The control: the same clients, and a double of the lock that does nothing."""
    sold = []
    with race_site.served("tests.events.registration.races.settings_without_lock") as address:
        for number in range(rounds):
            with ExitStack() as stack:
                race_site.start(SEATS)
                people = crowd(stack, address, race_site.forms, CLIENTS, f"Control {number}")
                at_once([person.send for person in people])
            sold.append(race_site.count()["held"])
    tell(f"{rounds} rounds without the lock: {sold} confirmed for {SEATS} seats")
    assert max(sold) > SEATS
