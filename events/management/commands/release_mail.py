"""Send email again after a backup was restored and email was held back."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError, CommandParser

from events.registration.mail import hold


class Command(BaseCommand):
    help = "Send the emails about registrations that manage.py restore has held back, or none of those that wait."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--discard", action="store_true", help="Mark the emails that wait as no longer needed.")

    def handle(self, *, discard: bool, **options: object) -> None:
        if hold.held_since() is None:
            raise CommandError("No email is held back.")
        count = hold.release(discard=discard)
        self.stdout.write(
            f"emails marked as no longer needed: {count}" if discard else f"emails that are sent now: {count}"
        )
