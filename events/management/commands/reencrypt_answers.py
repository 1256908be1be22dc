"""Encrypt every sensitive answer with the first key of ANSWERS_KEY, so that older keys can be removed."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError

from events.registration.encryption import reencrypt_all


class Command(BaseCommand):
    help = "Encrypt all sensitive answers with the first key of ANSWERS_KEY."

    def handle(self, **options: object) -> None:
        done, lost = reencrypt_all()
        self.stdout.write(f"answers encrypted with the newest key: {done}")
        if lost:
            raise CommandError(f"No key decrypts {lost} of the answers. Keep the old keys and add the missing one.")
