"""Whether scheduled tasks (`manage.py tick`) and the worker of background tasks run."""

from __future__ import annotations

import datetime

from django.db.models import Min
from django_tasks import task_backends
from django_tasks_db import DatabaseBackend
from django_tasks_db.models import DBTaskResult

from home.models import SchedulerRun

# `tick` runs every minute. After this time it is late: a restart or a slow mail server takes less.
LATE_AFTER = datetime.timedelta(hours=1)
# A worker that runs begins a task within seconds, or after the tasks before it.
BACKLOG_AFTER = datetime.timedelta(minutes=15)
# The primary key of the only row.
_ONLY = 1


def record_run(now: datetime.datetime) -> None:
    """Store the time of a run of `tick`."""
    SchedulerRun.objects.update_or_create(pk=_ONLY, defaults={"at": now})


def last_run() -> datetime.datetime | None:
    """Return when `tick` ran last, or None if it never has."""
    return SchedulerRun.objects.filter(pk=_ONLY).values_list("at", flat=True).first()


def backlog_since(now: datetime.datetime) -> datetime.datetime | None:
    """Return when the oldest waiting task was enqueued, or None if no task has waited longer than `BACKLOG_AFTER`.

    Without the database backend there is no worker: it returns None and runs no query.
    """
    if not isinstance(task_backends["default"], DatabaseBackend):
        return None
    oldest = DBTaskResult.objects.ready().aggregate(oldest=Min("enqueued_at"))["oldest"]
    return oldest if oldest and now - oldest >= BACKLOG_AFTER else None
