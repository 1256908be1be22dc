"""Checks of deadlines that several commands share. Deadlines apply to participants; staff may act after them."""

from __future__ import annotations

import datetime

from events.enums import ENDED_PHASES, INACTIVE_PHASES
from events.models import Event
from events.registration.actor import Actor
from events.registration.errors import EventOffError, TooLateError


def refuse_if_inactive(event: Event, now: datetime.datetime) -> None:
    """Raise EventOffError for an event that is cancelled, postponed or over."""
    if event.phase(now) in INACTIVE_PHASES:
        raise EventOffError


def refuse_if_ended(actor: Actor, event: Event, now: datetime.datetime) -> None:
    """Raise EventOffError for a participant when the event is cancelled or over. Staff may still correct records."""
    if actor.is_participant and event.phase(now) in ENDED_PHASES:
        raise EventOffError


def refuse_if_late(actor: Actor, deadline: datetime.datetime | None, now: datetime.datetime) -> None:
    """Raise TooLateError if the actor is a participant and the deadline has passed. None means no deadline."""
    if actor.is_participant and deadline is not None and now >= deadline:
        raise TooLateError
