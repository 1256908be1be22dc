"""Checks whether scheduled tasks (`manage.py tick`) and background tasks run. No other check reports it if they stop."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from events.models import Event, Registration
from events.registration.mail import queue
from events.states import RegistrationStatus
from home.tasks.health import LATE_AFTER, backlog_since, last_run

# If `tick` has not run for this long, personal data are kept longer than participants were told.
TOO_LATE_AFTER = datetime.timedelta(hours=36)


@dataclass(frozen=True)
class SchedulerProblem:
    """The tasks that do not run. `last_run` is the time of the last run of `tick`, or None if it never ran."""

    is_tick_late: bool
    last_run: datetime.datetime | None
    # Since when the oldest background task waits for a worker; None if the worker runs.
    backlog_since: datetime.datetime | None


def scheduler_problem(event: Event, now: datetime.datetime) -> SchedulerProblem | None:
    """Return the problem with tasks that affects the event, or None. One query while `tick` runs; two with a worker."""
    last, waiting_since = last_run(), backlog_since(now)
    is_late = _is_tick_late(event, last, now)
    return SchedulerProblem(is_late, last, waiting_since) if is_late or waiting_since else None


def _is_tick_late(event: Event, last: datetime.datetime | None, now: datetime.datetime) -> bool:
    if last is not None and now - last < LATE_AFTER:
        return False
    return now - (last or event.created_at) >= TOO_LATE_AFTER or _something_waits(event, now)


def _something_waits(event: Event, now: datetime.datetime) -> bool:
    """Return whether an email or an expired offer of the event has been waiting for `LATE_AFTER` or longer."""
    due_since = queue.due_since(now, event)
    if due_since is not None and now - due_since >= LATE_AFTER:
        return True
    offers = Registration.objects.filter(event=event, status=RegistrationStatus.OFFERED)
    return offers.filter(offer_expires_at__lte=now - LATE_AFTER).exists()
