"""People who come without a registration."""

from __future__ import annotations

import datetime

from django.utils import timezone

from events.models import Event, Registration
from events.registration import commands, locking
from events.registration.actor import Actor
from events.registration.commands import Applicant


def add_walk_in(
    event: Event,
    applicant: Applicant,
    day: datetime.date,
    actor: Actor,
    *,
    force: bool = False,
    now: datetime.datetime | None = None,
) -> Registration:
    """Register a person at the door and check them in. They get the usual email if they give an address.

    `force` also admits them over the capacity. Raises what `add_registration` and `check_in` raise, and then writes
    nothing.
    """
    now = now or timezone.now()
    with locking.locked(event.pk):
        registration = commands.add_registration(event.pk, applicant, actor, force=force, now=now)
        return commands.check_in(registration.pk, day, actor, now)
