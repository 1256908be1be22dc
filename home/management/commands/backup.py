"""Write the whole site into one encrypted file."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from home.backup import archive
from home.backup.creation import backup_keys, make_backup, prune
from home.backup.errors import BackupError
from home.backup.restoration import describe


class Command(BaseCommand):
    help = (
        "Write database, uploads, media and private files into one encrypted file in BACKUP_DIR, read it again to verify "
        "it, and delete backups that are older than BACKUP_DAYS. The site may run meanwhile."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--verify", metavar="FILE", type=Path, help="Only read this backup and say what it contains."
        )

    def handle(self, *, verify: Path | None, verbosity: int, **options: object) -> None:
        try:
            if verify is not None:
                self.stdout.write(describe(archive.verify(verify, backup_keys())))
                return
            file, contents = make_backup()
            deleted = prune()
        except BackupError as error:
            raise CommandError(str(error)) from error
        if verbosity:
            files = sum(name.startswith(archive.FILES) for name in contents.checksums)
            self.stdout.write(
                f"{file}: {len(contents.manifest['tables'])} tables, {files} files, {file.stat().st_size} bytes, verified. "
                f"Deleted because they are older than {settings.BACKUP_DAYS} days: {deleted}."
            )
