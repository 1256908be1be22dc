"""Whether the clock (`manage.py tick`) stands still: whatever waits for it waits in silence."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from events.models import ClockRun, Event, Registration
from events.registration.mail import delivery
from events.states import RegistrationStatus

# The primary key of the only row.
ONLY = 1
# It should run every minute. A restart or a slow mail server is no standstill.
LATE = datetime.timedelta(hours=1)
# After this, people are kept longer than they were told, also where nothing else waits.
TOO_LATE = datetime.timedelta(hours=36)


@dataclass(frozen=True)
class Standstill:
    """`since` is when the clock ran last; None when it never has."""

    since: datetime.datetime | None


def note_run(now: datetime.datetime) -> None:
    """Write down that the clock has run."""
    ClockRun.objects.update_or_create(pk=ONLY, defaults={"at": now})


def standstill(event: Event, now: datetime.datetime) -> Standstill | None:
    """Return since when the clock stands still, where that matters to the event. One query while it runs."""
    last = ClockRun.objects.filter(pk=ONLY).values_list("at", flat=True).first()
    if last is not None and now - last < LATE:
        return None
    is_silent = now - (last or event.created_at) >= TOO_LATE
    return Standstill(last) if is_silent or _something_waits(event, now) else None


def _something_waits(event: Event, now: datetime.datetime) -> bool:
    """Tell whether mail is due for long, or an offer ran out long ago."""
    due_since = delivery.outbox_status(now, event).due_since
    if due_since is not None and now - due_since >= LATE:
        return True
    offers = Registration.objects.filter(event=event, status=RegistrationStatus.OFFERED)
    return offers.filter(offer_expires_at__lte=now - LATE).exists()
