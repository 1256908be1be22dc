"""Compares the number of registrations per second with a minimal form that locks one row: `make bench`.

A registration requests the form, sends it and requests the confirmation page. Needs PostgreSQL: set DATABASE_URL.
"""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
import pytest

from tests.e2e.server import free_port
from tests.events.registration.races import minimal_tables
from tests.events.registration.races.clients import Registrant, Visitor, percentile
from tests.events.registration.races.race_site import PROCESSES, RaceSite, open_race_site

CLIENTS = 8
SEATS = 400
# More people than seats.
PEOPLE = 440
WARM_UP = 40
ENOUGH_PER_SECOND = 60
ENOUGH_OF_MINIMAL = 1 / 3
LONGEST = 0.250  # seconds, of the 99th percentile of requests
READY = 30  # seconds


@dataclass
class Result:
    per_second: float
    # Seconds of each request.
    p50: float
    p99: float
    # Seconds of each registration.
    p99_whole: float

    def __str__(self) -> str:
        return (
            f"{self.per_second:6.1f} registrations/s; a request: p50 {self.p50 * 1000:.0f} ms, "
            f"p99 {self.p99 * 1000:.0f} ms; a registration: p99 {self.p99_whole * 1000:.0f} ms"
        )


def measure(address: str, form: str, people: int, prefix: str) -> Result:
    """Register people with concurrent clients. Each person has a new session."""
    numbers = iter(range(people))
    lock = threading.Lock()
    requests: list[float] = []
    whole: list[float] = []
    problems: list[BaseException] = []

    def register(number: int) -> None:
        started = time.monotonic()
        with Visitor(address) as visitor:
            person = Registrant(visitor, form, f"{prefix} {number}")
            times = [time.monotonic()]
            reply = visitor.get(form)
            times.append(time.monotonic())
            person.hidden = reply.hidden_fields()
            reply = person.send()
            times.append(time.monotonic())
            assert reply.status == 303, reply.text[:1000]
            end = visitor.get(reply.location)
            times.append(time.monotonic())
            assert end.status == 200
        with lock:
            requests.extend(later - earlier for earlier, later in itertools.pairwise(times))
            whole.append(time.monotonic() - started)

    def client() -> None:
        try:
            while True:
                with lock:
                    number = next(numbers, None)
                if number is None:
                    return
                register(number)
        except BaseException as problem:  # raised again in the thread of the test
            problems.append(problem)

    threads = [threading.Thread(target=client) for _client in range(CLIENTS)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        raise problems[0]
    seconds = time.monotonic() - started
    return Result(people / seconds, percentile(requests, 0.5), percentile(requests, 0.99), percentile(whole, 0.99))


@contextmanager
def minimal_site(race_site: RaceSite) -> Iterator[str]:
    """Serve the minimal form with the same number of processes and threads as the site."""
    port = free_port()
    variables = {name: value for name, value in race_site.variables.items() if name != "WEB_CONCURRENCY"}
    options = f"--bind 127.0.0.1:{port} --workers {PROCESSES} --threads 4 --log-level error".split()
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", *options, "tests.events.registration.races.minimal:application"],
        # Another folder, so that Gunicorn does not read the site's configuration.
        cwd=race_site.folder,
        env=variables,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + READY
        while True:
            try:
                with Visitor(address) as visitor:
                    assert visitor.get("/register/").status == 200
                break
            except OSError:
                assert time.monotonic() < until, "the minimal site did not start"
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.mark.skipif(
    not os.environ.get("DATABASE_URL", "").startswith("postgres"), reason="needs PostgreSQL: DATABASE_URL"
)
def test_registrations_per_second(tmp_path, capsys):
    with open_race_site(tmp_path) as race_site:
        with race_site.served() as address:
            race_site.start(None)
            measure(address, race_site.forms[0], WARM_UP, "Warm")
            race_site.start(SEATS)
            site = measure(address, race_site.forms[0], PEOPLE, "Person")
        found = race_site.count()
        with psycopg.connect(race_site.database_url, autocommit=True) as database, minimal_site(race_site) as address:
            minimal_tables.make(database, 1_000_000)
            measure(address, "/register/", WARM_UP, "Warm")
            minimal_tables.make(database, SEATS)
            minimal = measure(address, "/register/", PEOPLE, "Person")
            minimal_sold = minimal_tables.sold(database)
    with capsys.disabled():
        print(f"\n{CLIENTS} clients, {PEOPLE} people for {SEATS} seats, {PROCESSES} processes")  # noqa: T201
        print(f"site:    {site}; sold {found['held']}")  # noqa: T201
        print(f"minimal: {minimal}; sold {minimal_sold}")  # noqa: T201
        print(f"ratio {site.per_second / minimal.per_second:.2f}")  # noqa: T201
    assert found["states"] == {"confirmed": SEATS, "waiting": PEOPLE - SEATS}
    assert minimal_sold == SEATS
    assert site.per_second >= min(ENOUGH_PER_SECOND, ENOUGH_OF_MINIMAL * minimal.per_second)
    assert site.p99 <= LONGEST
