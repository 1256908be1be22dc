"""Jobs of `manage.py tick` for tasks in the database (`TASK_BACKEND=database`)."""

from __future__ import annotations

import datetime
import logging

from django.db.models import Q
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

logger = logging.getLogger(__name__)

# No task of the site takes longer. A task that has run for longer belongs to a worker that was killed.
LOST_AFTER = datetime.timedelta(minutes=30)
# A task that is running each time when a worker dies may be the cause.
MAX_ATTEMPTS = 3
RESULT_AGE = datetime.timedelta(days=7)
FAILED_RESULT_AGE = datetime.timedelta(days=30)


def requeue_lost(now: datetime.datetime) -> int:
    """Enqueue tasks of killed workers again, or mark them as failed after `MAX_ATTEMPTS` attempts.

    Every task can be run twice. Returns the number of tasks that were enqueued again.
    """
    requeued = 0
    for row in DBTaskResult.objects.running().filter(started_at__lte=now - LOST_AFTER):
        # No row matches if the worker has ended the task in the meantime, or if another process was faster.
        unchanged = DBTaskResult.objects.filter(pk=row.pk, status=TaskResultStatus.RUNNING, started_at=row.started_at)
        if len(row.worker_ids) < MAX_ATTEMPTS:
            requeued += unchanged.update(status=TaskResultStatus.READY, started_at=None)
        elif unchanged.update(status=TaskResultStatus.FAILED, finished_at=now):
            logger.error("Task %s was given up: its worker died %d times.", row.task_path, MAX_ATTEMPTS)
    return requeued


def prune_results(now: datetime.datetime) -> int:
    """Delete the results of tasks that ended long ago. Returns their number."""
    old = Q(status=TaskResultStatus.SUCCESSFUL, finished_at__lte=now - RESULT_AGE)
    old |= Q(status=TaskResultStatus.FAILED, finished_at__lte=now - FAILED_RESULT_AGE)
    return DBTaskResult.objects.filter(old).delete()[0]
