"""After a backup was restored: erase anew whoever and whatever had been erased since it was made."""

from __future__ import annotations

from django.core.management.base import BaseCommand

from events.registration.commands.erasure import erase_again, take_back_again
from events.registration.privacy import erasure_log


class Command(BaseCommand):
    help = (
        "Erase again what a restored backup brought back: people, and consents. Run it before the site is open again."
    )

    def handle(self, **options: object) -> None:
        self.stdout.write(f"registrations erased again: {erase_again()}")
        self.stdout.write(f"consents taken back again: {take_back_again()}")
        # What stands in the table again is forgotten in time.
        erasure_log.take_in()
