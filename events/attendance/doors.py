"""Door links: helpers without an account check participants in, and nothing else.

The token of a link is derived in the same way as that of a personal link (`events/registration/tokens.py`), so that
organisers can show the link again although only its hash is stored.
"""

from __future__ import annotations

import base64
import datetime
import hmac
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from events.models import Door, Event, EventAccess
from events.registration import access
from events.registration.tokens import hash_of

if TYPE_CHECKING:
    from django.contrib.auth.models import User

PURPOSE = b"events.attendance.door"
LENGTH = 43
# How long a new link works after the event, so that helpers can check in people who come late and correct mistakes.
EXTRA_TIME = datetime.timedelta(hours=6)
# How long after the event a link can work at most, even if its own end is later.
LONGEST_EXTRA_TIME = datetime.timedelta(days=7)


def latest_end(event: Event, now: datetime.datetime) -> datetime.datetime:
    """Return the latest time at which links of the event can work."""
    return (event.ends_at or now).replace(second=0, microsecond=0) + LONGEST_EXTRA_TIME


def default_end(event: Event, now: datetime.datetime) -> datetime.datetime:
    """Return the default end of a new link: `EXTRA_TIME` after the end of the event, or after now if the event is over."""
    end = max(event.ends_at or now, now).replace(second=0, microsecond=0) + EXTRA_TIME
    return min(end, latest_end(event, now))


@transaction.atomic
def create_door(event: Event, name: str, ends_at: datetime.datetime, user: User) -> Door:
    """Make a link for the event. This is logged as a change of access."""
    door = Door(event=event, name=name, ends_at=ends_at, created_by=user)
    door.token_hash = hash_of(next(_candidates(door)))
    door.save()
    access.log(event, user, "create_door", {"door": name})
    return door


@transaction.atomic
def revoke_door(door: Door, user: User | AnonymousUser, now: datetime.datetime | None = None) -> None:
    """Make the link invalid at once. Calling it twice has no further effect.

    `user` is anonymous if the site revokes the link by itself.
    """
    if Door.objects.filter(pk=door.pk, revoked_at=None).update(revoked_at=now or timezone.now()):
        access.log(door.event, user, "revoke_door", {"door": door.name})


def known_to(user: User, now: datetime.datetime, *, is_administrator: bool) -> QuerySet[Door]:
    """Return the valid links that the user has made or could see, by access to the event or as administrator."""
    found = Door.objects.filter(revoked_at=None, ends_at__gt=now).select_related("event").order_by("pk")
    if is_administrator:
        return found
    seen = EventAccess.objects.filter(user=user, only_checks_in=False)
    return found.filter(Q(created_by=user.pk) | Q(event__in=seen.values("event")))


@transaction.atomic
def end_known_to(user: User, *, was_administrator: bool = False, event: Event | None = None) -> int:
    """Revoke the links that the user knows, because they lose the right to see them. Returns how many.

    With `event`, the user loses access to this event only. All its links are revoked, because its organisers see all of
    them.
    """
    doors = known_to(user, timezone.now(), is_administrator=was_administrator or event is not None)
    found = list(doors if event is None else doors.filter(event=event))
    for door in found:
        revoke_door(door, AnonymousUser())
    return len(found)


def doors_of(event: Event) -> QuerySet[Door]:
    """Return the links of the event with the number of their check-ins, newest first."""
    return (
        Door.objects.filter(event=event)
        .select_related("created_by", "event")
        .annotate(check_in_count=Count("check_ins"))
    )


def is_valid(door: Door, now: datetime.datetime) -> bool:
    return door.revoked_at is None and now < min(door.ends_at, latest_end(door.event, now))


def token_for(door: Door) -> str:
    """Return the token of the link. It is empty if the link was made with a secret that the site no longer has."""
    return next((token for token in _candidates(door) if hash_of(token) == door.token_hash), "")


def find(token: str, now: datetime.datetime) -> Door | None:
    """Return the door link with this token if it is valid now, otherwise None. Its event is read with it."""
    door = find_any(token)
    return door if door is not None and is_valid(door, now) else None


def find_any(token: str) -> Door | None:
    """Return the door link with this token, or None. It may have ended or been revoked. Its event is read with it."""
    if len(token) != LENGTH:
        return None
    return Door.objects.filter(token_hash=hash_of(token)).select_related("event").first()


def reference_of(door: Door, registration_pk: int) -> str:
    """Return the signed primary key of a participant.

    The page at the door sends it back, so that it can name only participants that it has shown.
    """
    return references_of(door)(registration_pk)


def references_of(door: Door) -> Callable[[int], str]:
    """Return a function that takes a primary key and returns its reference, as `reference_of`.

    It is faster than `reference_of` for many keys.
    """
    signer = _signer(door)
    return lambda registration_pk: signer.sign(str(registration_pk))


def referred(door: Door, reference: str) -> int:
    """Return the primary key that a reference of this door contains; 0 if its signature is wrong."""
    try:
        return int(_signer(door).unsign(reference))
    except signing.BadSignature:
        return 0


def _signer(door: Door) -> signing.Signer:
    return signing.Signer(salt=f"{PURPOSE.decode()}:{door.pk}")


def _candidates(door: Door) -> Iterator[str]:
    for secret in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]:
        key = hmac.digest(str(secret).encode(), PURPOSE, "sha256")
        yield base64.urlsafe_b64encode(hmac.digest(key, door.key.bytes, "sha256")).rstrip(b"=").decode()
