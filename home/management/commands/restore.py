"""Restore a backup into an empty database and empty folders."""

from __future__ import annotations

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from home.backup.errors import BackupError
from home.backup.restoration import restore

NEXT = """
Emails are held back. Next:
  1. Set the environment of the earlier site: ANSWERS_KEY and SECRET_KEY decrypt what is stored.
  2. Run manage.py doctor.
  3. Look at the emails of each event: those that were sent since the backup wait again.
  4. Run manage.py release_mail, or manage.py release_mail --discard to send none of those that wait.
"""


class Command(BaseCommand):
    help = (
        "Restore a backup into an empty database and empty folders, compare it with its own list, apply the erasures that "
        "are newer, end all sessions, and hold emails back until manage.py release_mail. Stop the site, its worker and tick "
        "first."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="The backup.")
        parser.add_argument(
            "--erasures",
            type=Path,
            metavar="FOLDER",
            help="The folder private/erasures of the earlier site, if it still exists. The newest other backup in "
            "BACKUP_DIR is looked through as well.",
        )
        parser.add_argument(
            "--set-aside",
            action="store_true",
            help="First rename the folders of an existing site and, with SQLite, its database.",
        )

    def handle(self, *, file: Path, erasures: Path | None, set_aside: bool, **options: object) -> None:
        try:
            restore(file, self.stdout.write, erasures=erasures, set_aside=set_aside)
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(NEXT)
