"""After a new key was put first in ANSWERS_KEY: encrypt every sensitive answer with it, so that the old one can go."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError

from events.registration.encryption import seal_anew


class Command(BaseCommand):
    help = "Encrypt all sensitive answers with the first key of ANSWERS_KEY."

    def handle(self, **options: object) -> None:
        done, lost = seal_anew()
        self.stdout.write(f"answers sealed with the newest key: {done}")
        if lost:
            raise CommandError(
                f"No key opens {lost} of the answers: keep the old keys, and look for the one that is missing."
            )
