"""Compares screens of editors with 20 and with 2,000 articles in four languages: `make bench`.

Writes its part of `docs/benchmarks.md`.
"""

from __future__ import annotations

import time

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection, reset_queries
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from home.models import Organisation
from home.roles import COORDINATORS, EDITORS, EVENT_ORGANISERS, PARTNER_EDITORS, translators
from tests.benchmarks.document import write_many_pages
from tests.benchmarks.processes import seconds
from tests.factories.project import make_organisation
from tests.factories.users import make_user
from tests.home.many_pages import add_articles, add_files, add_links

FEW, MANY = 20, 2_000
REPEATS = 3
LIMIT = 1  # second
SCREENS = {
    "translations that need attention": ("translations:overview", ""),
    "all translations": ("translations:overview", "?show_complete=on"),
    "all translations, last screen": ("translations:overview", "?show_complete=on&p=9999"),
    "translate in other programs": ("translations:batch", ""),
    "links to other sites": ("content_reports:links", ""),
    "images and documents to look at": ("content_reports:files", ""),
    "pages by their dates": ("content_reports:dates", ""),
    "report about the project": ("project_report", ""),
    "site history": ("wagtailadmin_reports:site_history", ""),
    "aging pages": ("wagtailadmin_reports:aging_pages", ""),
    "locked pages": ("wagtailadmin_reports:locked_pages", ""),
    "page types": ("wagtailadmin_reports:page_types_usage", ""),
    "workflows": ("wagtailadmin_reports:workflow", ""),
    "workflow tasks": ("wagtailadmin_reports:workflow_tasks", ""),
    "list of articles": ("articles:index", ""),
}
TEXT = """\
Screens of editors with {few} and with {many} articles in four languages, a tenth of them with a changed text and a tenth
without translations, and as many images, documents and links: the shortest CPU time of {repeats} in milliseconds and
the number of queries, which must not grow (`tests/home/bench_many_pages.py`), measured with {database} in one transaction.

| screen | {few} | {many} | queries | goal |
|---|---|---|---|---|
{rows}
"""


def measure(client: Client, address: str) -> tuple[float, int]:
    """Return the shortest CPU time in seconds and the number of queries."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    reset_queries()  # the capture starts at the end of the log, which has a maximum length
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    queries = len(captured)  # the next request empties the log
    times = []
    for _time in range(REPEATS):
        started = used()
        client.get(address)
        times.append(used() - started)
    return min(times), queries


def used() -> float:
    """Return the CPU time that this process has used, and its connection to PostgreSQL: it hardly depends on other load."""
    if connection.vendor != "postgresql":
        return time.process_time()
    return time.process_time() + seconds([connection.connection.info.backend_pid])


def accounts() -> dict[str, Client]:
    organisation = make_organisation("University")
    users = {
        "administrator": User.objects.create_superuser("administrator", "administrator@example.org", "x"),
        "coordinator": make_user("coordinator", group=COORDINATORS),
        "editor": make_user("editor", group=EDITORS),
        "partner’s editor": make_user("partner", group=PARTNER_EDITORS),
        "event organiser": make_user("organiser", group=EVENT_ORGANISERS),
        "translator": make_user("translator", group=translators("fi")),
    }
    Organisation.objects.get(pk=organisation.pk).editors.add(users["partner’s editor"])
    clients = {}
    for name, user in users.items():
        clients[name] = Client()
        clients[name].force_login(user)
    return clients


def measure_all(clients: dict[str, Client]) -> dict[str, tuple[float, int]]:
    cache.clear()
    found = {f"dashboard: {name}": measure(client, reverse("wagtailadmin_home")) for name, client in clients.items()}
    for name, (route, query) in SCREENS.items():
        found[name] = measure(clients["administrator"], reverse(route) + query)
    return found


@pytest.mark.django_db
def test_screens_with_2000_articles_compared_with_20(home_pages, capsys):
    clients = accounts()
    results = []
    first = 0
    for number in (FEW, MANY):
        add_articles(number - first)
        add_files(number - first)
        add_links(number - first)
        first = number
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        results.append(measure_all(clients))
    few, many = results
    rows = [
        f"| {name} | {few[name][0] * 1000:.0f} | {many[name][0] * 1000:.0f} | {many[name][1]} | at most 1000 |"
        for name in many
    ]
    database = "PostgreSQL" if connection.vendor == "postgresql" else "SQLite"
    text = TEXT.format(few=FEW, many=f"{MANY:,}", repeats=REPEATS, database=database, rows="\n".join(rows))
    with capsys.disabled():
        print(f"\n{text}")  # noqa: T201
    write_many_pages(text)
    grown = {name: (few[name][1], many[name][1]) for name in many if few[name][1] != many[name][1]}
    slow = {name: many[name][0] for name in many if many[name][0] > LIMIT}
    assert not grown
    assert not slow
