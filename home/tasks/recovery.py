"""What `manage.py tick` does about tasks in the database (`TASK_BACKEND=database`)."""

from __future__ import annotations

import datetime
import logging

from django.db.models import Q
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

logger = logging.getLogger(__name__)

# No task of the site takes longer: one that runs since then was left by a worker that was killed.
LOST_AFTER = datetime.timedelta(minutes=30)
# A task that is under way each time when a worker dies may be the reason.
MAX_ATTEMPTS = 3
RESULT_AGE = datetime.timedelta(days=7)
FAILED_RESULT_AGE = datetime.timedelta(days=30)


def requeue_lost(now: datetime.datetime) -> int:
    """Enqueue the tasks of killed workers again, and give up those that were started `MAX_ATTEMPTS` times.

    Every task may be run twice. Returns the number of tasks that run again.
    """
    requeued = 0
    for row in DBTaskResult.objects.running().filter(started_at__lte=now - LOST_AFTER):
        # Neither where its worker has ended it meanwhile, nor where another process was faster.
        unchanged = DBTaskResult.objects.filter(pk=row.pk, status=TaskResultStatus.RUNNING, started_at=row.started_at)
        if len(row.worker_ids) < MAX_ATTEMPTS:
            requeued += unchanged.update(status=TaskResultStatus.READY, started_at=None)
        elif unchanged.update(status=TaskResultStatus.FAILED, finished_at=now):
            logger.error("Task %s was given up: its worker died %d times.", row.task_path, MAX_ATTEMPTS)
    return requeued


def prune_results(now: datetime.datetime) -> int:
    """Delete the results of tasks that ended long ago, and return their number."""
    old = Q(status=TaskResultStatus.SUCCESSFUL, finished_at__lte=now - RESULT_AGE)
    old |= Q(status=TaskResultStatus.FAILED, finished_at__lte=now - FAILED_RESULT_AGE)
    return DBTaskResult.objects.filter(old).delete()[0]
