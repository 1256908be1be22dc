"""A double of the lock that does nothing: no transaction, and time to think between counting seats and taking one."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import AppConfig

THINKING = 0.02


@contextmanager
def not_locked(event_pk: int) -> Iterator:
    from events.models import Event

    yield Event.objects.get(pk=event_pk)


class WithoutLock(AppConfig):
    name = "tests.events.registration.races.without_lock"
    label = "without_lock"

    def ready(self) -> None:
        from events.registration import locking
        from events.registration.commands import signup

        counted = signup.seat_counts

        def slowly(event):
            found = counted(event)
            time.sleep(THINKING)
            return found

        locking.locked = not_locked
        signup.seat_counts = slowly
