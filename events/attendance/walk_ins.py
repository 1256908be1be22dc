"""People who come without a registration."""

from __future__ import annotations

import datetime

from django.utils import timezone

from events.attendance.points import CheckInPoint
from events.models import Event, Registration
from events.registration import commands, locking
from events.registration.actor import Actor
from events.registration.commands import Applicant


def add_walk_in(
    event: Event,
    applicant: Applicant,
    point: CheckInPoint,
    actor: Actor,
    *,
    force: bool = False,
    now: datetime.datetime | None = None,
) -> Registration:
    """Register a person at the door and check them in, also at the session of the point.

    They get the usual email if they give an address. `force` also admits them over the capacity. Raises what the commands
    raise, and then writes nothing.
    """
    now = now or timezone.now()
    with locking.locked(event.pk):
        registration = commands.add_registration(event.pk, applicant, actor, force=force, now=now)
        checked_in = commands.check_in(registration.pk, point.day, actor, now)
        if point.session is not None:
            commands.enter_session(registration.pk, point.session.pk, actor, now=now)
        return checked_in
