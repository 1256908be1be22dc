"""Checks of the processes besides the web server: scheduled tasks and background tasks."""

from __future__ import annotations

import datetime
import shutil
import subprocess
from collections.abc import Iterator

from django.conf import settings
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from home.doctor.results import Result, error, warning
from home.tasks.health import backlog_since, last_run

# `tick` runs every minute, so after this time it is late.
TICK_LATE_AFTER = datetime.timedelta(minutes=5)
TICK_REMEDY = (
    "Run manage.py tick every minute, as the user of the site: by the timer of deploy/systemd/, by cron, or as a service "
    "(manage.py tick --every 60)."
)


def scheduled_tasks() -> Iterator[Result]:
    at = last_run()
    if at is None:
        yield error("manage.py tick has never run: no emails are sent and no data are deleted.", TICK_REMEDY)
    elif timezone.now() - at > TICK_LATE_AFTER:
        yield error(f"manage.py tick has not run since {at:%Y-%m-%d %H:%M} UTC.", TICK_REMEDY)


def background_tasks() -> Iterator[Result]:
    now = timezone.now()
    if settings.TASK_BACKEND == "immediate":
        yield warning(
            "TASK_BACKEND is immediate: visitors wait for emails and checks of files.",
            "Set TASK_BACKEND to thread, or to database with a worker.",
        )
    since = backlog_since(now)
    if since is not None:
        yield error(
            f"Background tasks have been waiting since {since:%Y-%m-%d %H:%M} UTC.",
            "Start a worker: manage.py db_worker --queue-name '*', as a service.",
        )
    failed = DBTaskResult.objects.failed().filter(finished_at__gte=now - datetime.timedelta(days=1)).count()
    if failed:
        yield warning(
            f"{failed} background tasks failed within the last day.",
            "Read the log of the worker: it names the place. Emails and file checks are tried again by tick.",
        )


def upload_checks() -> Iterator[Result]:
    """Check that the process that checks uploads can run without a network (`home/file_check/`)."""
    program = shutil.which("unshare")
    if program and subprocess.run([program, "-Urn", "true"], capture_output=True, check=False).returncode:  # noqa: S603
        yield warning(
            "This account may not make user namespaces, so uploaded files are checked in a process with a network.",
            "Allow user namespaces (sysctl kernel.unprivileged_userns_clone=1), or restrict outgoing connections.",
        )
