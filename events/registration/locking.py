"""One lock for each event. Code that takes, frees or passes on a place holds it from the first read until the commit.

On PostgreSQL, the row of the event is locked. SQLite has no row locks: a transaction that starts with BEGIN IMMEDIATE,
as the settings configure, is the only writer until it ends. Both give up after
`home.database_locks.LOCK_TIMEOUT_SECONDS`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from django.db import OperationalError, connection, transaction

from events.models import Event, Registration
from events.registration.errors import BusyError, NotPossibleError
from home.database_locks import LOCK_TIMEOUT_SECONDS, short_lock_timeout


@contextmanager
def locked(event_pk: int) -> Iterator[Event]:
    """Run a transaction that holds the event's lock. Yields the event, read after the lock was acquired.

    Raises BusyError when the lock is not free within `LOCK_TIMEOUT_SECONDS`, and Event.DoesNotExist.
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
def lock_registration(registration_pk: int) -> Iterator[Registration]:
    """Lock the event of a registration. Yields the registration with its event, read after the lock was acquired.

    Raises Registration.DoesNotExist, BusyError, and NotPossibleError when the registration is anonymised.
    """
    event_pk = Registration.objects.values_list("event_id", flat=True).get(pk=registration_pk)
    with locked(event_pk) as event:
        registration = Registration.objects.get(pk=registration_pk)
        registration.event = event
        if registration.anonymised_at:
            raise NotPossibleError
        yield registration


def _lock(event_pk: int) -> Event:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT_SECONDS}s'")
    return Event.objects.select_for_update().get(pk=event_pk)


def _is_busy(problem: OperationalError) -> bool:
    cause = problem.__cause__
    # 55P03 is the PostgreSQL error lock_not_available.
    return getattr(cause, "sqlstate", "") == "55P03" or getattr(cause, "sqlite_errorname", "") == "SQLITE_BUSY"
