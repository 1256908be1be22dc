"""A backend of the tasks API that runs tasks in a thread of the process that enqueues them (`TASK_BACKEND=thread`).

Tasks that wait are held in memory. A process that is killed loses them, so each task works on rows that `manage.py
tick` finds again (docs/decisions/0060).
"""

from __future__ import annotations

import atexit
import json
import logging
import os
import threading
from typing import Any

from django.conf import settings
from django.db import connections, transaction
from django.utils import timezone, translation
from django_tasks import TaskContext, TaskResult, TaskResultStatus, task_backends
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task
from django_tasks.signals import task_enqueued
from django_tasks.utils import get_random_id

from home.tasks import log
from home.tasks.errors import describe_error

logger = logging.getLogger(__name__)

# How long a process that ends waits for its tasks. A server kills its workers after 30 seconds.
EXIT_SECONDS = 15


class TaskThread:
    """Runs tasks one after the other in one daemon thread, which starts with the first task and ends with the last.

    A forked child process starts without tasks and with a thread of its own. The parent runs its own tasks.
    """

    def __init__(self) -> None:
        self._reset()
        os.register_at_fork(after_in_child=self._reset)
        atexit.register(self.finish, EXIT_SECONDS)

    def _reset(self) -> None:
        # A fork copies the lock, which another thread may hold at that moment, but not the thread.
        self._changed = threading.Condition()
        self._waiting: dict[str, TaskResult[Any]] = {}
        self._running = ""
        self._thread: threading.Thread | None = None
        self._is_finishing = False

    def add(self, result: TaskResult[Any]) -> None:
        """Add a task to those that wait, unless one with the same function and arguments waits already. Returns at once.

        A task that is running does not count as waiting: it may have read the data before the last change.
        """
        key = json.dumps([result.task.module_path, result.args, result.kwargs], sort_keys=True)
        with self._changed:
            if self._is_finishing and key == self._running:
                # A task that enqueues itself to continue leaves the rest to the next process.
                return
            self._waiting.setdefault(key, result)
            if self._thread is None:
                # A daemon: a process that has to end at once does not wait for a slow task.
                thread = threading.Thread(target=self._run, name="tasks", daemon=True)
                thread.start()
                self._thread = thread

    def finish(self, seconds: float | None = None) -> bool:
        """Wait until no task is left, at most `seconds`, and return whether none is. What is left then is dropped."""
        with self._changed:
            self._is_finishing = True
            is_done = self._changed.wait_for(lambda: self._thread is None, seconds)
            self._is_finishing = False
            if not is_done:
                logger.warning("%d tasks are dropped: the process ends.", len(self._waiting) + 1)
                self._waiting.clear()
        return is_done

    def _run(self) -> None:
        while (result := self._next()) is not None:
            status = TaskResultStatus.FAILED
            log.task_begins(result)
            try:
                # Not in the language that the task before it left active.
                with translation.override(settings.LANGUAGE_CODE):
                    _call(result)
                status = TaskResultStatus.SUCCESSFUL
            except BaseException as error:  # SystemExit would end the thread as well
                logger.error("Task %s failed: %s", result.task.module_path, describe_error(error))
            finally:
                log.task_ends(result, status=status)
                connections.close_all()

    def _next(self) -> TaskResult[Any] | None:
        with self._changed:
            if not self._waiting:
                self._running, self._thread = "", None
                self._changed.notify_all()
                return None
            self._running = next(iter(self._waiting))
            return self._waiting.pop(self._running)


def _call(result: TaskResult[Any]) -> None:
    context = [TaskContext(task_result=result)] if result.task.takes_context else []
    result.task.call(*context, *result.args, **result.kwargs)


# One for the process: the tasks API makes a backend for each thread.
_task_thread = TaskThread()


class ThreadBackend(BaseTaskBackend):
    """Enqueues a task after the commit. Results are not stored: a result only says that the task was enqueued."""

    supports_async_task = True

    def enqueue(self, task: Task[Any, Any], args: Any, kwargs: Any) -> TaskResult[Any]:
        self.validate_task(task)
        result: TaskResult[Any] = TaskResult(
            task=task,
            id=get_random_id(),
            status=TaskResultStatus.READY,
            enqueued_at=timezone.now(),
            started_at=None,
            last_attempted_at=None,
            finished_at=None,
            args=args,
            kwargs=kwargs,
            backend=self.alias,
            errors=[],
            worker_ids=[],
        )
        # A function and not a partial: where it fails, Django logs its name.
        transaction.on_commit(lambda: _task_thread.add(result), robust=True)
        task_enqueued.send(type(self), task_result=result)
        return result


def finish_tasks() -> None:
    """If tasks run in a thread, wait until this process has no more.

    A task that enqueues itself meanwhile is not continued here; the next process does the rest. `manage.py` calls this
    at the end of each command. Processes that end in another way wait at most `EXIT_SECONDS`.
    """
    if isinstance(task_backends["default"], ThreadBackend):
        _task_thread.finish()
