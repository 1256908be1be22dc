"""Structured logs: requests, tasks, jobs and slow queries, without personal data."""

import io
import json
import logging
import re

import pytest
from django.core.management import call_command
from django.db import connections
from django.test import override_settings
from django.urls import path
from django_tasks import task

from config import urls
from config.json_log import FIELDS, JsonFormatter, log_fields
from home.http.request_log import RESPONSE_HEADER
from home.management.commands import tick
from home.slow_queries import log_slow_queries
from home.tasks.scheduled import ScheduledJob

pytestmark = pytest.mark.any_database

TOKEN = "q7_J-" * 8 + "abc"
SITE_LOGGERS = ("home.http.request_log", "home.tasks.log")


@pytest.fixture
def lines():
    """Return a function that returns what was logged as JSON since it was called last."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    before = {name: logging.getLogger(name).level for name in SITE_LOGGERS}
    for name in SITE_LOGGERS:
        logging.getLogger(name).setLevel(logging.INFO)
    logging.getLogger().addHandler(handler)

    def read():
        found = [json.loads(line) for line in stream.getvalue().splitlines()]
        stream.truncate(0)
        stream.seek(0)
        return found

    yield read
    logging.getLogger().removeHandler(handler)
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


def requests_in(found):
    return [line for line in found if line["logger"] == "home.http.request_log"]


@pytest.mark.parametrize(
    ("address", "status", "route"),
    [
        ("/en/", 200, "home.HomePage"),
        (f"/en/registration/{TOKEN}/", 404, "registration"),
        ("/admin/login/?next=/admin/users/?q=Anna", 200, "account_login"),
        ("/en/search/?q=Anna", 200, "search"),
        ("/en/anna@example.org/", 404, None),
        # Django escapes these letters and line breaks in its own lines.
        ("/documents/1/M%C3%A4ki_Anna.pdf", 404, "home.document_serving.serve"),
        ("/en/Anna%0A%7B%22level%22:%20%22ERROR%22%7D/", 404, None),
    ],
)
def test_a_request_is_one_line_with_the_route_and_no_path(client, home_pages, lines, address, status, route):
    response = client.get(address)
    found = lines()
    [line] = requests_in(found)

    assert {name: line.get(name) for name in ("level", "method", "status", "route", "request_id")} == {
        "level": "INFO",
        "method": "GET",
        "status": status,
        "route": route,
        "request_id": response[RESPONSE_HEADER],
    }
    assert isinstance(line["duration_ms"], int)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", line["time"])
    text = json.dumps(found)
    assert TOKEN not in text
    assert "Anna" not in text
    assert "anna@" not in text
    assert "127.0.0.1" not in text


@pytest.mark.parametrize(
    ("header", "given", "is_taken"),
    [
        ("X-Request-ID", "f3a9c0d2e4b6481f", True),
        ("X-Request-ID", "anna@example.org", False),
        ("X-Request-ID", "short", False),
        ("X-Request-ID", "a" * 65, False),
        ("", "f3a9c0d2e4b6481f", False),
    ],
)
def test_the_id_of_a_request_is_that_of_a_trusted_proxy_or_a_new_one(client, db, settings, header, given, is_taken):
    settings.REQUEST_ID_HEADER = header
    first, second = [client.get("/healthz", headers={"x-request-id": given})[RESPONSE_HEADER] for _time in range(2)]

    assert (first == given) is is_taken
    assert (second == first) is is_taken
    assert re.fullmatch(r"[A-Za-z0-9-]{8,64}", first)


def test_each_response_from_the_page_cache_has_an_id_of_its_own(client, home_pages, settings, lines):
    settings.PAGE_CACHE_SECONDS = 60
    first, second = [client.get("/en/") for _time in range(2)]

    assert first.content == second.content
    assert first[RESPONSE_HEADER] != second[RESPONSE_HEADER]
    assert [line["request_id"] for line in requests_in(lines())] == [first[RESPONSE_HEADER], second[RESPONSE_HEADER]]


def broken(request, token):
    raise RuntimeError("no place for anna@example.org")


urlpatterns = [path("broken/<str:token>/", broken, name="broken"), *urls.urlpatterns]
handler500 = urls.handler500


@pytest.mark.django_db
@override_settings(ROOT_URLCONF=__name__)
def test_an_error_has_the_id_and_the_route_and_a_masked_traceback(client, lines):
    client.raise_request_exception = False
    response = client.get(f"/broken/{TOKEN}/")
    errors = [line for line in lines() if line["level"] == "ERROR"]

    assert response.status_code == 500
    [line] = errors
    assert (line["message"], line["route"]) == ("Internal Server Error: [broken]", "broken")
    assert line["request_id"] == response[RESPONSE_HEADER]
    assert line["traceback"].startswith("Traceback")
    assert line["traceback"].endswith("RuntimeError: no place for ***")
    assert TOKEN not in json.dumps(line)


def test_a_line_has_known_fields_only(lines):
    with log_fields(lambda: {"route": "events_feed", "user": "Anna"}):
        logging.getLogger("x").warning("Said", extra={"sql": "SELECT 1", "name_of": "Anna"})

    [line] = lines()
    assert set(line) == {"time", "level", "logger", "message", "route", "sql"}
    assert set(line) - {"time", "level", "logger", "message"} <= set(FIELDS)


@task()
def greet(name):
    logging.getLogger("x").warning("Greeting")


def test_tasks_are_logged_when_they_are_enqueued_and_when_they_end(db, lines):
    with log_fields(lambda: {"request_id": "f3a9c0d2"}):
        greet.enqueue("Anna")
    enqueued, inside, ended = [line for line in lines() if line["logger"] in {"x", "home.tasks.log"}]

    assert (enqueued["message"], enqueued["request_id"]) == ("Task enqueued", "f3a9c0d2")
    assert inside["task"] == ended["task"] == enqueued["task"] == greet.module_path
    assert inside["task_id"] == ended["task_id"] == enqueued["task_id"]
    assert (ended["message"], ended["status"]) == ("Task ended", "SUCCESSFUL")
    assert "Anna" not in json.dumps([enqueued, inside, ended])


def test_tasks_in_a_thread_are_logged_in_the_same_way(db, settings, lines, django_capture_on_commit_callbacks):
    from home.tasks.backend import finish_tasks

    settings.TASKS = {"default": {"BACKEND": "home.tasks.backend.ThreadBackend", "QUEUES": []}}
    with django_capture_on_commit_callbacks(execute=True):
        greet.enqueue("Anna")
    finish_tasks()
    enqueued, inside, ended = [line for line in lines() if line["logger"] in {"x", "home.tasks.log"}]

    assert enqueued["message"] == "Task enqueued"
    assert (inside["task"], inside["message"]) == (greet.module_path, "Greeting")
    assert (ended["task"], ended["status"]) == (greet.module_path, "SUCCESSFUL")


def test_jobs_of_tick_are_logged_with_their_number(db, lines, monkeypatch):
    def fail(now):
        raise ValueError("for anna@example.org")

    jobs = [ScheduledJob("idle", lambda now: 0), ScheduledJob("sent", lambda now: 3), ScheduledJob("broken", fail)]
    monkeypatch.setattr(tick, "scheduled_jobs", lambda: jobs)
    with pytest.raises(tick.CommandError):
        call_command("tick", verbosity=0)
    sent, broken_line = lines()

    assert (sent["message"], sent["job"], sent["count"]) == ("Job ended", "sent", 3)
    assert (broken_line["level"], broken_line["job"]) == ("ERROR", "broken")
    assert "anna" not in json.dumps([sent, broken_line])


@pytest.mark.django_db
def test_slow_queries_are_logged_with_the_route_and_without_parameters(
    client, home_pages, settings, lines, monkeypatch
):
    settings.SLOW_QUERY_MS = 1
    ticks = iter(range(10**6))
    monkeypatch.setattr("home.slow_queries.time.monotonic", lambda: next(ticks))
    monkeypatch.setattr(connections["default"], "execute_wrappers", [])
    log_slow_queries(connections["default"])
    log_slow_queries(connections["default"])
    client.get("/en/search/?q=Anna")
    found = [line for line in lines() if line["logger"] == "home.slow_queries"]

    assert found
    assert {line["route"] for line in found} == {"search"}
    assert all(re.match(r"Slow query, \d+ ms in search: ", line["message"]) for line in found)
    assert "Anna" not in json.dumps(found, ensure_ascii=False)
    assert "anna" not in json.dumps(found)


def test_without_the_setting_no_query_is_timed(db, settings, monkeypatch):
    monkeypatch.setattr(connections["default"], "execute_wrappers", [])
    log_slow_queries(connections["default"])
    assert connections["default"].execute_wrappers == []
