"""Compile the gettext catalogues without gettext: `manage.py compile_catalogues`.

Django's `compilemessages` needs the program msgfmt, which may not be installed.
"""

import os
from collections import Counter
from pathlib import Path

import polib
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Compile the .po files of the project's locale folders into .mo files. Needs no gettext."
    requires_system_checks: list[str] = []

    def handle(self, **options):
        for folder in map(Path, settings.LOCALE_PATHS):
            for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
                self.compile(source)

    def compile(self, source: Path) -> None:
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime > source.stat().st_mtime:
            return
        try:
            catalogue = polib.pofile(str(source))
        except (OSError, ValueError) as error:
            raise CommandError(f"{source} cannot be read: {error}") from error
        # polib can also detect these, but it compares each entry with all entries before it.
        counts = Counter((entry.msgctxt, entry.msgid) for entry in catalogue)
        doubled = [msgid for (_context, msgid), count in counts.items() if count > 1]
        if doubled:
            raise CommandError(f"{source} has more than one entry for: {', '.join(doubled)}")
        compiled = catalogue.to_binary()
        # Do not write an unchanged file, so that a running development server does not restart.
        if target.exists() and target.read_bytes() == compiled:
            target.touch()
        else:
            finished = target.with_suffix(f".{os.getpid()}")
            finished.write_bytes(compiled)
            finished.replace(target)  # atomic: other processes read either the old or the new file
            self.stdout.write(f"{source.parent.parent.name}: {len(catalogue.translated_entries())} strings")
