"""Decides whether people can register for an event. Pages, forms and commands use these functions."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from django.db.models import prefetch_related_objects
from django.utils import timezone

from events.enums import INACTIVE_PHASES, Mode
from events.models import Event, RegistrationSettings
from events.registration.errors import (
    ClosedError,
    EventOffError,
    FullError,
    ModeNotOfferedError,
    NotOpenYetError,
    NotSetUpError,
    RegistrationError,
)
from events.registration.seats import SeatCount, seat_counts_by_event, settings_of
from events.states import RegistrationStatus
from home.frozen import is_frozen
from home.validity import changes_at


class RegistrationAvailability(StrEnum):
    """The state of registration on public pages. Templates show a text for each value."""

    # The event does not take registrations.
    NONE = "none"
    # People register on another site (`Event.registration_url`).
    EXTERNAL = "external"
    NOT_YET = "not_yet"
    OPEN = "open"
    # No mode has a free place. There may be a waiting list.
    FULL = "full"
    CLOSED = "closed"
    # The event is cancelled, postponed or over.
    OFF = "off"


# The exception for each state in which nobody can register. If registration is open or full, it depends on the mode.
REFUSALS: dict[RegistrationAvailability, type[RegistrationError]] = {
    RegistrationAvailability.NONE: NotSetUpError,
    RegistrationAvailability.EXTERNAL: NotSetUpError,
    RegistrationAvailability.NOT_YET: NotOpenYetError,
    RegistrationAvailability.CLOSED: ClosedError,
    RegistrationAvailability.OFF: EventOffError,
}


def availability(event: Event, now: datetime.datetime | None = None) -> RegistrationAvailability:
    """Return whether registration is open, and if not, the reason.

    The result depends on the time and on the number of free places. Commands that change this number clear the page
    cache.
    """
    return registration_states([event], now)[event.pk].availability


@dataclass(frozen=True)
class RegistrationOverview:
    """The data about registration on public pages. `settings` is None if the event takes no registrations on this site."""

    availability: RegistrationAvailability
    settings: RegistrationSettings | None
    seats: Mapping[Mode, SeatCount]


def registration_states(events: list[Event], now: datetime.datetime | None = None) -> dict[int, RegistrationOverview]:
    """Return the state of registration of each event, by the primary key of the event.

    Two queries, whatever the number of events, and one more if their settings were not read with them.
    """
    now = now or timezone.now()
    prefetch_related_objects(events, "registration_settings")
    found = {event.pk: settings for event in events if (settings := settings_of(event)) is not None}
    set_up = [event for event in events if event.pk in found]
    counts = seat_counts_by_event(set_up) if set_up else {}
    states = {}
    for event in events:
        settings, seats = found.get(event.pk), counts.get(event.pk, {})
        states[event.pk] = RegistrationOverview(availability_for(event, settings, seats, now), settings, seats)
    return states


def availability_for(
    event: Event, settings: RegistrationSettings | None, counts: Mapping[Mode, SeatCount], now: datetime.datetime
) -> RegistrationAvailability:
    """Return the availability for settings and places that the caller has already read. No query."""
    if settings is None or not counts:
        return RegistrationAvailability.EXTERNAL if event.registration_url else RegistrationAvailability.NONE
    if event.phase(now) in INACTIVE_PHASES:
        return RegistrationAvailability.OFF
    if is_frozen():
        return RegistrationAvailability.CLOSED
    changes_at(settings.opens_at, settings.registration_ends_at)
    if settings.opens_at is None or now < settings.opens_at:
        return RegistrationAvailability.NOT_YET
    if settings.registration_ends_at is not None and now >= settings.registration_ends_at:
        return RegistrationAvailability.CLOSED
    if all(count.is_full for count in counts.values()):
        return RegistrationAvailability.FULL
    return RegistrationAvailability.OPEN


def joinable_seats(
    settings: RegistrationSettings, counts: Mapping[Mode, SeatCount], now: datetime.datetime
) -> dict[Mode, SeatCount]:
    """Return the places for new participants. A waiting list that has ended is left out."""
    has_ended = settings.has_waiting_ended(now)
    return {
        mode: replace(seat, has_waiting_list=seat.has_waiting_list and not has_ended) for mode, seat in counts.items()
    }


def initial_status(
    event: Event, counts: Mapping[Mode, SeatCount], mode: Mode, now: datetime.datetime
) -> RegistrationStatus:
    """Return the status of a new registration for `mode`.

    If participants must confirm their address, it is OFFERED: a place is held until they have done so. Raises
    NotSetUpError, EventOffError, NotOpenYetError, ClosedError, ModeNotOfferedError or FullError.
    """
    settings = settings_of(event)
    refusal = REFUSALS.get(availability_for(event, settings, counts, now))
    if settings is None or refusal is not None:
        raise refusal or NotSetUpError
    seat = joinable_seats(settings, counts, now).get(mode)
    if seat is None:
        raise ModeNotOfferedError
    if not seat.can_join:
        raise FullError
    if seat.is_full:
        return RegistrationStatus.WAITING
    if settings.confirms_address:
        return RegistrationStatus.OFFERED
    return RegistrationStatus.PENDING if settings.needs_approval else RegistrationStatus.CONFIRMED
