"""The person or task that acts on a registration: the participant, staff, a helper at the door, or a scheduled task."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from events.models import HistoryEntry

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from events.models import Door


@dataclass(frozen=True)
class Actor:
    """`user` is the account of a member of staff, `door` the door link of a helper. Both are None for participants."""

    kind: HistoryEntry.Actor
    user: User | None = None
    door: Door | None = None

    @property
    def is_staff(self) -> bool:
        return self.kind == HistoryEntry.Actor.STAFF

    @property
    def is_participant(self) -> bool:
        return self.kind == HistoryEntry.Actor.PARTICIPANT


PARTICIPANT = Actor(HistoryEntry.Actor.PARTICIPANT)
SCHEDULER = Actor(HistoryEntry.Actor.SCHEDULER)


def staff(user: User) -> Actor:
    return Actor(HistoryEntry.Actor.STAFF, user)


def at_door(door: Door) -> Actor:
    return Actor(HistoryEntry.Actor.DOOR, door=door)
