"""The jobs of `manage.py tick`. Each app lists its jobs in its module `scheduled_jobs`."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from home.app_modules import app_modules


@dataclass(frozen=True)
class ScheduledJob:
    """A function that does what is due at the given time, and returns a number.

    `label` says what the number counts. A job may run late, twice at the same time, or be killed.
    """

    label: str
    run: Callable[[datetime.datetime], int | None]


def scheduled_jobs() -> list[ScheduledJob]:
    """Return the `JOBS` of all apps, in the order of INSTALLED_APPS."""
    return [job for module in app_modules("scheduled_jobs") for job in module.JOBS]
