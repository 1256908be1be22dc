"""Measures how often visitors get a cached page, and how fast the first visits after a publication are: `make bench`.

Writes its part of `docs/benchmarks.md`.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from wagtail.models import Page

from home.http import page_cache, request_counts
from home.models import ContentPage, HomePage
from home.site_context import public
from news.models import NewsIndexPage, NewsPage
from tests.benchmarks.document import write_cache
from tests.benchmarks.many_rows import add_sections
from tests.clock import Clock, stopped_clock
from tests.factories.pages import make_page
from tests.factories.translations import make_translations

# With these, the site has 60 pages in English.
ARTICLES, EVENTS, FACT_SHEETS, TEXTS = 20, 16, 14, 6
HOURS = 2
PUBLICATIONS = 25
GOAL_SHARE = 0.95
TEXT = """\
Measured with {database} (`tests/benchmarks/bench_cache.py`). *Visits*: {hours} hours with one visit a minute to one of
{pages} pages, chosen at random, after each page was visited once; {events} events begin or end in days to come, and nothing
is published. *First visits*: after each of {publications} publications of an article, the first visits to the article, its
translations, the home pages and the lists of news, beside second visits; the 99th percentile of the CPU time in
milliseconds. A first visit reads the page from the shared cache, a second one from the memory of the process.

| measure | seen | goal |
|---|---|---|
| visits that get a cached page, first hour | {first_hour:.3f} | at least {share} |
| visits that get a cached page, {hours} hours | {all_hours:.3f} | at least {share} |
| first visits after a publication, beside cached pages | {first:.2f} / {second:.2f} = {ratio:.2f} | about 1 |
| visits of these that are rendered | {rendered} of {visits} | 0 |
"""


@pytest.fixture
def clock(monkeypatch) -> Clock:
    return stopped_clock(monkeypatch)


@pytest.fixture
def rendered(monkeypatch) -> list[str]:
    """The paths that were rendered for visitors, because they were not cached."""
    paths: list[str] = []
    render = page_cache.PageCacheMiddleware._render

    def counting(middleware, lookup):
        paths.append(lookup.address.path)
        return render(middleware, lookup)

    monkeypatch.setattr(page_cache.PageCacheMiddleware, "_render", counting)
    return paths


@pytest.fixture(autouse=True)
def cache_on(settings, monkeypatch) -> None:
    settings.PAGE_CACHE_SECONDS = 24 * 3600
    settings.ALLOWED_HOSTS = ["*"]
    monkeypatch.setattr(request_counts, "INTERVAL", 0)
    monkeypatch.setattr(request_counts._visits, "_next_store", 0.0)


def visit(page: Page) -> float:
    """Request a page as a visitor, and return the seconds of CPU time that it takes."""
    client = Client(headers={"host": urlsplit(page.full_url).netloc})
    started = time.process_time()
    assert client.get(page.url).status_code == 200
    return time.process_time() - started


def percentile(times: list[float], hundredth: int) -> float:
    return statistics.quantiles(times, n=100)[hundredth - 1] * 1000


def visits_of(pages: list[Page], clock: Clock) -> Iterator[Page]:
    """Yield the pages that are visited, one in each minute of the clock."""
    chance = random.Random(1)  # noqa: S311  (the same visits in each run)
    for _minute in range(HOURS * 60):
        clock.wait(minutes=1)
        yield chance.choice(pages)


def test_cache(home_pages, clock, rendered, django_capture_on_commit_callbacks, capsys):
    add_sections(ARTICLES, EVENTS, FACT_SHEETS)
    home = HomePage.objects.get(locale__language_code="en")
    for number in range(TEXTS):
        make_translations(make_page(ContentPage, home, f"Text {number}"))
    pages = list(public(Page.objects.live().filter(path__startswith=home.path)).order_by("path"))
    for page in pages:
        visit(page)
    rendered.clear()
    misses = []
    for page in visits_of(pages, clock):
        visit(page)
        misses.append(len(rendered))
        rendered.clear()

    first, second, count = [], [], 0
    article = NewsPage.objects.child_of(NewsIndexPage.objects.get(locale=home.locale)).first()
    shown = [*HomePage.objects.all(), *NewsIndexPage.objects.all(), *article.get_translations(inclusive=True)]
    for number in range(PUBLICATIONS):
        clock.wait(minutes=1)
        with django_capture_on_commit_callbacks(execute=True):
            article.title = f"Title {number}"
            article.save_revision().publish()
        rendered.clear()
        first += [visit(page) for page in shown]
        count += len(rendered)
        second += [visit(page) for page in shown]

    slow, fast = percentile(first, 99), percentile(second, 99)
    text = TEXT.format(
        database="PostgreSQL" if connection.vendor == "postgresql" else "SQLite",
        hours=HOURS,
        pages=len(pages),
        events=EVENTS,
        publications=PUBLICATIONS,
        share=GOAL_SHARE,
        first_hour=1 - sum(misses[:60]) / 60,
        all_hours=1 - sum(misses) / len(misses),
        first=slow,
        second=fast,
        ratio=slow / fast,
        rendered=count,
        visits=len(first),
    )
    write_cache(text)
    with capsys.disabled():
        print(f"\n{text}")  # noqa: T201
    assert 1 - sum(misses[:60]) / 60 >= GOAL_SHARE
    assert count == 0
