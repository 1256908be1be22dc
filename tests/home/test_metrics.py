"""`/metrics`: numbers for Prometheus, to whoever has the token, without names."""

import datetime
import threading

import pytest
from django.core.cache import caches
from django.db import DatabaseError
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from prometheus_client.parser import text_string_to_metric_families

from events.enums import MailKind, MailStatus
from events.models import OutboxMail
from events.states import RegistrationStatus
from home import request_totals
from home.models import RequestTotal
from home.tasks.health import record_run
from tests.factories.mail import make_forum, make_registration, queue_mail
from tests.home.worker_tasks import create_file

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

TOKEN = "a-token-of-many-characters"
QUERIES = 17


@pytest.fixture(autouse=True)
def token(settings, monkeypatch):
    settings.METRICS_TOKEN = TOKEN
    request_totals._counted.clear()
    # No thread of a process reports while a test runs.
    monkeypatch.setattr(request_totals, "SECONDS", 86_400)


def ask(client, header=f"Bearer {TOKEN}"):
    return client.get("/metrics", headers={"authorization": header})


def numbers(client) -> dict[tuple[str, str], float]:
    """Return the values by name and label."""
    response = ask(client)
    assert response["Content-Type"].startswith("text/plain; version=0.0.4")
    return {
        (sample.name.removeprefix("consortium_"), *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(response.content.decode())
        for sample in family.samples
    }


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer wrong", f"Basic {TOKEN}", "Bearer ά"])
def test_nobody_without_the_token_gets_numbers(client, header):
    assert ask(client, header).status_code == 404


@pytest.mark.parametrize("header", ["Bearer ", "Bearer None", ""])
def test_without_a_token_in_the_settings_the_address_does_not_exist(client, settings, header):
    settings.METRICS_TOKEN = ""
    assert ask(client, header).status_code == 404


def test_the_numbers_are_not_cached(client):
    response = ask(client)
    assert (response.status_code, response["Cache-Control"]) == (
        200,
        "max-age=0, no-cache, no-store, must-revalidate, private",
    )


def test_an_empty_site_has_no_number_for_what_is_unknown(client, settings, tmp_path):
    settings.BACKUP_DIR = tmp_path / "none"
    found = numbers(client)

    assert ("tick_age_seconds",) not in found
    assert ("backup_age_seconds",) not in found
    assert ("disk_free_bytes", "backups") not in found
    assert found[("tasks_waiting",)] == found[("tasks_oldest_waiting_seconds",)] == 0
    assert found[("mails", "failed")] == found[("registrations", "confirmed")] == 0
    assert found[("release", settings.RELEASE)] == 1


def test_numbers_of_registrations_and_emails(client, home_page):
    event = make_forum(home_page).event
    people = [make_registration(event, name="Anna", email=f"anna{number}@example.org") for number in range(2)]
    make_registration(event, status=RegistrationStatus.WAITING, name="Anna", email="anna9@example.org")
    for person in people:
        queue_mail(person)
    now = timezone.now()
    OutboxMail.objects.filter(pk=OutboxMail.objects.earliest("pk").pk).update(status=MailStatus.FAILED)
    OutboxMail.objects.filter(status=MailStatus.QUEUED).update(next_try_at=now - datetime.timedelta(hours=1))
    found = numbers(client)

    assert (found[("registrations", "confirmed")], found[("registrations", "waiting")]) == (2, 1)
    assert (found[("mails", "queued")], found[("mails", "failed")], found[("mails", "sent")]) == (1, 1, 0)
    assert found[("mails_oldest_due_seconds",)] == pytest.approx(3600, abs=60)
    assert found[("mails_held",)] == 0
    assert found[("mails_unseen_seconds",)] == 0
    OutboxMail.objects.update(
        kind=MailKind.EVENT_CHANGED,
        status=MailStatus.QUEUED,
        created_at=now - datetime.timedelta(hours=2),
        next_try_at=None,
    )
    assert numbers(client)[("mails_unseen_seconds",)] == pytest.approx(7200, abs=60)
    assert "anna" not in ask(client).content.decode().lower()


def test_numbers_of_tasks_and_of_tick(client, settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}
    now = timezone.now()
    record_run(now - datetime.timedelta(minutes=7))
    for _number in range(3):
        create_file.enqueue()
    first, second, third = DBTaskResult.objects.values_list("pk", flat=True)
    DBTaskResult.objects.filter(pk=first).update(enqueued_at=now - datetime.timedelta(minutes=20))
    DBTaskResult.objects.filter(pk=second).update(run_after=now + datetime.timedelta(hours=1))
    DBTaskResult.objects.filter(pk=third).update(status="FAILED", finished_at=now)
    found = numbers(client)

    assert found[("tick_age_seconds",)] == pytest.approx(420, abs=30)
    assert (found[("tasks_waiting",)], found[("tasks_failed_day",)]) == (1, 1)
    assert found[("tasks_oldest_waiting_seconds",)] == pytest.approx(1200, abs=30)


def test_numbers_of_backups_disks_and_the_page_cache(client, settings, tmp_path):
    made_at = timezone.now() - datetime.timedelta(hours=3)
    (tmp_path / f"site-{made_at:%Y%m%dT%H%M%SZ}.backup").write_bytes(b"12345")
    settings.BACKUP_DIR = tmp_path
    settings.CACHES = {
        **settings.CACHES,
        "pages": {"BACKEND": "home.cache_backends.TolerantFileCache", "LOCATION": str(tmp_path / "pages")},
    }
    caches["pages"].set("a", 1)
    caches["pages"].set("b", 1)
    found = numbers(client)

    assert found[("backup_age_seconds",)] == pytest.approx(3 * 3600, abs=30)
    assert found[("backup_bytes",)] == 5
    assert found[("disk_free_bytes", "backups")] > 0
    assert (found[("pages_kept",)], found[("cache_failing",)]) == (2, 0)


def test_requests_are_counted_by_route_and_class_of_status(client, home_page):
    client.get(home_page.url)
    client.get(home_page.url)
    client.get("/en/no-such-page/?q=anna")
    client.get("/healthz")
    found = numbers(client)
    assert found[("requests_total", "home.HomePage", "2xx")] == 2
    assert found[("requests_total", "wagtail_serve", "4xx")] == 1
    assert found[("requests_total", "health", "2xx")] == 1
    assert not [labels for labels in found if "anna" in str(labels) or "no-such-page" in str(labels)]

    # Another process adds its own: the totals grow, also after the table has rows.
    client.get("/healthz")
    request_totals.save_counts()
    assert numbers(client)[("requests_total", "health", "2xx")] == 2


def test_requests_are_not_counted_without_a_token(client, settings):
    settings.METRICS_TOKEN = ""
    client.get("/healthz")
    request_totals.save_counts()
    assert request_totals.totals() == {}


def test_what_cannot_be_added_is_kept_for_the_next_time(client, monkeypatch):
    client.get("/healthz")
    with monkeypatch.context() as patch:
        patch.setattr(RequestTotal.objects, "get_or_create", fail)
        with pytest.raises(DatabaseError):
            request_totals.save_counts()
    request_totals.save_counts()
    assert request_totals.totals()[("health", "2xx")] == 1


def fail(**kwargs):
    raise DatabaseError


def test_a_process_reports_after_a_while_and_no_request_waits_for_it(client, monkeypatch):
    reports: list[str] = []
    monkeypatch.setattr(request_totals, "_report", lambda: reports.append(threading.current_thread().name))
    middleware = request_totals.RequestTotalsMiddleware(lambda request: HttpResponse())
    request = RequestFactory().get("/static/site.css")
    middleware(request)
    assert reports == []
    middleware.next_report = 0
    middleware(request)
    middleware(request)
    for thread in threading.enumerate():
        if thread.name == "request-totals":
            thread.join()
    assert reports == ["request-totals"]
    request_totals.save_counts()
    assert request_totals.totals() == {("static file", "2xx"): 3}


def test_the_queries_are_the_same_for_any_number_of_rows(client, home_page, django_assert_num_queries):
    event = make_forum(home_page).event
    queue_mail(make_registration(event))
    # The second one makes the row of the requests to this address.
    ask(client)
    ask(client)
    with django_assert_num_queries(QUERIES):
        ask(client)
    for _number in range(2):
        queue_mail(make_registration(event))
    with django_assert_num_queries(QUERIES):
        ask(client)
