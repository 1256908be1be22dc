"""Lets one transaction at a time add accounts or change their addresses.

The database would admit two usernames or two email addresses that differ only in case.
"""

from __future__ import annotations

from django.contrib.auth.models import User


def wait_for_other_account_changes() -> None:
    """Wait for other transactions that called this function, and keep the lock until this transaction ends.

    Callers then check what must be unique. On SQLite, each transaction that writes already waits for the others.
    """
    User.objects.select_for_update(no_key=True).order_by("pk").first()
