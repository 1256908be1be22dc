"""Whether the scheduled tasks (`manage.py tick`) run. While they do not, offers, reminders and deletions stop silently."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from events.models import Event, Registration, SchedulerRun
from events.registration.mail import queue
from events.states import RegistrationStatus

# The primary key of the only row.
ONLY = 1
# `tick` should run every minute. A restart or a slow mail server must not raise an alarm.
LATE = datetime.timedelta(hours=1)
# After this time data are kept longer than participants were told, even where nothing else waits.
TOO_LATE = datetime.timedelta(hours=36)


@dataclass(frozen=True)
class SchedulerDelay:
    """The scheduled tasks have not run since `since`; None when they have never run."""

    since: datetime.datetime | None


def note_run(now: datetime.datetime) -> None:
    """Record that the scheduled tasks have run."""
    SchedulerRun.objects.update_or_create(pk=ONLY, defaults={"at": now})


def scheduler_delay(event: Event, now: datetime.datetime) -> SchedulerDelay | None:
    """Return since when the scheduled tasks have not run, where this affects the event. One query while they run."""
    last = SchedulerRun.objects.filter(pk=ONLY).values_list("at", flat=True).first()
    if last is not None and now - last < LATE:
        return None
    is_too_late = now - (last or event.created_at) >= TOO_LATE
    return SchedulerDelay(last) if is_too_late or _has_overdue_work(event, now) else None


def _has_overdue_work(event: Event, now: datetime.datetime) -> bool:
    """Return whether an email or the end of an offer has been due for `LATE` or longer."""
    due_since = queue.outbox_status(now, event).due_since
    if due_since is not None and now - due_since >= LATE:
        return True
    offers = Registration.objects.filter(event=event, status=RegistrationStatus.OFFERED)
    return offers.filter(offer_expires_at__lte=now - LATE).exists()
