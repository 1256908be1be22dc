"""How many seats an event has and how many are taken, and who is next when one is free.

Which states hold a seat is said in `events/states.py`. Numbers that decide anything are read under the event's lock.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import connection
from django.db.models import Max

from events.enums import EventPhase, EventStatus, MailKind, Mode
from events.models import Event, Registration, RegistrationSettings, SeatPool
from events.registration import transitions
from events.registration.actor import CLOCK, Actor
from events.registration.errors import NotSetUpError
from events.registration.mail import queue
from events.states import HOLDS_SEAT, RegistrationStatus

# Nobody is moved up, offered a place or let in when an event is in one of these.
OFF = frozenset({EventPhase.CANCELLED, EventPhase.POSTPONED, EventPhase.PAST})
# When people can change nothing about taking part any more.
OVER = frozenset({EventPhase.CANCELLED, EventPhase.PAST})
# On site first, as forms show them.
ORDER = {mode.value: number for number, mode in enumerate(Mode)}
# Asked twice for each registration, once of it under the lock: putting it together anew takes five times as long.
TAKEN = """
    SELECT event_id, mode, status, COUNT(*) FROM events_registration WHERE event_id IN ({events})
    GROUP BY event_id, mode, status
"""


@dataclass(frozen=True)
class SeatCount:
    """The seats for one way of taking part. Without a capacity as many can come as like to."""

    mode: Mode
    capacity: int | None
    held: int = 0
    waiting: int = 0
    offered: int = 0
    has_waiting_list: bool = True

    def with_taken(self, statuses: Counter[str] | None) -> SeatCount:
        """Return these seats when so many registrations are in each state."""
        counted: Counter[str] = statuses or Counter()
        return replace(
            self,
            held=sum(counted[status] for status in HOLDS_SEAT),
            waiting=counted[RegistrationStatus.WAITING],
            offered=counted[RegistrationStatus.OFFERED],
        )

    @property
    def left(self) -> int | None:
        """Seats that nobody holds; negative when the capacity was lowered below what was taken."""
        return None if self.capacity is None else self.capacity - self.held

    @property
    def has_seat(self) -> bool:
        return self.left is None or self.left > 0

    @property
    def is_full(self) -> bool:
        """Whether a newcomer gets no seat: there is none, or people wait for it who came before."""
        return not self.has_seat or self.waiting > 0


def settings_of(event: Event) -> RegistrationSettings | None:
    """Return how people register for the event, or None when it has no registration of its own."""
    found = getattr(event, "registration_settings", None)
    if found is not None:
        # Deadlines are worked out from the event at hand, which may be newer than the one the settings were read with.
        found.event = event
    return found


def is_offered(event: Event, mode: str) -> bool:
    """Tell whether anybody can take part in this way: not on site when the event has moved online."""
    return not (mode == Mode.ON_SITE and event.status == EventStatus.MOVED_ONLINE)


def seat_counts(event: Event) -> dict[Mode, SeatCount]:
    """Return the seats of each way of taking part that the event offers, on site first. Two queries."""
    return counts_of([event])[event.pk]


def counts_of(events: list[Event]) -> dict[int, dict[Mode, SeatCount]]:
    """Return the seats of each event. Two queries, however many events."""
    return counts_with(events, SeatPool.objects.filter(event__in=events))


def counts_with(events: list[Event], pools: Iterable[SeatPool]) -> dict[int, dict[Mode, SeatCount]]:
    """Return the seats of each event as if these were their pools. One query, and that of the pools."""
    taken = _taken([event.pk for event in events])
    by_event: dict[int, list[SeatPool]] = {}
    for pool in pools:
        by_event.setdefault(pool.event_id, []).append(pool)
    return {
        event.pk: {
            mode: seat.with_taken(taken.get((event.pk, mode)))
            for mode, seat in _offered(event, by_event.get(event.pk, [])).items()
        }
        for event in events
    }


def uncounted(event: Event) -> dict[Mode, SeatCount]:
    """Return the seats of each way of taking part that the event offers, as if all were free. One query."""
    return _offered(event, SeatPool.objects.filter(event=event))


def _offered(event: Event, pools: Iterable[SeatPool]) -> dict[Mode, SeatCount]:
    # Not sorted by the database: where an underscore sorts is a matter of its collation.
    return {
        Mode(pool.mode): SeatCount(Mode(pool.mode), pool.capacity, has_waiting_list=pool.has_waiting_list)
        for pool in sorted(pools, key=lambda pool: ORDER[pool.mode])
        if is_offered(event, pool.mode)
    }


def recounted(event_pk: int, seats: Iterable[SeatCount]) -> list[SeatCount]:
    """Return the same seats with how many are taken now. One query."""
    taken = _taken([event_pk])
    return [seat.with_taken(taken.get((event_pk, seat.mode))) for seat in seats]


def _taken(events: Sequence[int]) -> dict[tuple[int, str], Counter[str]]:
    """Return how many registrations are in which state, by event and way of taking part."""
    found: dict[tuple[int, str], Counter[str]] = {}
    if events:
        with connection.cursor() as cursor:
            cursor.execute(TAKEN.format(events=", ".join(["%s"] * len(events))), list(events))
            for event, mode, status, number in cursor.fetchall():
                found.setdefault((event, mode), Counter())[status] = number
    return found


def moves_up(event: Event, now: datetime.datetime) -> bool:
    """Tell whether free seats are offered to those who wait: not for events that are off, nor after the last moment."""
    settings = settings_of(event)
    return settings is not None and event.phase(now) not in OFF and not settings.has_waiting_ended(now)


def next_in_line(event: Event, counts: Mapping[Mode, SeatCount], now: datetime.datetime) -> list[Registration]:
    """Return those on the waiting list for whom a seat is free, in order. Nothing is written."""
    if not moves_up(event, now):
        return []
    found: list[Registration] = []
    for count in counts.values():
        if not count.waiting or not count.has_seat:
            continue
        waiting = Registration.objects.filter(event=event, mode=count.mode, status=RegistrationStatus.WAITING)
        found += waiting.order_by("queued_at", "pk")[: count.left]
    return found


def end_of_queue(event: Event, mode: str, now: datetime.datetime) -> datetime.datetime:
    """Return the place of somebody who joins the waiting list, under the event's lock: behind all others.

    Who had the lock first came first, even where her clock, or that of the process that serves her, is behind.
    """
    last = Registration.objects.filter(event=event, mode=mode).aggregate(last=Max("queued_at"))["last"]
    return now if last is None else max(now, last + datetime.timedelta(microseconds=1))


def promote(event: Event, now: datetime.datetime) -> list[Registration]:
    """Offer every free seat to the next on the waiting list and return them. Call it under the event's lock.

    An offer holds its seat, so that a second call finds nothing to do.
    """
    promoted = next_in_line(event, seat_counts(event), now)
    for registration in promoted:
        offer(event, registration, CLOCK, now)
    return promoted


def offer(event: Event, registration: Registration, actor: Actor, now: datetime.datetime) -> None:
    """Reserve a seat for somebody who waits and tell her. Call it under the event's lock."""
    end = offer_end(event, now)
    transitions.move(registration, RegistrationStatus.OFFERED, actor, "offer", now, offer_expires_at=end)
    queue.enqueue(event, MailKind.OFFERED, registration)


def offer_end(event: Event, now: datetime.datetime) -> datetime.datetime:
    """Return until when an offer made `now` stands: as long as the settings say, never past the beginning."""
    settings = settings_of(event)
    if settings is None:
        raise NotSetUpError
    end = now + datetime.timedelta(hours=settings.offer_hours)
    return min(end, event.starts_at) if event.starts_at else end
