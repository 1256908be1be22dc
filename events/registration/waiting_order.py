"""The order of a waiting list, either of an event in one attendance mode or of a session."""

from __future__ import annotations

import datetime
from typing import TypeVar

from django.db.models import Max, Model, Q, QuerySet

from events.registration.seats import SeatCount

Row = TypeVar("Row", bound=Model)


def in_order(queue: QuerySet[Row]) -> QuerySet[Row]:
    """Return the queue in the order in which people get places. `people_before` must use the same order."""
    return queue.order_by("queued_at", "pk")


def people_before(queue: QuerySet[Row], joined: datetime.datetime | None, pk: int) -> int:
    """Return how many people in the queue come before someone who joined at `joined` and has the primary key `pk`."""
    return queue.filter(Q(queued_at__lt=joined) | Q(queued_at=joined, pk__lt=pk)).count()


def first_in_line(queue: QuerySet[Row], count: SeatCount) -> QuerySet[Row]:
    """Return the first in the queue for whom places are free, in their order.

    Returns nobody if more places are taken than exist.
    """
    left = count.left
    return in_order(queue)[: None if left is None else max(0, left)]


def after_last(queue: QuerySet[Row], now: datetime.datetime) -> datetime.datetime:
    """Return the `queued_at` of someone who joins the queue now, after all others. Call it under the event's lock.

    The result is later than the time of everyone in the queue, even if a server's clock is slow.
    """
    last: datetime.datetime | None = queue.aggregate(last=Max("queued_at"))["last"]
    return now if last is None else max(now, last + datetime.timedelta(microseconds=1))
