"""Writes a line to the structured log when a task is enqueued or ends, and adds the task's data to all lines between."""

from __future__ import annotations

import logging
import time
from contextvars import ContextVar, Token
from dataclasses import dataclass
from typing import Any

from django_tasks import TaskResult

from config import json_log

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Run:
    begun: float
    token: Token[Any]
    # The task that runs this one inside itself, if any.
    outer: _Run | None


_run: ContextVar[_Run | None] = ContextVar("task-run", default=None)


def task_is_enqueued(task_result: TaskResult[Any], **kwargs: object) -> None:
    """Log the task with the id of the request that enqueued it."""
    logger.info("Task enqueued", extra=_fields(task_result))


def task_begins(task_result: TaskResult[Any], **kwargs: object) -> None:
    """Receive `task_started`. `task_ends` must be called in the same thread."""
    fields = _fields(task_result)
    _run.set(_Run(time.monotonic(), json_log.begin(lambda: fields), _run.get()))


def task_ends(task_result: TaskResult[Any], *, status: str = "", **kwargs: object) -> None:
    """Log the end of the task. Receives `task_finished`. `status` replaces the status of the result."""
    run = _run.get()
    if run is None:
        return
    duration = round((time.monotonic() - run.begun) * 1000)
    logger.info("Task ended", extra={"status": status or str(task_result.status), "duration_ms": duration})
    json_log.end(run.token)
    _run.set(run.outer)


def _fields(task_result: TaskResult[Any]) -> dict[str, object]:
    return {"task": task_result.task.module_path, "task_id": str(task_result.id)}
