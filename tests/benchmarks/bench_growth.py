"""Compares public addresses and scheduled tasks of a site with few and with many pages: `make bench`.

Writes its part of `docs/benchmarks.md`.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from django.core.cache import cache, caches
from django.core.management import call_command
from django.db import connection, reset_queries, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from home.http import page_cache
from tests.benchmarks.document import write_growth
from tests.benchmarks.many_rows import add_sections, index_pages
from tests.benchmarks.processes import seconds

# Articles, events and fact sheets: as many as a list shows at once, and as many as the largest site has.
FEW, MANY = (30, 30, 30), (10_000, 1_000, 2_000)
REPEATS = 3
ADDRESSES = [
    "/en/",
    "/en/news/",
    "/en/news/?page=2",
    "/en/news/?year=2024",
    "/en/news/workshop-7/",
    "/en/events/",
    "/en/events/workshop-7/",
    "/en/fact-sheets/",
    "/en/fact-sheets/?language=fi",
    "/en/fact-sheets/workshop-7/",
    "/en/search/?q=workshop+29",
    "/en/search/?q=workshop",
    "/en/search/?q=wrkshop",
    "/en/feeds/news/",
    "/en/feeds/events/",
    "/en/feeds/fact-sheets/",
    "/en/calendars/events.ics",
    "/sitemap.xml",
    "/sitemap-en.xml",
    "/en/no-such-page/",
]
TEXT = """\
Public addresses and scheduled tasks with {few} and with {many} articles, events and fact sheets, each in four languages:
the shortest CPU time of {repeats} in milliseconds, and the number of queries with many, which must not grow
(`tests/benchmarks/bench_growth.py`), measured with {database} in one transaction. No response is cached. *Parts cached*:
what does not depend on the request comes from the cache, as it does until content changes; the goal is a ratio of at most
1.5. *No cache*: with `PAGE_CACHE_SECONDS=0`, so that each request does all of its work. All pages contain the word
*workshop*, and *wrkshop* is a spelling mistake. A calendar with all events and a file of the sitemap grow with what they
contain.

| address or task | few | many | ratio, parts cached | ratio, no cache | queries, no cache |
|---|---|---|---|---|---|
{rows}
"""


def used() -> float:
    """Return the CPU time of this process and of its connection to PostgreSQL."""
    if connection.vendor != "postgresql":
        return time.process_time()
    return time.process_time() + seconds([connection.connection.info.backend_pid])


def measure(action: Callable[[], object]) -> tuple[float, int]:
    """Return the shortest CPU time in seconds and the number of queries."""
    action()
    reset_queries()  # the capture starts at the end of the log, which has a maximum length
    with CaptureQueriesContext(connection) as captured:
        action()
    queries = len(captured)  # the next request empties the log
    times = []
    for _time in range(REPEATS):
        started = used()
        action()
        times.append(used() - started)
    return min(times), queries


def measure_all() -> dict[str, tuple[float, int]]:
    for name in caches:
        caches[name].clear()
    cache.clear()
    found = {}
    for address in ADDRESSES:
        expected = 404 if "no-such" in address else 200
        response = Client().get(address)
        assert response.status_code == expected, (address, response.status_code)
        found[address] = measure(lambda address=address: _read(Client().get(address)))
    found["tick"] = measure(lambda: call_command("tick", verbosity=0))
    return found


def _read(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def _cache_no_responses(monkeypatch) -> None:
    monkeypatch.setattr(page_cache.Lookup, "find", lambda self: None)
    monkeypatch.setattr(page_cache.Lookup, "find_earlier", lambda self: None)
    monkeypatch.setattr(page_cache, "_store", lambda lookup, response, collected: response)


def test_growth(db, home_pages, settings, capsys, monkeypatch):
    _cache_no_responses(monkeypatch)
    parts_cached, no_cache = [], []
    for numbers in (FEW, MANY):
        with transaction.atomic():
            add_sections(*numbers)
            index_pages("en")
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
            settings.PAGE_CACHE_SECONDS = 86400
            parts_cached.append(measure_all())
            settings.PAGE_CACHE_SECONDS = 0
            no_cache.append(measure_all())
            transaction.set_rollback(True)
    rows = [
        f"| {name} | {few * 1000:.0f} | {many * 1000:.0f} | {many / few:.1f} "
        f"| {no_cache[1][name][0] / no_cache[0][name][0]:.1f} | {no_cache[1][name][1]} |"
        for name, few, many in (
            (name, few, parts_cached[1][name][0]) for name, (few, _queries) in parts_cached[0].items()
        )
    ]
    text = TEXT.format(
        few=", ".join(map(str, FEW)),
        many=", ".join(f"{number:,}" for number in MANY),
        repeats=REPEATS,
        database="PostgreSQL" if connection.vendor == "postgresql" else "SQLite",
        rows="\n".join(rows),
    )
    with capsys.disabled():
        print(f"\n{text}")  # noqa: T201
    write_growth(text)
    for few, many in (parts_cached, no_cache):
        assert {name: queries for name, (_time, queries) in few.items()} == {
            name: queries for name, (_time, queries) in many.items()
        }
