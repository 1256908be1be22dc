"""Counts the places of an event and its sessions, and how many of them are taken.

`events/states.py` defines which statuses hold a place. Code that decides something by these numbers must read them
under the event's lock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum, auto
from typing import Any

from django.db import connection
from django.db.models import Count, Q

from events.enums import EventStatus, Mode, SeatStatus
from events.models import Event, EventSession, RegistrationSettings, SeatPool
from events.states import ADMITTED, HOLDS_SEAT, RegistrationStatus

# The order of forms: on site first.
MODE_ORDER = {mode.value: number for number, mode in enumerate(Mode)}
# Raw SQL, because the query runs twice for each registration, once of these under the lock. Django needs five times as
# long to build it.
COUNT_BY_STATUS = """
    SELECT event_id, mode, status, COUNT(*) FROM events_registration WHERE event_id IN ({events})
    GROUP BY event_id, mode, status
"""

# Counts for every pool, with or without registrations. It is raw SQL for the same reason. Registrations are counted
# before the join: otherwise the database carries the columns of the pool along with each registration.
POOLS_BY_STATUS = """
    SELECT pool.event_id, pool.mode, pool.capacity, pool.has_waiting_list, counted.status, counted.number
    FROM events_seatpool pool
    LEFT JOIN (
        SELECT event_id, mode, status, COUNT(*) AS number FROM events_registration WHERE event_id IN ({events})
        GROUP BY event_id, mode, status
    ) counted ON counted.event_id = pool.event_id AND counted.mode = pool.mode
    WHERE pool.event_id IN ({events})
"""

# Public pages say that few places are left if there are at most this many.
FEW_PLACES = 5


class Places(StrEnum):
    """What public pages say about the free places, without a number (`labels.seats_label`).

    When it changes, cached pages are no longer right.
    """

    UNLIMITED = auto()
    AVAILABLE = auto()
    FEW = auto()
    # Full, with a waiting list that people can join.
    WAITING_LIST = auto()
    FULL = auto()


@dataclass(frozen=True)
class SeatCount:
    """The places of an event in one attendance mode. A capacity of None means that there is no limit.

    `held` counts all registrations that hold a place: `pending`, `offered` and `confirmed`. `confirmed` includes people
    who were checked in or marked as absent. `total` also counts closed registrations. `is_offered` is false if the
    event no longer offers the mode but still has registrations in it.
    """

    mode: Mode
    capacity: int | None
    held: int = 0
    waiting: int = 0
    offered: int = 0
    pending: int = 0
    confirmed: int = 0
    total: int = 0
    has_waiting_list: bool = True
    is_offered: bool = True

    def with_counts(self, statuses: Counter[str] | None) -> SeatCount:
        """Return a copy with the numbers of registrations in each status."""
        counted: Counter[str] = statuses or Counter()
        return replace(
            self,
            held=sum(counted[status] for status in HOLDS_SEAT),
            waiting=counted[RegistrationStatus.WAITING],
            offered=counted[RegistrationStatus.OFFERED],
            pending=counted[RegistrationStatus.PENDING],
            confirmed=sum(counted[status] for status in ADMITTED),
            total=counted.total(),
        )

    @property
    def left(self) -> int | None:
        """The number of free places. It is negative if more places are taken than exist, and None without a limit."""
        return None if self.capacity is None else self.capacity - self.held

    @property
    def has_seat(self) -> bool:
        return self.left is None or self.left > 0

    @property
    def is_full(self) -> bool:
        """Whether a new registration gets no place: none is free, or people on the waiting list come first."""
        return not self.has_seat or self.waiting > 0

    @property
    def can_join(self) -> bool:
        """Whether a new registration gets a place or joins the waiting list."""
        return not self.is_full or self.has_waiting_list

    @property
    def places(self) -> Places:
        if self.is_full:
            return Places.WAITING_LIST if self.has_waiting_list else Places.FULL
        if self.left is None:
            return Places.UNLIMITED
        return Places.AVAILABLE if self.left > FEW_PLACES else Places.FEW

    def with_one_more(self, status: str = RegistrationStatus.CONFIRMED) -> SeatCount:
        """Return the count with one more registration in this status, which holds a place or waits for one."""
        if status in HOLDS_SEAT:
            return replace(self, held=self.held + 1)
        return replace(self, waiting=self.waiting + 1)

    @property
    def missing(self) -> int:
        """How many places are taken beyond the capacity."""
        return max(0, -(self.left or 0))

    @property
    def share(self) -> int:
        """The percentage of places that are taken, at most 100; 0 without a limit."""
        return min(100, round(100 * self.held / self.capacity)) if self.capacity else 0


def settings_of(event: Event) -> RegistrationSettings | None:
    """Return the registration settings of the event, or None when it does not take registrations on this site."""
    found = getattr(event, "registration_settings", None)
    if found is not None:
        # Deadlines depend on the event, which may be newer than the copy that was read with the settings.
        found.event = event
    return found


def is_offered(event: Event, mode: str) -> bool:
    """Return whether the event offers the mode. After it has moved online, it no longer offers places on site."""
    return not (mode == Mode.ON_SITE and event.status == EventStatus.MOVED_ONLINE)


def seat_counts(event: Event) -> dict[Mode, SeatCount]:
    """Return the places in each mode that the event offers, on site first. One query."""
    return seat_counts_by_event([event])[event.pk]


def seat_counts_by_event(events: list[Event]) -> dict[int, dict[Mode, SeatCount]]:
    """Return the places of each event by primary key. One query, whatever the number of events."""
    pools: dict[tuple[int, str], SeatPool] = {}
    counts: dict[tuple[int, str], Counter[str]] = {}
    for event_id, mode, capacity, has_waiting_list, status, number in _rows(
        POOLS_BY_STATUS, [event.pk for event in events]
    ):
        pool = SeatPool(event_id=event_id, mode=mode, capacity=capacity, has_waiting_list=bool(has_waiting_list))
        pools.setdefault((event_id, mode), pool)
        if status is not None:
            counts.setdefault((event_id, mode), Counter())[status] = number
    return _with_counts(events, pools.values(), counts)


def seat_counts_for_pools(events: list[Event], pools: Iterable[SeatPool]) -> dict[int, dict[Mode, SeatCount]]:
    """Return the places of each event as if it had these pools, which need not be saved.

    One query, besides that for the pools.
    """
    return _with_counts(events, pools, _counts_by_status([event.pk for event in events]))


def _with_counts(
    events: list[Event], pools: Iterable[SeatPool], counts: Mapping[tuple[int, str], Counter[str]]
) -> dict[int, dict[Mode, SeatCount]]:
    by_event: dict[int, list[SeatPool]] = {}
    for pool in pools:
        by_event.setdefault(pool.event_id, []).append(pool)
    return {
        event.pk: {
            mode: seat.with_counts(counts.get((event.pk, mode)))
            for mode, seat in _empty_counts(event, by_event.get(event.pk, [])).items()
        }
        for event in events
    }


def offered_seats(event: Event) -> dict[Mode, SeatCount]:
    """Return the places in each mode that the event offers, without counting registrations. One query."""
    return _empty_counts(event, SeatPool.objects.filter(event=event))


def refreshed_seats(event_pk: int, seats: Iterable[SeatCount]) -> list[SeatCount]:
    """Return the same places with current numbers of registrations. One query."""
    counts = _counts_by_status([event_pk])
    return [seat.with_counts(counts.get((event_pk, seat.mode))) for seat in seats]


def all_seat_counts(event: Event) -> list[SeatCount]:
    """Return the places in every mode that has a pool or registrations, on site first. Two queries."""
    pools = {pool.mode: pool for pool in SeatPool.objects.filter(event=event)}
    counts = _counts_by_status([event.pk])
    return [
        SeatCount(mode, pools[mode].capacity if mode in pools else None, is_offered=mode in pools).with_counts(
            counts.get((event.pk, mode))
        )
        for mode in Mode
        if mode in pools or (event.pk, mode) in counts
    ]


def session_counts(event: Event) -> dict[int, SeatCount]:
    """Return the places on site of each session that can be chosen, by its primary key. One query.

    People who wait for a place at the event are not counted as waiting for a session. Without attendance on site, there
    is no limit.
    """
    on_site = Q(seats__registration__mode=Mode.ON_SITE)
    in_line = Q(seats__status=SeatStatus.WAITING, seats__registration__status__in=HOLDS_SEAT)
    sessions = EventSession.objects.filter(event=event, is_chosen=True).annotate(
        held=Count("seats", filter=on_site & Q(seats__status=SeatStatus.HELD)),
        waiting=Count("seats", filter=on_site & in_line),
    )
    return {
        pk: SeatCount(Mode.ON_SITE, capacity if event.is_on_site else None, held=held, waiting=waiting)
        for pk, capacity, held, waiting in sessions.values_list("pk", "capacity", "held", "waiting")
    }


def _empty_counts(event: Event, pools: Iterable[SeatPool]) -> dict[Mode, SeatCount]:
    # Sorted in Python, because the position of an underscore depends on the collation of the database.
    return {
        Mode(pool.mode): SeatCount(Mode(pool.mode), pool.capacity, has_waiting_list=pool.has_waiting_list)
        for pool in sorted(pools, key=lambda pool: MODE_ORDER[pool.mode])
        if is_offered(event, pool.mode)
    }


def _counts_by_status(events: Sequence[int]) -> dict[tuple[int, str], Counter[str]]:
    """Return the number of registrations in each status, by event and mode."""
    found: dict[tuple[int, str], Counter[str]] = {}
    for event, mode, status, number in _rows(COUNT_BY_STATUS, events):
        found.setdefault((event, mode), Counter())[status] = number
    return found


def _rows(statement: str, events: Sequence[int]) -> list[tuple[Any, ...]]:
    if not events:
        return []
    with connection.cursor() as cursor:
        places = statement.count("{events}")
        cursor.execute(statement.format(events=", ".join(["%s"] * len(events))), [*events] * places)
        return list(cursor.fetchall())
