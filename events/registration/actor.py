"""Who does something with a registration: the person herself, somebody of the staff, or the clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from events.models import HistoryEntry

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@dataclass(frozen=True)
class Actor:
    """`user` is the account of somebody of the staff; people who register have none."""

    kind: HistoryEntry.Actor
    user: User | None = None

    @property
    def is_staff(self) -> bool:
        return self.kind == HistoryEntry.Actor.STAFF

    @property
    def is_person(self) -> bool:
        return self.kind == HistoryEntry.Actor.PERSON


PERSON = Actor(HistoryEntry.Actor.PERSON)
CLOCK = Actor(HistoryEntry.Actor.CLOCK)


def staff(user: User) -> Actor:
    return Actor(HistoryEntry.Actor.STAFF, user)
