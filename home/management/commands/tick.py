"""Run the scheduled jobs: `manage.py tick` every minute by cron or a timer, or `tick --every 60` as a service."""

from __future__ import annotations

import logging
import time
from functools import partial

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone

from config.json_log import log_fields
from home.tasks.backend import finish_tasks
from home.tasks.errors import describe_error
from home.tasks.health import record_run
from home.tasks.scheduled import ScheduledJob, scheduled_jobs

logger = logging.getLogger(__name__)
# Writes only to the structured log, because the command itself writes the same for people.
job_logger = logging.getLogger("home.tasks.log")

# This job runs last, so that screens can show how long no run has been completed.
RECORD_RUN = ScheduledJob("run recorded", record_run)


class Command(BaseCommand):
    help = (
        "Do what is due: scheduled pages, waiting lists, reminders, retention, email, lost tasks. Run it every minute. "
        "A job that fails is logged and stops no other. Safe to run twice at once."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--every", type=float, metavar="SECONDS", help="Repeat the jobs with this pause until interrupted."
        )

    def handle(self, *, every: float | None = None, verbosity: int = 1, **options: object) -> None:
        if every is None:
            failed = self.run_jobs(verbosity)
            if failed:
                raise CommandError(f"These jobs failed: {', '.join(failed)}.")
            return
        try:
            while True:
                self.run_jobs(verbosity)
                # As at the end of a request, so that the next run connects again if the database was restarted.
                close_old_connections()
                time.sleep(every)
        except KeyboardInterrupt:
            return

    def run_jobs(self, verbosity: int) -> list[str]:
        """Run every job, wait for the tasks they enqueued in this process, and return the labels of those that failed."""
        try:
            connection.ensure_connection()
        except DatabaseError as error:
            # Without the database, each job would wait until its timeout.
            logger.error("tick: the database does not respond (%s)", type(error).__name__)
            return ["all, because the database does not respond"]
        failed = []
        for job in [*scheduled_jobs(), RECORD_RUN]:
            with log_fields(partial(dict, job=job.label)):
                begun = time.monotonic()
                try:
                    count = job.run(timezone.now())
                except Exception as error:
                    failed.append(job.label)
                    logger.error("tick: %s: %s", job.label, describe_error(error))
                    continue
                if count:
                    duration = round((time.monotonic() - begun) * 1000)
                    job_logger.info("Job ended", extra={"count": count, "duration_ms": duration})
            if count and verbosity:
                self.stdout.write(f"{job.label}: {count}")
        finish_tasks()
        return failed
