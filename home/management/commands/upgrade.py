"""Bring the site up to date after new code and packages were installed."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError, CommandParser

from home.upgrade import UpgradeError, steps


class Command(BaseCommand):
    help = (
        "After new code and packages were installed: check, make a backup, change the tables, collect static files, compile "
        "translations, complete the site, run the doctor. Stops at the first failure and says the way back. Safe to run "
        "again. Stop the site, its worker and tick first if the release notes say so, and restart them afterwards."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="Check, and say what would be done. Changes nothing."
        )
        parser.add_argument(
            "--without-backup", action="store_true", help="Make no backup, because there is another one of this moment."
        )

    def handle(self, *, dry_run: bool, without_backup: bool, **options: object) -> None:
        for step in steps(makes_backup=not without_backup):
            # The checks change nothing, so they also run with `--dry-run`.
            is_run = not dry_run or step.name == "checks"
            try:
                self.stdout.write(f"{step.name}: {step.run() if is_run else step.plan()}")
            except UpgradeError as failure:
                raise CommandError(f"The step {step.name!r} failed: {failure}\n\n{step.way_back}") from failure
