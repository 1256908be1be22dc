"""Run the scheduled tasks. Call it every minute from cron, a timer or a service, or once with `--every 60`.

The tasks are independent: one that fails is logged, and the others still run. Safe to run twice at once.
"""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import close_old_connections
from django.utils import timezone

from events.registration import commands, erasure_log, rate_limits, scheduled, scheduler_health
from events.registration.mail import delivery, folder_backend
from events.registration.privacy import retention

logger = logging.getLogger(__name__)


def publish_scheduled(now: object) -> None:
    call_command("publish_scheduled", verbosity=0)


# In this order: tasks that change registrations run before email about the changes is sent. Each takes the time.
TASKS: dict[str, Callable[[Any], int | None]] = {
    "pages published": publish_scheduled,
    "offers expired": scheduled.expire_offers,
    "places offered": scheduled.promote_waiting_lists,
    "waiting lists ended": scheduled.end_waiting_lists,
    "reminders": scheduled.send_reminders,
    "answers encrypted": commands.encrypt_due_answers,
    "sensitive answers deleted": retention.delete_sensitive_answers,
    "registrations anonymised": retention.anonymise_due,
    "erasure log files written": erasure_log.export_to_files,
    "erasure log entries deleted": erasure_log.prune,
    "rate limit counters deleted": rate_limits.prune,
    "demo emails deleted": folder_backend.prune,
    "emails sent": delivery.deliver_due,
    "run recorded": scheduler_health.note_run,
}


class Command(BaseCommand):
    help = "Run the scheduled tasks: scheduled pages, waiting lists, reminders, retention, email. Call it every minute."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--every", type=float, metavar="SECONDS", help="Repeat with this pause until stopped with Ctrl-C."
        )

    def handle(self, *, every: float | None = None, verbosity: int = 1, **options: object) -> None:
        if every is None:
            failed = self.run_tasks(verbosity)
            if failed:
                raise CommandError(f"{len(failed)} of {len(TASKS)} tasks failed: {', '.join(failed)}.")
            return
        try:
            while True:
                self.run_tasks(verbosity)
                # As Django does between requests, so that a restart of the database does no harm.
                close_old_connections()
                time.sleep(every)
        except KeyboardInterrupt:
            return

    def run_tasks(self, verbosity: int) -> list[str]:
        """Run every task and return the names of those that failed."""
        failed = []
        for name, task in TASKS.items():
            try:
                count = task(timezone.now())
            except Exception as problem:
                failed.append(name)
                _log(name, problem)
                continue
            if count and verbosity:
                self.stdout.write(f"{name}: {count}")
        return failed


def _log(name: str, problem: Exception) -> None:
    """Log where a task failed, without the error's message: that of a database can contain an address."""
    place = traceback.extract_tb(problem.__traceback__)[-1]
    logger.error("tick: %s: %s in %s, line %s", name, type(problem).__name__, place.filename, place.lineno)
