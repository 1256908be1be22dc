"""Tasks in a thread of the process: order, duplicates, errors, commits, process exit and forks."""

import os
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import translation
from django_tasks import task, task_backends

from home.tasks import backend
from home.tasks.backend import TaskThread, finish_tasks

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
LIMIT_SECONDS = 60

done: list[object] = []
gates: dict[str, threading.Event] = {}


@pytest.fixture(autouse=True)
def thread(settings, monkeypatch) -> TaskThread:
    settings.TASKS = {"default": {"BACKEND": "home.tasks.backend.ThreadBackend", "QUEUES": []}}
    done.clear()
    gates.clear()
    gates.update(begun=threading.Event(), may_end=threading.Event())
    thread = TaskThread()
    monkeypatch.setattr(backend, "_task_thread", thread)
    return thread


@pytest.fixture
def committing(db, django_capture_on_commit_callbacks):
    """Return a function that makes a context manager, which runs on-commit callbacks at its end."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@task()
def note(value: object) -> None:
    done.append(value)


@task()
def note_thread(number: int) -> None:
    done.append(threading.current_thread())


@task()
def wait_at_gate(name: str = "") -> None:
    gates["begun"].set()
    gates["may_end"].wait(LIMIT_SECONDS)
    done.append(f"waited{name}")


@task()
def fail(kind: str) -> None:
    raise {"value": ValueError, "exit": SystemExit}[kind]("canary@example.org")


@task()
def enqueue_itself() -> None:
    gates["begun"].set()
    gates["may_end"].wait(LIMIT_SECONDS)
    done.append(1)
    enqueue_itself.enqueue()


@task(takes_context=True)
def note_context(context, value: str) -> None:
    done.append((context.task_result.args, value))


@task()
def note_language(number: int) -> None:
    done.append(translation.get_language())
    translation.activate("fi")


def test_tasks_run_in_order_in_one_daemon_thread(committing, thread):
    # The thread cannot empty the queue, and end, before all tasks are in it.
    with thread._changed, committing():
        for number in range(3):
            note_thread.enqueue(number)
    finish_tasks()
    assert [len(done), len(set(done))] == [3, 1]
    assert done[0].daemon
    assert done[0] is not threading.main_thread()
    # The thread ends when the queue is empty.
    assert thread._thread is None


def test_task_runs_only_after_the_commit(committing):
    with committing():
        note.enqueue("committed")
        with transaction.atomic():
            note.enqueue("rolled back")
            transaction.set_rollback(True)
        finish_tasks()
        assert done == []
    finish_tasks()
    assert done == ["committed"]


def test_identical_tasks_are_queued_once(committing):
    with committing():
        wait_at_gate.enqueue()
    assert gates["begun"].wait(LIMIT_SECONDS)
    with committing():
        for _number in range(5):
            # Queued although the same task is running, which may have read the data before this change.
            wait_at_gate.enqueue()
            note.enqueue([1])
            note.enqueue([2])
    gates["may_end"].set()
    finish_tasks()
    assert done == ["waited", "waited", [1], [2]]


@pytest.mark.parametrize("kind", ["value", "exit"])
def test_error_is_logged_without_its_message_and_other_tasks_run(committing, caplog, kind):
    with committing():
        fail.enqueue(kind)
        note.enqueue("next")
    finish_tasks()
    assert done == ["next"]
    name = {"value": "ValueError", "exit": "SystemExit"}[kind]
    message = caplog.records[-1].getMessage()
    assert message.startswith(f"Task {fail.module_path} failed: {name} in {__file__}, line ")
    assert "canary" not in caplog.text


def test_connections_are_closed_after_each_task(committing, monkeypatch):
    monkeypatch.setattr(backend.connections, "close_all", lambda: done.append("closed"))
    with committing():
        note.enqueue(1)
        fail.enqueue("value")
    finish_tasks()
    assert done == [1, "closed", "closed"]


def test_task_receives_its_context(committing):
    with committing():
        note_context.enqueue("x")
    finish_tasks()
    assert done == [(["x"], "x")]


def test_task_runs_in_the_source_language(committing):
    with committing():
        note_language.enqueue(1)
        note_language.enqueue(2)
    finish_tasks()
    assert done == [settings.LANGUAGE_CODE] * 2


def test_result_has_the_status_of_an_enqueued_task(committing):
    with committing():
        result = note.enqueue("x")
        assert (result.status, result.args, result.is_finished) == ("READY", ["x"], False)
        assert not task_backends["default"].supports_get_result
        with pytest.raises(NotImplementedError):
            note.get_result(result.id)
    finish_tasks()


# Process exit


def test_finish_waits_for_running_and_queued_tasks(committing, thread):
    with committing():
        wait_at_gate.enqueue()
        note.enqueue("waiting")
    end = threading.Thread(target=lambda: done.append(thread.finish(LIMIT_SECONDS)))
    end.start()
    gates["may_end"].set()
    end.join(LIMIT_SECONDS)
    assert done == ["waited", "waiting", True]


def test_finish_waits_no_longer_than_its_limit(committing, thread, caplog):
    with committing():
        wait_at_gate.enqueue()
        note.enqueue("dropped")
    assert gates["begun"].wait(LIMIT_SECONDS)
    assert not thread.finish(0.01)
    assert "2 tasks are dropped" in caplog.text
    gates["may_end"].set()
    assert thread.finish(LIMIT_SECONDS)
    assert done == ["waited"]


def test_task_enqueued_during_finish_is_not_run(committing, thread):
    with committing():
        enqueue_itself.enqueue()
    assert gates["begun"].wait(LIMIT_SECONDS)
    end = threading.Thread(target=thread.finish)
    end.start()
    while not thread._is_finishing:
        time.sleep(0.01)
    gates["may_end"].set()
    end.join(LIMIT_SECONDS)
    assert done == [1]


# Processes


TASKS_OF_PROCESSES = """
import os, sys, time
import django
django.setup()
from django_tasks import task
from home.tasks import backend

def print_word(word, seconds=0):
    time.sleep(seconds)
    print(os.getpid(), word, flush=True)

print_word.__module__ = "__main__"
print_word = task()(print_word)
"""


def run(script: str, expected: int = 0) -> list[list[str]]:
    """Run a script in a new process and return the lines that its tasks printed, as process and word."""
    result = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", TASKS_OF_PROCESSES + textwrap.dedent(script)],
        check=False,
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
            "TASK_BACKEND": "thread",
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'site'}",
        },
        stdout=subprocess.PIPE,
        text=True,
        timeout=LIMIT_SECONDS,
    )
    assert result.returncode == expected
    return [line.split() for line in result.stdout.splitlines()]


@pytest.mark.slow
def test_exiting_process_runs_queued_tasks():
    printed = run("""
        print_word.enqueue("first", 0.3)
        print_word.enqueue("second")
    """)
    assert [word for _process, word in printed] == ["first", "second"]


@pytest.mark.slow
def test_exiting_process_waits_no_longer_than_its_limit():
    started = time.monotonic()
    # 0.2 seconds instead of 15.
    run("""
        import atexit
        thread = backend._task_thread
        atexit.unregister(thread.finish)
        atexit.register(thread.finish, 0.2)
        print_word.enqueue("never", 50)
    """)
    assert time.monotonic() - started < LIMIT_SECONDS / 2
    assert backend.EXIT_SECONDS == 15


@pytest.mark.slow
def test_fork_has_its_own_thread_and_an_empty_queue():
    printed = run("""
        print_word.enqueue("both", 0.5)
        print_word.enqueue("parent")
        child = os.fork()
        print_word.enqueue("both")
        print_word.enqueue("both", 0)
        if child:
            os.waitpid(child, 0)
    """)
    parent = next(process for process, word in printed if word == "parent")
    by_parent = sorted(word for process, word in printed if process == parent)
    by_child = sorted(word for process, word in printed if process != parent)
    assert (by_parent, by_child) == (["both", "both", "both", "parent"], ["both", "both"])
