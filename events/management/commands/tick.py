"""Do what is due: `manage.py tick`, every minute by cron, a timer or a service, or `tick --every 60` by itself.

Each part stands alone: one that fails is logged and stops none of the others. Safe to run twice at once.
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

from events.registration import commands, rate_limits, scheduler_health
from events.registration.mail import delivery, folder_backend
from events.registration.privacy import erasure_log, retention

logger = logging.getLogger(__name__)


def publish_scheduled(now: object) -> None:
    call_command("publish_scheduled", verbosity=0)


# In this order: what changes registrations comes before the mail that tells of it. Each is called with the time.
PARTS: dict[str, Callable[[Any], int | None]] = {
    "pages published": publish_scheduled,
    "offers ended": commands.expire_offers,
    "places offered": commands.promote_waiting_lists,
    "waiting lists ended": commands.end_waiting_lists,
    "reminders": commands.send_reminders,
    "answers protected": commands.encrypt_due_answers,
    "sensitive answers erased": retention.delete_sensitive_answers,
    "people made anonymous": retention.anonymise_due,
    "erasures copied out": erasure_log.export_to_files,
    "erasures forgotten": erasure_log.prune,
    "flood counters deleted": rate_limits.prune,
    "mails of the demo deleted": folder_backend.prune,
    "mails sent": delivery.deliver_due,
    "run noted": scheduler_health.note_run,
}


class Command(BaseCommand):
    help = "Do what is due: scheduled pages, waiting lists, reminders, retention, mail. Run it every minute."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--every", type=float, metavar="SECONDS", help="Do it again and again, with this pause; Ctrl-C stops it."
        )

    def handle(self, *, every: float | None = None, verbosity: int = 1, **options: object) -> None:
        if every is None:
            failed = self.run_parts(verbosity)
            if failed:
                raise CommandError(f"{len(failed)} of {len(PARTS)} parts failed: {', '.join(failed)}.")
            return
        try:
            while True:
                self.run_parts(verbosity)
                # As between two requests: a database that was restarted is found again.
                close_old_connections()
                time.sleep(every)
        except KeyboardInterrupt:
            return

    def run_parts(self, verbosity: int) -> list[str]:
        """Run every part and return the names of those that failed."""
        failed = []
        for name, part in PARTS.items():
            try:
                count = part(timezone.now())
            except Exception as problem:
                failed.append(name)
                _log(name, problem)
                continue
            if count and verbosity:
                self.stdout.write(f"{name}: {count}")
        return failed


def _log(name: str, problem: Exception) -> None:
    """Log where a part failed. The text of a database's error can hold an address: it stays out."""
    place = traceback.extract_tb(problem.__traceback__)[-1]
    logger.error("tick: %s: %s in %s, line %s", name, type(problem).__name__, place.filename, place.lineno)
