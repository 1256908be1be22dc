"""One lock for each event: whoever takes, frees or hands on a seat holds it from before reading until the commit.

PostgreSQL locks the event's row. SQLite knows no locks of rows: a transaction that is begun with BEGIN IMMEDIATE, as
the settings have it, is the only writer until it ends. Both give up after the same time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from django.db import OperationalError, connection, transaction

from events.models import Event
from events.registration.errors import BusyError

# Seconds. People who wait longer than this believe that nothing happens, and click again.
LOCK_TIMEOUT_SECONDS = 3


@contextmanager
def locked(event_pk: int) -> Iterator[Event]:
    """Run a transaction that holds the event's lock, and yield the event as it is once the lock is had.

    Raises BusyError when others hold the lock for `PATIENCE` seconds, and Event.DoesNotExist.
    """
    with short_lock_timeout(), ExitStack() as stack:
        try:
            stack.enter_context(transaction.atomic())
            event = _lock(event_pk)
        except OperationalError as problem:
            if _is_busy(problem):
                raise BusyError from problem
            raise
        yield event


@contextmanager
def short_lock_timeout() -> Iterator[None]:
    """Let SQLite wait for its write lock no longer than `PATIENCE`: when a transaction begins, or a statement alone."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    _wait_at_most(LOCK_TIMEOUT_SECONDS)
    try:
        yield
    finally:
        _wait_at_most(connection.settings_dict["OPTIONS"]["timeout"])


def _wait_at_most(seconds: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")


def _lock(event_pk: int) -> Event:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT_SECONDS}s'")
    return Event.objects.select_for_update().get(pk=event_pk)


def _is_busy(problem: OperationalError) -> bool:
    cause = problem.__cause__
    # 55P03: lock_not_available.
    return getattr(cause, "sqlstate", "") == "55P03" or getattr(cause, "sqlite_errorname", "") == "SQLITE_BUSY"
