"""Write the public site as static files."""

from __future__ import annotations

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from home.freeze.copying import FreezeError, freeze


class Command(BaseCommand):
    help = (
        "Write the public site in all languages as static files, for the time after the project: pages, files, feeds, "
        "calendars, redirects and a search. The files work on any web server and from a disk."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--base-url", default="", help="The public address of the copy (BASE_URL).")
        parser.add_argument(
            "--replace",
            action="append",
            default=[],
            metavar="OLD=NEW",
            help="A text, such as an email address that nobody will read, and what to show instead. Repeatable.",
        )
        parser.add_argument(
            "--warc",
            type=Path,
            metavar="FILE",
            help="Also write a new file for web archives and libraries, such as site.warc.gz.",
        )
        parser.add_argument("--incremental", action="store_true", help="Update an earlier copy in the folder.")

    def handle(
        self,
        *,
        folder: Path,
        base_url: str,
        replace: list[str],
        incremental: bool,
        warc: Path | None = None,
        **options: object,
    ) -> None:
        pairs = [entry.partition("=") for entry in replace]
        if any(not old or not mark for old, mark, _new in pairs):
            raise CommandError("--replace needs OLD=NEW.")
        try:
            outcome = freeze(
                folder,
                base_url,
                replacements={old: new for old, _mark, new in pairs},
                is_incremental=incremental,
                warc=warc,
            )
        except FreezeError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{len(outcome.checksums)} files in {folder}, {outcome.changed} of them written, {outcome.deleted} deleted."
        )
        for path, (status, source) in sorted(outcome.broken.items()):
            self.stderr.write(f"{source} links to {path}, which answers {status}.")
        if outcome.broken:
            raise CommandError(
                f"{len(outcome.broken)} links lead nowhere on the live site. Correct them and run it again."
            )
