"""Repeat the erasures that were made after the backup, once the backup is restored."""

from __future__ import annotations

from django.core.management.base import BaseCommand

from events.registration import erasure_log
from events.registration.privacy.erasure import reapply_consent_withdrawals, reapply_erasures


class Command(BaseCommand):
    help = (
        "Erase again the registrations and consents that a restored backup brought back. Run it before the site is "
        "public again."
    )

    def handle(self, **options: object) -> None:
        self.stdout.write(f"registrations erased again: {reapply_erasures()}")
        self.stdout.write(f"consents withdrawn again: {reapply_consent_withdrawals()}")
        # The restored table lacks entries that were added after the backup. They have to be in it to be deleted in
        # time.
        erasure_log.import_from_files()
