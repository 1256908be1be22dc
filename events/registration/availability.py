"""What a public page says about registration: whether it is open, and if not, why."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from enum import StrEnum

from django.utils import timezone

from events.enums import Mode
from events.models import Event, RegistrationSettings
from events.registration.seats import OFF, SeatCount, counts_of


class RegistrationAvailability(StrEnum):
    """Templates turn these into words."""

    # The event has no registration.
    NONE = "none"
    # Another service runs it (`Event.registration_url`).
    EXTERNAL = "external"
    NOT_YET = "not_yet"
    OPEN = "open"
    # A newcomer gets no seat, in any way of taking part; there may be a waiting list.
    FULL = "full"
    CLOSED = "closed"
    # The event is cancelled or postponed, or it is over.
    OFF = "off"


def availability(event: Event, now: datetime.datetime | None = None) -> RegistrationAvailability:
    """Return how registration stands. It changes with the clock, and with seats: those purge the kept pages."""
    return availabilities([event], now)[event.pk]


def availabilities(events: list[Event], now: datetime.datetime | None = None) -> dict[int, RegistrationAvailability]:
    """Return how the registration of each event stands. Three queries, however many events."""
    now = now or timezone.now()
    found = {item.event_id: item for item in RegistrationSettings.objects.filter(event__in=events)}
    set_up = [event for event in events if event.pk in found]
    for event in set_up:
        found[event.pk].event = event
    counts = counts_of(set_up) if set_up else {}
    return {event.pk: availability_for(event, found.get(event.pk), counts.get(event.pk, {}), now) for event in events}


def has_room_to_wait(asked: RegistrationSettings, seats: Mapping[Mode, SeatCount], now: datetime.datetime) -> bool:
    """Tell whether somebody new can still join a waiting list."""
    return not asked.has_waiting_ended(now) and any(seat.has_waiting_list for seat in seats.values())


def availability_for(
    event: Event, settings: RegistrationSettings | None, counts: Mapping[Mode, SeatCount], now: datetime.datetime
) -> RegistrationAvailability:
    """Return how registration stands for somebody who has read settings and seats already."""
    if settings is None or not counts:
        return RegistrationAvailability.EXTERNAL if event.registration_url else RegistrationAvailability.NONE
    if event.phase(now) in OFF:
        return RegistrationAvailability.OFF
    if settings.opens_at is None or now < settings.opens_at:
        return RegistrationAvailability.NOT_YET
    if settings.closing is not None and now >= settings.closing:
        return RegistrationAvailability.CLOSED
    if all(count.is_full for count in counts.values()):
        return RegistrationAvailability.FULL
    return RegistrationAvailability.OPEN
