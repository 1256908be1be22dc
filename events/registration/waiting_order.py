"""The order of a waiting list: of an event in one attendance mode, or of a session."""

from __future__ import annotations

import datetime
from typing import TypeVar

from django.db.models import Max, Model, Q, QuerySet

from events.registration.seats import SeatCount

Row = TypeVar("Row", bound=Model)


def in_order(queue: QuerySet[Row]) -> QuerySet[Row]:
    """Return the queue in the order in which people get places. `people_before` counts by the same order."""
    return queue.order_by("queued_at", "pk")


def people_before(queue: QuerySet[Row], joined: datetime.datetime | None, pk: int) -> int:
    """Return how many of the queue come before somebody who joined it at `joined`."""
    return queue.filter(Q(queued_at__lt=joined) | Q(queued_at=joined, pk__lt=pk)).count()


def first_in_line(queue: QuerySet[Row], count: SeatCount) -> QuerySet[Row]:
    """Return those of the queue for whom a place is free, in order; nobody if more are taken than there are."""
    left = count.left
    return in_order(queue)[: None if left is None else max(0, left)]


def after_last(queue: QuerySet[Row], now: datetime.datetime) -> datetime.datetime:
    """Return the `queued_at` of somebody who joins the queue now, behind all others. Call it under the event's lock.

    The result is later than that of everybody on the list, even if a server's clock is slow.
    """
    last: datetime.datetime | None = queue.aggregate(last=Max("queued_at"))["last"]
    return now if last is None else max(now, last + datetime.timedelta(microseconds=1))
