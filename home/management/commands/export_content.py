"""Write the content of the site into a ZIP file."""

from __future__ import annotations

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from home.content_export.errors import ContentExportError
from home.content_export.exporter import export_content


class Command(BaseCommand):
    help = (
        "Write pages with their translations, organisations and people, images, documents, fact sheets, events and settings "
        "into a ZIP file, for import_content. It has no accounts and no registrations. It has drafts and private files."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="The ZIP file, which must not exist.")

    def handle(self, *, file: Path, **options: object) -> None:
        try:
            outcome = export_content(file)
        except ContentExportError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{file}: {outcome.rows} rows and {outcome.files} files.")
        for name in outcome.missing:
            self.stderr.write(f"{name} is not in the storage, and so not in the export.")
