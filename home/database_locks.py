"""Limits how long a request waits for a database lock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

# Seconds. People who wait longer assume that nothing happens, and click again.
LOCK_TIMEOUT_SECONDS = 3


@contextmanager
def short_lock_timeout() -> Iterator[None]:
    """Limit the time that SQLite waits for its write lock to `LOCK_TIMEOUT_SECONDS`.

    Has no effect inside a transaction, or on other databases: there, the code that takes the lock sets the limit.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    _set_busy_timeout(LOCK_TIMEOUT_SECONDS)
    try:
        yield
    finally:
        _set_busy_timeout(connection.settings_dict["OPTIONS"]["timeout"])


def _set_busy_timeout(seconds: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")
