"""A replacement of the lock that does nothing: no transaction, and a delay between counting seats and taking one."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import AppConfig

DELAY = 0.02  # seconds


@contextmanager
def not_locked(event_pk: int) -> Iterator:
    from events.models import Event

    yield Event.objects.get(pk=event_pk)


class WithoutLock(AppConfig):
    name = "tests.events.registration.races.without_lock"
    label = "without_lock"

    def ready(self) -> None:
        from events.registration import locking, session_seats
        from events.registration.commands import signup

        seat_counts = signup.seat_counts

        def slow_seat_counts(event):
            found = seat_counts(event)
            time.sleep(DELAY)
            return found

        session_counts = session_seats.session_counts

        def slow_session_counts(event):
            found = session_counts(event)
            time.sleep(DELAY)
            return found

        locking.locked = not_locked
        session_seats.session_counts = slow_session_counts
        signup.seat_counts = slow_seat_counts
