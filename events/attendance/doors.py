"""Door links: helpers without an account check participants in, and nothing else.

The token of a link is derived as that of a personal link is (`events/registration/tokens.py`), so that organisers can
show the link again although only its hash is stored.
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
# After the event, for those who come late and for corrections.
EXTRA_TIME = datetime.timedelta(hours=6)
# After the event no link works, whatever its end.
LONGEST_EXTRA_TIME = datetime.timedelta(days=7)


def latest_end(event: Event, now: datetime.datetime) -> datetime.datetime:
    """Return until when links of the event can work."""
    return (event.ends_at or now).replace(second=0, microsecond=0) + LONGEST_EXTRA_TIME


def default_end(event: Event, now: datetime.datetime) -> datetime.datetime:
    """Return the end of a new link: some hours after the event, or after now once that has passed."""
    end = max(event.ends_at or now, now).replace(second=0, microsecond=0) + EXTRA_TIME
    return min(end, latest_end(event, now))


@transaction.atomic
def create_door(event: Event, name: str, ends_at: datetime.datetime, user: User) -> Door:
    """Make a link for the event. It is logged with the changes of access."""
    door = Door(event=event, name=name, ends_at=ends_at, created_by=user)
    door.token_hash = hash_of(next(_candidates(door)))
    door.save()
    access.log(event, user, "create_door", {"door": name})
    return door


@transaction.atomic
def revoke_door(door: Door, user: User | AnonymousUser, now: datetime.datetime | None = None) -> None:
    """Make the link invalid at once. Calling it twice has no further effect. Without a user, it is the site's own doing."""
    if Door.objects.filter(pk=door.pk, revoked_at=None).update(revoked_at=now or timezone.now()):
        access.log(door.event, user, "revoke_door", {"door": door.name})


def known_to(user: User, now: datetime.datetime, *, is_administrator: bool) -> QuerySet[Door]:
    """Return the valid links that the user made, or could see because of their access to the event or as administrator."""
    found = Door.objects.filter(revoked_at=None, ends_at__gt=now).select_related("event").order_by("pk")
    if is_administrator:
        return found
    seen = EventAccess.objects.filter(user=user, only_checks_in=False)
    return found.filter(Q(created_by=user.pk) | Q(event__in=seen.values("event")))


@transaction.atomic
def end_known_to(user: User, *, was_administrator: bool = False, event: Event | None = None) -> int:
    """End the links that the user knows, because they lose the right to see them. Returns how many.

    With `event`, the user loses access to this event only. All its links end, because its organisers see all of them.
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
    """Return the token of the link, or "" if it was made with a secret that the site no longer has."""
    return next((token for token in _candidates(door) if hash_of(token) == door.token_hash), "")


def find(token: str, now: datetime.datetime) -> Door | None:
    """Return the door link with this token, with its event, if it is valid now."""
    door = find_any(token)
    return door if door is not None and is_valid(door, now) else None


def find_any(token: str) -> Door | None:
    """Return the door link with this token, with its event, also if it has ended or was revoked."""
    if len(token) != LENGTH:
        return None
    return Door.objects.filter(token_hash=hash_of(token)).select_related("event").first()


def reference_of(door: Door, registration_pk: int) -> str:
    """Return the signed key of a participant for the page at the door, which can name only those whom it showed."""
    return references_of(door)(registration_pk)


def references_of(door: Door) -> Callable[[int], str]:
    """Return a function that returns the reference of a participant (`reference_of`), faster for many of them."""
    signer = _signer(door)
    return lambda registration_pk: signer.sign(str(registration_pk))


def referred(door: Door, reference: str) -> int:
    """Return the primary key in a reference that the page of the door has shown, else 0."""
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
