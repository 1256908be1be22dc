"""The waiting list: determines who is next, and offers places that have become free."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.db.models import QuerySet

from events.enums import INACTIVE_PHASES, MailKind, Mode
from events.models import Event, Registration
from events.registration import session_seats, transitions
from events.registration.actor import SCHEDULER, Actor
from events.registration.errors import NotSetUpError
from events.registration.mail import queue
from events.registration.seats import Places, SeatCount, is_offered, seat_counts, session_counts, settings_of
from events.registration.waiting_order import after_last, first_in_line, in_order
from events.states import RegistrationStatus
from home.http import page_cache


def is_promoting(event: Event, now: datetime.datetime) -> bool:
    """Return whether free places are still offered to people on the waiting list.

    They are not if the event is cancelled, postponed or over, or if the waiting list has ended.
    """
    settings = settings_of(event)
    return settings is not None and event.phase(now) not in INACTIVE_PHASES and not settings.has_waiting_ended(now)


def next_in_line(event: Event, counts: Mapping[Mode, SeatCount], now: datetime.datetime) -> list[Registration]:
    """Return the registrations on the waiting list for which a place is free, in their order. Writes nothing."""
    if not is_promoting(event, now):
        return []
    found: list[Registration] = []
    for count in counts.values():
        modes = {count.mode, *_modes_moved_to(event, count.mode)}
        if not count.has_seat or (not count.waiting and modes == {count.mode}):
            continue
        found += first_in_line(_waiting(event, modes), count)
    return found


def _waiting(event: Event, modes: set[Mode]) -> QuerySet[Registration]:
    return Registration.objects.filter(event=event, mode__in=modes, status=RegistrationStatus.WAITING)


def _modes_moved_to(event: Event, mode: Mode) -> set[Mode]:
    """Return other modes whose waiting list now counts for `mode`.

    After an event has moved online, people who wait for a place on site wait for a place online.
    """
    return {Mode.ON_SITE} if mode == Mode.ONLINE and not is_offered(event, Mode.ON_SITE) else set()


def _move_waiting(event: Event, counts: Mapping[Mode, SeatCount], now: datetime.datetime) -> bool:
    """Change the mode of people who wait for a mode that is no longer offered. Returns whether there are any.

    They keep their position in time.
    """
    moved = [
        (mode, registration)
        for mode in counts
        if (old := _modes_moved_to(event, mode))
        for registration in in_order(_waiting(event, old))
    ]
    for mode, registration in moved:
        detail = {"from": registration.mode, "to": mode.value}
        registration.mode = mode
        registration.save(update_fields=["mode"])
        transitions.record(registration, SCHEDULER, "switch_mode", now, detail=detail)
    return bool(moved)


def end_of_queue(event: Event, mode: str, now: datetime.datetime) -> datetime.datetime:
    """Return the `queued_at` of a registration that joins the waiting list now, behind all others."""
    return after_last(Registration.objects.filter(event=event, mode=mode), now)


def promote(event: Event, now: datetime.datetime) -> list[Registration]:
    """Offer every free place to the next person on the waiting list. Returns the registrations that got an offer.

    Call it under the event's lock. An offer holds its place, so calling it again has no further effect.
    """
    counts = seat_counts(event)
    if is_promoting(event, now) and _move_waiting(event, counts, now):
        counts = seat_counts(event)
    promoted = next_in_line(event, counts, now)
    for registration in promoted:
        offer(event, registration, SCHEDULER, now)
    return promoted


def offer(event: Event, registration: Registration, actor: Actor, now: datetime.datetime) -> None:
    """Reserve a place for a person on the waiting list and email them. Call it under the event's lock."""
    end = offer_end(event, now)
    transitions.move(registration, RegistrationStatus.OFFERED, actor, "offer", now, offer_expires_at=end)
    queue.enqueue(event, MailKind.OFFERED, registration)


def offer_end(event: Event, now: datetime.datetime) -> datetime.datetime:
    """Return when an offer that is made `now` expires: after `offer_hours`, but not after the event starts."""
    settings = settings_of(event)
    if settings is None:
        raise NotSetUpError
    end = now + datetime.timedelta(hours=settings.offer_hours)
    return min(end, event.starts_at) if event.starts_at else end


def hold_end(event: Event, now: datetime.datetime) -> datetime.datetime:
    """Return until when a place is held for a new participant: `hold_minutes` from now, but not after the event starts."""
    settings = settings_of(event)
    if settings is None:
        raise NotSetUpError
    end = now + datetime.timedelta(minutes=settings.hold_minutes)
    return min(end, event.starts_at) if event.starts_at else end


@contextmanager
def seats_change(event: Event, now: datetime.datetime) -> Iterator[list[Registration]]:
    """Run code that takes or frees places, then pass on free places, first of the event and then of its sessions.

    The page cache is cleared if pages say something else about the places of a mode or a session than before. Yields a
    list. After the code has run, it contains the registrations that got an offer of a place at the event. Use it under
    the event's lock.
    """
    before = _places(event)
    promoted: list[Registration] = []
    yield promoted
    promoted += promote(event, now)
    session_seats.promote(event, now)
    if _places(event) != before:
        page_cache.purge()


def _places(event: Event) -> tuple[dict[Mode, Places], dict[int, Places]]:
    """Return what pages say about the places of each mode and of each session. Two queries."""
    modes = {mode: count.places for mode, count in seat_counts(event).items()}
    return modes, {pk: count.places for pk, count in session_counts(event).items()}
