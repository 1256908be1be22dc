"""Tasks in a thread of the process: order, duplicates, errors, commits, the end of the process and forks."""

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
    """Return a context manager that stands for a transaction of its own."""
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
def go_on_for_ever() -> None:
    gates["begun"].set()
    gates["may_end"].wait(LIMIT_SECONDS)
    done.append(1)
    go_on_for_ever.enqueue()


@task(takes_context=True)
def note_context(context, value: str) -> None:
    done.append((context.task_result.args, value))


@task()
def note_language(number: int) -> None:
    done.append(translation.get_language())
    translation.activate("fi")


def test_tasks_run_in_order_in_one_daemon_thread(committing, thread):
    with committing():
        for number in range(3):
            note_thread.enqueue(number)
    finish_tasks()
    assert [len(done), len(set(done))] == [3, 1]
    assert done[0].daemon
    assert done[0] is not threading.main_thread()
    # Without work there is no thread.
    assert thread._thread is None


def test_a_task_runs_after_the_commit_alone(committing):
    with committing():
        note.enqueue("committed")
        with transaction.atomic():
            note.enqueue("rolled back")
            transaction.set_rollback(True)
        finish_tasks()
        assert done == []
    finish_tasks()
    assert done == ["committed"]


def test_an_identical_task_waits_once(committing):
    with committing():
        wait_at_gate.enqueue()
    assert gates["begun"].wait(LIMIT_SECONDS)
    with committing():
        for _number in range(5):
            # Once more than the one that runs: it may have read before this change.
            wait_at_gate.enqueue()
            note.enqueue([1])
            note.enqueue([2])
    gates["may_end"].set()
    finish_tasks()
    assert done == ["waited", "waited", [1], [2]]


@pytest.mark.parametrize("kind", ["value", "exit"])
def test_an_error_is_logged_without_its_text_and_ends_nothing(committing, caplog, kind):
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


def test_a_task_begins_in_the_source_language(committing):
    with committing():
        note_language.enqueue(1)
        note_language.enqueue(2)
    finish_tasks()
    assert done == [settings.LANGUAGE_CODE] * 2


def test_a_result_says_that_the_task_was_enqueued(committing):
    with committing():
        result = note.enqueue("x")
        assert (result.status, result.args, result.is_finished) == ("READY", ["x"], False)
        assert not task_backends["default"].supports_get_result
        with pytest.raises(NotImplementedError):
            note.get_result(result.id)
    finish_tasks()


# The end of a process


def test_the_end_waits_for_the_task_under_way_and_those_that_wait(committing, thread):
    with committing():
        wait_at_gate.enqueue()
        note.enqueue("waiting")
    end = threading.Thread(target=lambda: done.append(thread.finish(LIMIT_SECONDS)))
    end.start()
    gates["may_end"].set()
    end.join(LIMIT_SECONDS)
    assert done == ["waited", "waiting", True]


def test_the_end_does_not_wait_for_ever(committing, thread, caplog):
    with committing():
        wait_at_gate.enqueue()
        note.enqueue("dropped")
    assert gates["begun"].wait(LIMIT_SECONDS)
    assert not thread.finish(0.01)
    assert "2 tasks are dropped" in caplog.text
    gates["may_end"].set()
    assert thread.finish(LIMIT_SECONDS)
    assert done == ["waited"]


def test_a_task_that_continues_itself_leaves_the_rest_to_the_next_process(committing, thread):
    with committing():
        go_on_for_ever.enqueue()
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

def tell(word, seconds=0):
    time.sleep(seconds)
    print(os.getpid(), word, flush=True)

tell.__module__ = "__main__"
tell = task()(tell)
"""


def run(script: str, expected: int = 0) -> list[list[str]]:
    """Run a script in a process of its own, and return what its tasks told: process and word."""
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
def test_a_process_that_ends_runs_what_waits():
    told = run("""
        tell.enqueue("first", 0.3)
        tell.enqueue("second")
    """)
    assert [word for _process, word in told] == ["first", "second"]


@pytest.mark.slow
def test_a_process_that_ends_waits_no_longer_than_its_limit():
    started = time.monotonic()
    # 0.2 seconds instead of fifteen.
    run("""
        import atexit
        thread = backend._task_thread
        atexit.unregister(thread.finish)
        atexit.register(thread.finish, 0.2)
        tell.enqueue("never", 50)
    """)
    assert time.monotonic() - started < LIMIT_SECONDS / 2
    assert backend.EXIT_SECONDS == 15


@pytest.mark.slow
def test_a_fork_has_a_thread_of_its_own_and_none_of_the_tasks():
    told = run("""
        tell.enqueue("both", 0.5)
        tell.enqueue("parent")
        child = os.fork()
        tell.enqueue("both")
        tell.enqueue("both", 0)
        if child:
            os.waitpid(child, 0)
    """)
    parent = next(process for process, word in told if word == "parent")
    words = {mine: sorted(word for process, word in told if (process == parent) == mine) for mine in (True, False)}
    assert words == {True: ["both", "both", "both", "parent"], False: ["both", "both"]}
