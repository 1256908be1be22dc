"""Compares screens and commands with 100 and with 100,000 registrations of one event: `make bench`.

Writes its part of `docs/benchmarks.md`. SQLite takes longer for the same; set DATABASE_URL for PostgreSQL.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from events.enums import MailStatus
from events.models import Event, OutboxMail, PreparedDownload, Registration
from events.registration import downloads, export
from events.registration.mail import delivery
from events.registration.privacy import retention
from events.registration.queries import Filters
from home.tasks.health import record_run
from home.tasks.scheduled import scheduled_jobs
from tests.benchmarks.document import write_many_registrations
from tests.events.many_registrations import add_mails, add_registrations
from tests.factories.registrations import make_open_page
from tests.factories.users import admin_url

FEW, MANY = 100, 100_000
REPEATS = 3
# The emails of a run whose time is measured.
EMAILS = 20
EACH_EMAIL = f"an email of {EMAILS}"
SCREENS = {
    "list": ("registrations", ""),
    "list by name": ("registrations", "?ordering=name"),
    "search": ("registrations", "?q=papadopoulou"),
    "check-in": ("registration_check_in", ""),
    "search at check-in": ("registration_check_in", "?q=papadopoulou"),
    "attendance list": ("registration_attendance_list", ""),
    "statistics": ("registration_statistics", ""),
    "emails": ("registration_mail", ""),
    "message": ("registration_message", ""),
    "export": ("registration_export", ""),
    "certificates": ("certificates", ""),
}
TEXT = """\
Screens and commands with {few} and with {many} registrations of one event, each with an email that waits: the shortest of
{repeats} times in milliseconds (`tests/events/bench_many_registrations.py`), measured with {database} in one transaction, so
that the database reads each row. Exports, messages and certificates for many are background tasks: no request waits.
Registrations are anonymised in scheduled runs of at most 2,000 for an event.

| screen or command | {few} | {many} | ratio | goal |
|---|---|---|---|---|
{rows}
"""


class _UndoneError(Exception):
    pass


def undone(work: Callable[[], object]) -> None:
    """Do the work and take its changes back."""
    try:
        with transaction.atomic():
            work()
            raise _UndoneError
    except _UndoneError:
        return


def tick() -> None:
    """Run the jobs as when nothing is due, without sending email."""
    for job in scheduled_jobs():
        if job.run is not delivery.deliver_due:
            job.run(timezone.now())


def measures(event: Event, client: Client) -> dict[str, tuple[Callable[[], object], float]]:
    """Return what is measured by name, each with the milliseconds to reach."""

    def screen(name: str, query: str) -> Callable[[], object]:
        return lambda: client.get(admin_url(event, name) + query)

    found: dict[str, tuple[Callable[[], object], float]] = {
        label: (screen(name, query), 300) for label, (name, query) in SCREENS.items()
    }
    found[EACH_EMAIL] = (lambda: undone(lambda: delivery.deliver_due(limit=EMAILS)), 20)
    found["tick, nothing due"] = (tick, 300)
    return found


def milliseconds(work: Callable[[], object]) -> float:
    work()
    times = []
    for _time in range(REPEATS):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times) * 1000


def prepare_all(event: Event, user) -> tuple[float, PreparedDownload]:
    """Return the milliseconds of an XLSX file with all registrations, and its download."""
    columns = [column for column in export.columns_of(event, "en", with_sensitive=True) if not column.is_sensitive]
    download = downloads.request_export(event, user, Filters(), columns[:8], "en", downloads.XLSX, "list.xlsx")
    started = time.perf_counter()
    downloads.prepare(download.pk)
    return (time.perf_counter() - started) * 1000, PreparedDownload.objects.get(pk=download.pk)


def anonymise_some() -> float:
    """Return the milliseconds for 100 registrations in the first run of the scheduled job. The changes are taken back."""
    later = timezone.now() + datetime.timedelta(days=3650)
    done: list[int] = []
    started = time.perf_counter()
    undone(lambda: done.append(retention.anonymise_due(later)))
    return (time.perf_counter() - started) * 1000 / (done[0] / 100)


@pytest.mark.django_db
def test_many_registrations_compared_with_few(home_page, admin_client, admin_user, settings, capsys):
    settings.MAILS_PER_HOUR = 1_000_000
    event = make_open_page(home_page).event
    found: dict[int, dict[str, float]] = {}
    for number in (FEW, MANY):
        present = Registration.objects.count()
        add_registrations(event, number - present, first=present)
        add_mails(event, number)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        cache.clear()
        record_run(timezone.now())
        found[number] = {name: milliseconds(work) for name, (work, _goal) in measures(event, admin_client).items()}
        found[number][EACH_EMAIL] /= EMAILS
        found[number]["XLSX file (task)"], download = prepare_all(event, admin_user)
        assert (download.is_ready, download.done) == (True, number)
        downloads.delete_all()
        found[number]["anonymising, each 100 (task)"] = anonymise_some()
    assert OutboxMail.objects.filter(status=MailStatus.QUEUED).count() >= MANY
    goals = {name: f"at most {goal:.0f}" for name, (_work, goal) in measures(event, admin_client).items()}
    rows = "\n".join(
        f"| {name} | {few:.0f} | {found[MANY][name]:.0f} | {found[MANY][name] / few:.1f} | {goals.get(name, '')} |"
        for name, few in found[FEW].items()
    )
    database = "PostgreSQL" if connection.vendor == "postgresql" else "SQLite"
    text = TEXT.format(few=f"{FEW:,}", many=f"{MANY:,}", repeats=REPEATS, database=database, rows=rows)
    write_many_registrations(text)
    with capsys.disabled():
        print(f"\n{text}")  # noqa: T201
