"""Compares pages of the demo with the smallest Wagtail page and with a bare Django view, side by side: `make bench`.

Writes `docs/benchmarks.md`. The numbers of one run depend on the machine; their ratios hardly do.
"""

from __future__ import annotations

import os
import platform
import shutil
import statistics
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.benchmarks.document import write_pages
from tests.benchmarks.servers import Server, make_smallest, python_path, served
from tests.snapshots import ROOT, copied_database, database_url, environment, loaded_demo
from tests.snapshots import server as database_server

ROUNDS = 5
# Requests of a round: of pages that are rendered, and of pages that are cached.
RENDERED, CACHED = 40, 300
AT_ONCE = 16
# What no list offers, so that the response is not cached.
UNCACHED = "?x=1"
PAGES = {
    "home": "/en/",
    "event": "/en/events/digicantrain-forum-2026/",
    "list (news)": "/en/news/",
    "list (events)": "/en/events/",
    "text": "/en/privacy/",
}
# The ratios to reach, and what they are compared with.
GOALS = {"home": 3.5, "event": 3.5, "list (news)": 2.5, "list (events)": 2.5, "text": 2.5}
CODINGS = {"plain": "", "gzip": "gzip", "brotli": "br"}
GOAL_CACHED = 0.6
GOAL_MEMORY = 120
TEXT = """\
# Benchmarks

Written by `make bench` (`tests/benchmarks/`): medians of {rounds} rounds, all measures in turn, each server with two
processes that answer one request at a time. CPU is that of these processes and, on PostgreSQL, of their connections, in
milliseconds for a request. Measured with {database}, Python {python}, {processors} processors. The times depend on the
machine and on what else it does; the ratios hardly do.

## Pages for which there is no cached response

Beside the smallest Wagtail page: one type without fields, one template. *Parts cached*: menu, sections of the home page and
addresses of links come from the cache, as they do until content changes. *No cache*: with `PAGE_CACHE_SECONDS=0`.

| page | CPU, parts cached | ratio | goal | ratio, no cache |
|---|---|---|---|---|
{pages}

## Cached pages

The home page, {at_once} requests at once, beside a Django view without middleware and database that answers with 20 KB. The
ratio is that of requests for the same CPU.

| response | bytes | CPU | ratio | goal |
|---|---|---|---|---|
{cached}

## Memory

The largest process after this load: {memory} MB, with its part of what the processes share (goal: at most {most} MB).
"""


@dataclass
class Site:
    uncached: Server
    cached: Server
    smallest: Server
    bare: Server


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("bench")
    loaded, template = loaded_demo()
    shutil.copytree(loaded, folder, dirs_exist_ok=True)
    (folder / "empty").mkdir()
    with ExitStack() as stack:
        url = stack.enter_context(copied_database(folder, f"bench_{os.getpid()}", template, loaded / "site.sqlite3"))
        variables = environment(folder, url, "tests.benchmarks.site_settings") | python_path()
        own = {"path": "/en/", "config": str(ROOT / "gunicorn.conf.py"), "url": url}
        with_cache = variables | {"PAGE_CACHE_SECONDS": "86400"}
        without_cache = variables | {"PAGE_CACHE_SECONDS": "0"}
        smallest_url = stack.enter_context(_empty_database(folder))
        small = environment(folder / "empty", smallest_url, "tests.benchmarks.smallest.settings") | python_path()
        make_smallest(small)
        yield Site(
            uncached=stack.enter_context(served("config.wsgi:application", folder, without_cache, **own)),
            cached=stack.enter_context(served("config.wsgi:application", folder, with_cache, **own)),
            smallest=stack.enter_context(
                served("tests.benchmarks.smallest.wsgi:application", folder / "empty", small, url=smallest_url)
            ),
            bare=stack.enter_context(served("tests.benchmarks.bare:application", folder / "empty", small)),
        )


@contextmanager
def _empty_database(folder: Path) -> Iterator[str]:
    if not database_server():
        yield f"sqlite:///{folder / 'smallest.sqlite3'}"
        return
    name = f"bench_smallest_{os.getpid()}"
    with psycopg.connect(database_server(), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        try:
            yield database_url(name)
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def milliseconds(server: Server, path: str, number: int, coding: str = "gzip", at_once: int = 1) -> float:
    """Return the CPU time of a request in milliseconds."""
    before = server.cpu()
    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(lambda _number: server.get(path, coding), range(number)))
    return (server.cpu() - before) / number * 1000


def in_rounds(measures: dict[str, Callable[[], float]]) -> dict[str, list[float]]:
    """Take all measures in turn, so that what else happens on the machine falls on all of them alike."""
    for measure in measures.values():
        measure()
    found: dict[str, list[float]] = {name: [] for name in measures}
    for _round in range(ROUNDS):
        for name, measure in measures.items():
            found[name].append(measure())
    return found


def ratio(ours: list[float], base: list[float]) -> float:
    return statistics.median(our / other for our, other in zip(ours, base, strict=True))


def test_pages(site: Site, capsys):
    measures: dict[str, Callable[[], float]] = {"smallest": lambda: milliseconds(site.smallest, "/", RENDERED)}
    for name, path in PAGES.items():
        measures[f"{name}, parts cached"] = lambda path=path: milliseconds(site.cached, path + UNCACHED, RENDERED)
        measures[f"{name}, no cache"] = lambda path=path: milliseconds(site.uncached, path, RENDERED)
    rendered = in_rounds(measures)
    response_is_cached = site.cached.get("/en/", "br") < site.cached.get("/en/") / 2
    assert response_is_cached, "only cached responses are compressed"
    measures = {"bare": lambda: milliseconds(site.bare, "/", CACHED, at_once=AT_ONCE)}
    for name, coding in CODINGS.items():
        measures[name] = lambda coding=coding: milliseconds(site.cached, "/en/", CACHED, coding, AT_ONCE)
    kept = in_rounds(measures)
    sizes = {name: site.cached.get("/en/", coding) for name, coding in CODINGS.items()}
    text = report(rendered, kept, sizes, site.cached.largest_worker())
    write_pages(text)
    with capsys.disabled():
        print(f"\n{text}")  # noqa: T201


def report(rendered: dict[str, list[float]], kept: dict[str, list[float]], sizes: dict[str, int], memory: float) -> str:
    smallest, bare = rendered["smallest"], kept["bare"]
    pages = [f"| smallest Wagtail page | {statistics.median(smallest):.1f} | 1 | | |"]
    for name in PAGES:
        ours, without = rendered[f"{name}, parts cached"], rendered[f"{name}, no cache"]
        cells = f"{statistics.median(ours):.1f} | {ratio(ours, smallest):.1f} | at most {GOALS[name]}"
        pages.append(f"| {name} | {cells} | {ratio(without, smallest):.1f} |")
    cached = [f"| bare Django view | | {statistics.median(bare):.2f} | 1 | |"]
    for name, coding in CODINGS.items():
        # Browsers accept compressed responses. Uncompressed ones are not stored.
        goal = f"at least {GOAL_CACHED}" if coding else ""
        cells = f"{sizes[name]} | {statistics.median(kept[name]):.2f} | {ratio(bare, kept[name]):.2f}"
        cached.append(f"| {name} | {cells} | {goal} |")
    return TEXT.format(
        rounds=ROUNDS,
        database="PostgreSQL" if database_server() else "SQLite",
        python=platform.python_version(),
        processors=os.cpu_count(),
        at_once=AT_ONCE,
        pages="\n".join(pages),
        cached="\n".join(cached),
        memory=round(memory),
        most=GOAL_MEMORY,
    )
