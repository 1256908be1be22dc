"""Changes the status of registrations: checks them by the table in `events/states.py` and records them in the history."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping

from django.db.models import Max

from events.enums import SeatStatus
from events.models import Event, HistoryEntry, Registration, SensitiveAnswer, SessionSeat
from events.registration.actor import Actor
from events.registration.errors import AddressTakenError, NotPossibleError
from events.states import ACTIVE, ATTENDING, CLOSED, HOLDS_SEAT, RegistrationStatus, may_follow

# A registration enters these statuses after the participant has used their link or staff have confirmed the address.
CONFIRMING = frozenset({RegistrationStatus.PENDING, RegistrationStatus.CONFIRMED, RegistrationStatus.WAITING})
# The number of keys that one statement can have on every database.
BATCH = 500
MOVED_FIELDS = [
    "status",
    "status_since",
    "mode",
    "queued_at",
    "offer_expires_at",
    "is_address_confirmed",
    "is_invited",
    "calendar_sequence",
]


def move(
    registration: Registration,
    after: RegistrationStatus,
    actor: Actor,
    action: str,
    now: datetime.datetime,
    *,
    offer_expires_at: datetime.datetime | None = None,
    detail: Mapping[str, object] | None = None,
) -> None:
    """Change the status of a registration to `after` and record who did it. Call it under the event's lock.

    Mode and queue time are saved too if the caller has changed them. Sensitive answers of a closed registration are
    deleted. Places in sessions are given up together with the place at the event, and the caller passes them on
    (`seats_change`).

    Raises NotPossibleError when the table does not allow the transition, and AddressTakenError when a closed
    registration would become active and another active one has the same address.
    """
    before = RegistrationStatus(registration.status)
    if not may_follow(before, after):
        raise NotPossibleError
    if after in ACTIVE and before not in ACTIVE and has_active_duplicate(registration):
        raise AddressTakenError
    if (before in ATTENDING) != (after in ATTENDING) and (before in ATTENDING or registration.calendar_sequence):
        # The participant's calendar entry is cancelled, or becomes valid again (RFC 5546, 2.1.4). The first SEQUENCE is
        # 0.
        registration.calendar_sequence = _last_sequence(registration) + 1
    registration.status, registration.status_since = after, now
    registration.offer_expires_at = offer_expires_at
    if after in CONFIRMING:
        registration.is_address_confirmed = True
    if after in CONFIRMING - {RegistrationStatus.WAITING}:
        registration.is_invited = False
    registration.save(update_fields=MOVED_FIELDS)
    if after in CLOSED:
        # The answers were given for attending the event, so their purpose has ended (GDPR Art. 5(1)(e)).
        SensitiveAnswer.objects.filter(registration=registration).delete()
        SessionSeat.objects.filter(registration=registration).delete()
    elif before in HOLDS_SEAT and after not in HOLDS_SEAT:
        held = SessionSeat.objects.filter(registration=registration, status=SeatStatus.HELD)
        held.update(status=SeatStatus.WAITING, queued_at=now)
    record(registration, actor, action, now, before=before, after=after, detail=detail)


def _last_sequence(registration: Registration) -> int:
    """Return the highest SEQUENCE that the participant's calendar entry has had, also in other registrations."""
    same = Registration.objects.filter(event=registration.event_id, calendar_key=registration.calendar_key)
    found: int | None = same.aggregate(last=Max("calendar_sequence"))["last"]
    return max(registration.calendar_sequence, found or 0)


def move_all(
    event: Event,
    registrations: Iterable[int],
    before: RegistrationStatus,
    after: RegistrationStatus,
    actor: Actor,
    action: str,
    now: datetime.datetime,
) -> int:
    """Change the status of many registrations (primary keys) from `before` to `after`. Returns how many were changed.

    Registrations with another status are left unchanged. Call it under the event's lock. Use it only for transitions
    that affect neither calendar entries nor sensitive answers.
    """
    if not may_follow(before, after):
        raise NotPossibleError
    count, keys = 0, list(registrations)
    for start in range(0, len(keys), BATCH):
        found = Registration.objects.filter(event=event, status=before, pk__in=keys[start : start + BATCH])
        moved = list(found.values_list("pk", flat=True))
        Registration.objects.filter(pk__in=moved).update(status=after, status_since=now)
        record_all(moved, actor, action, now, before=before, after=after)
        count += len(moved)
    return count


def record(
    registration: Registration,
    actor: Actor,
    action: str,
    now: datetime.datetime,
    *,
    before: str = "",
    after: str = "",
    detail: Mapping[str, object] | None = None,
) -> None:
    """Add an entry to the history. `before` and `after` stay empty when the status does not change."""
    HistoryEntry.objects.create(
        registration=registration,
        at=now,
        actor=actor.kind,
        user=actor.user,
        door=actor.door,
        action=action,
        before=before,
        after=after,
        detail=dict(detail or {}),
    )


def record_all(
    registrations: Iterable[int],
    actor: Actor,
    action: str,
    now: datetime.datetime,
    *,
    before: str = "",
    after: str = "",
) -> None:
    """Add the same entry to the history of many registrations, given by their primary keys."""
    HistoryEntry.objects.bulk_create(
        [
            HistoryEntry(
                registration_id=pk, at=now, actor=actor.kind, user=actor.user, action=action, before=before, after=after
            )
            for pk in registrations
        ],
        batch_size=BATCH,
    )


def has_active_duplicate(registration: Registration) -> bool:
    """Return whether another active registration of the event has the same address."""
    duplicates = Registration.objects.filter(
        event=registration.event_id,
        email_key=registration.email_key,
        address_name=registration.address_name,
        status__in=ACTIVE,
    ).exclude(email_key="")
    return duplicates.exclude(pk=registration.pk).exists()
