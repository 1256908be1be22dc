"""Import an export of content into an empty site."""

from __future__ import annotations

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from home.content_export.errors import ContentExportError
from home.content_export.importer import import_content


class Command(BaseCommand):
    help = (
        "Import a file of export_content into an empty site of the same version. What setup_site made is replaced: home "
        "pages, settings of the project and glossary. Use only files that you trust. Stop the site first."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="The ZIP file.")

    def handle(self, *, file: Path, **options: object) -> None:
        try:
            content = import_content(file)
        except ContentExportError as error:
            raise CommandError(str(error)) from error
        rows = sum(map(len, content.rows.values()))
        self.stdout.write(f"{rows} rows and {len(content.files)} files imported.")
        protected = [
            *content.rows["wagtailcore.PageViewRestriction"],
            *content.rows["wagtailcore.CollectionViewRestriction"],
        ]
        if any(row["fields"]["restriction_type"] == "password" for row in protected):
            self.stdout.write(
                "Passwords of pages and documents are not exported. Until you set new ones, they are closed."
            )
