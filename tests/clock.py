"""A clock for tests in which time must not pass by itself."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone


class Clock:
    """A clock that changes only when a test changes it."""

    def __init__(self, now: datetime.datetime) -> None:
        self.now = now

    def wait(self, **duration: float) -> None:
        """Let time pass. The arguments are those of `datetime.timedelta`."""
        self.now += datetime.timedelta(**duration)


def stopped_clock(monkeypatch: pytest.MonkeyPatch, now: datetime.datetime | None = None) -> Clock:
    """Return a clock that `timezone.now` reads until the end of the test. It begins at `now`, or at the present time."""
    clock = Clock(now or timezone.now())
    monkeypatch.setattr(timezone, "now", lambda: clock.now)
    return clock
