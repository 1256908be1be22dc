"""A backend of Django's tasks that runs tasks in a thread of the process that enqueues them (`TASK_BACKEND=thread`).

Waiting tasks are held in memory. If a process is killed, they are lost, so each task works on rows that `manage.py tick`
finds again (docs/decisions/0060).
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

# Seconds that a process waits for its tasks when it ends. A server kills its workers after 30 seconds.
EXIT_SECONDS = 15


class TaskThread:
    """Runs tasks one after the other in a daemon thread, which starts with the first task and ends after the last.

    A forked child process begins without tasks and has its own thread. The parent process runs its own tasks.
    """

    def __init__(self) -> None:
        self._reset()
        os.register_at_fork(after_in_child=self._reset)
        atexit.register(self.finish, EXIT_SECONDS)

    def _reset(self) -> None:
        # New, because a fork copies the lock, which another thread may hold at that moment, but not the thread.
        self._changed = threading.Condition()
        self._waiting: dict[str, TaskResult[Any]] = {}
        self._running = ""
        self._thread: threading.Thread | None = None
        self._is_finishing = False

    def add(self, result: TaskResult[Any]) -> None:
        """Add a task to the waiting ones, unless one with the same function and arguments waits already. Does not block.

        A running task does not count as waiting, because it may have read the data before the last change.
        """
        key = json.dumps([result.task.module_path, result.args, result.kwargs], sort_keys=True)
        with self._changed:
            if self._is_finishing and key == self._running:
                # While this process ends, a task that enqueues itself is not run again here. The next process continues it.
                return
            self._waiting.setdefault(key, result)
            if self._thread is None:
                # A daemon thread does not keep a process from ending.
                thread = threading.Thread(target=self._run, name="tasks", daemon=True)
                thread.start()
                self._thread = thread

    def finish(self, seconds: float | None = None) -> bool:
        """Wait until no task is left, for at most `seconds`. Drops remaining tasks. Returns whether none was left."""
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
                # The task before may have activated another language.
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


# One for each process: Django creates a backend object for each thread.
_task_thread = TaskThread()


class ThreadBackend(BaseTaskBackend):
    """Enqueues tasks after the commit. Results are not stored: a result only shows that the task was enqueued."""

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
        # A function instead of a partial, because Django logs its name if it fails.
        transaction.on_commit(lambda: _task_thread.add(result), robust=True)
        task_enqueued.send(type(self), task_result=result)
        return result


def finish_tasks() -> None:
    """If tasks run in a thread, wait until this process has none left.

    A task that enqueues itself in the meantime is not continued here; the next process does the rest. `manage.py` calls this
    at the end of each command. Processes that end in another way wait at most `EXIT_SECONDS`.
    """
    if isinstance(task_backends["default"], ThreadBackend):
        _task_thread.finish()
