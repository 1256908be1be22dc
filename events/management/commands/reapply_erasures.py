"""After a backup was restored: erase anew whoever had been erased since it was made."""

from __future__ import annotations

from django.core.management.base import BaseCommand

from events.registration.commands.erasure import erase_again


class Command(BaseCommand):
    help = "Erase the registrations again that a restored backup brought back. Run it before the site is open again."

    def handle(self, **options: object) -> None:
        self.stdout.write(f"registrations erased again: {erase_again()}")
