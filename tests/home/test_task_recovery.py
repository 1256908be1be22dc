"""Tasks in the database: running and killed workers, results, and the warning about a backlog."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import Group, User
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from home.tasks.health import BACKLOG_AFTER, backlog_since
from home.tasks.recovery import FAILED_RESULT_AGE, LOST_AFTER, MAX_ATTEMPTS, RESULT_AGE, prune_results, requeue_lost
from tests import snapshots

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
LIMIT_SECONDS = 60
done: list[object] = []


@task()
def note(value: object) -> None:
    done.append(value)


@task()
def fail() -> None:
    raise ValueError("canary@example.org")


@pytest.fixture(autouse=True)
def database_backend(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}
    done.clear()


def get_result() -> DBTaskResult:
    return DBTaskResult.objects.get()


def run_tasks() -> None:
    """Run the queued tasks as the worker does."""
    from django_tasks_db.management.commands.db_worker import Worker

    Worker(
        queue_names=["*"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id="test",
        excluded_queue_names=[],
    ).run()


@pytest.fixture
def worker(monkeypatch):
    # The worker's exclusive transaction and its closing of old connections would both end the transaction of the test.
    from django.db import transaction

    module = "django_tasks_db.management.commands.db_worker"
    monkeypatch.setattr(f"{module}.close_old_connections", lambda: None)
    monkeypatch.setattr(f"{module}.exclusive_transaction", transaction.atomic)
    return run_tasks


def test_worker_runs_queued_tasks(worker):
    note.enqueue(1)
    assert done == []
    worker()
    assert (done, get_result().status) == ([1], TaskResultStatus.SUCCESSFUL)


def test_failure_is_stored_without_its_message(worker):
    fail.enqueue()
    worker()
    row = get_result()
    assert (row.status, row.exception_class_path, row.traceback) == ("FAILED", "builtins.ValueError", "")


def make_running(minutes_ago: timedelta, attempts: int = 1) -> DBTaskResult:
    note.enqueue(1)
    DBTaskResult.objects.filter(status="READY").update(
        status="RUNNING", started_at=timezone.now() - minutes_ago, worker_ids=["x"] * attempts
    )
    return get_result()


def test_task_of_a_killed_worker_is_run_again(worker):
    make_running(LOST_AFTER / 2)
    assert requeue_lost(timezone.now()) == 0
    assert requeue_lost(timezone.now() + LOST_AFTER) == 1
    worker()
    assert (done, get_result().status, len(get_result().worker_ids)) == ([1], "SUCCESSFUL", 2)
    assert requeue_lost(timezone.now() + LOST_AFTER) == 0


def test_task_that_repeatedly_kills_its_worker_fails(caplog):
    make_running(LOST_AFTER, MAX_ATTEMPTS)
    assert requeue_lost(timezone.now()) == 0
    assert get_result().status == "FAILED"
    assert f"Task {note.module_path} was given up" in caplog.text


def test_old_results_are_deleted_and_failures_after_a_longer_time():
    now = timezone.now()
    for status, age in [
        ("SUCCESSFUL", RESULT_AGE),
        ("FAILED", RESULT_AGE),
        ("FAILED", FAILED_RESULT_AGE),
        ("READY", None),
    ]:
        result = note.enqueue(1)
        DBTaskResult.objects.filter(pk=result.id).update(status=status, finished_at=age and now - age)
    assert prune_results(now) == 2
    assert sorted(DBTaskResult.objects.values_list("status", flat=True)) == ["FAILED", "READY"]


def test_backlog_is_the_age_of_the_oldest_queued_task(settings, django_assert_num_queries):
    now = timezone.now()
    assert backlog_since(now) is None
    for _number in range(2):
        note.enqueue(1)
    assert backlog_since(now) is None
    DBTaskResult.objects.filter(pk=note.enqueue(2).id).update(enqueued_at=now - BACKLOG_AFTER)
    assert backlog_since(now) == now - BACKLOG_AFTER
    DBTaskResult.objects.update(status="RUNNING")
    assert backlog_since(now) is None
    settings.TASKS = {"default": {"BACKEND": "home.tasks.backend.ThreadBackend"}}
    with django_assert_num_queries(0):
        assert backlog_since(now) is None


def test_dashboard_warns_administrators_of_a_backlog(client, admin_user):
    editor = User.objects.create_user("editor")
    editor.groups.add(Group.objects.get(name="Editors"))
    note.enqueue(1)
    client.force_login(admin_user)
    assert "Background tasks have been waiting" not in client.get("/admin/").content.decode()
    DBTaskResult.objects.update(enqueued_at=timezone.now() - BACKLOG_AFTER)
    assert "Background tasks have been waiting since" in client.get("/admin/").content.decode()
    client.force_login(editor)
    page = client.get("/admin/")
    assert page.status_code == 200
    assert "Background tasks have been waiting" not in page.content.decode()


ENQUEUE = """
from tests.home import worker_tasks
worker_tasks.wait.enqueue()
worker_tasks.create_file.enqueue()
"""
AN_HOUR_LATER = """
import datetime
from django.db.models import F
from django_tasks_db.models import DBTaskResult
hour = datetime.timedelta(hours=1)
assert DBTaskResult.objects.filter(status="RUNNING").update(started_at=F("started_at") - hour) == 1
"""


@pytest.mark.slow
def test_no_task_is_lost_when_a_worker_is_killed(tmp_path):
    """Uses real processes: a worker is killed during a task, `tick` runs, and another worker starts."""
    with snapshots.copied_database(tmp_path, f"worker_{os.getpid()}") as url:
        variables = snapshots.environment(tmp_path, url, "config.settings.dev") | {"TASK_BACKEND": "database"}
        worker = ["db_worker", "--no-startup-delay", "--no-reload"]
        snapshots.manage(["shell", "-c", ENQUEUE], variables)
        killed = subprocess.Popen(
            [sys.executable, "manage.py", *worker], cwd=ROOT, env=variables, stderr=subprocess.DEVNULL
        )
        wait_for(tmp_path / "begun")
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        (tmp_path / "go").touch()
        snapshots.manage(["shell", "-c", AN_HOUR_LATER], variables)
        assert "lost tasks enqueued again: 1" in snapshots.manage(["tick"], variables)
        snapshots.manage([*worker, "--batch"], variables)
    assert (tmp_path / "ended").exists()
    assert (tmp_path / "created").exists()


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + LIMIT_SECONDS
    while not path.exists():
        assert time.monotonic() < deadline, f"{path.name} did not appear"
        time.sleep(0.05)
