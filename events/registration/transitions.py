"""The only way from a state to the next, checked against the table and written into the history."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping

from events.models import Event, HistoryEntry, Registration, SensitiveAnswer
from events.registration.actor import Actor
from events.registration.errors import AddressTakenError, NotPossibleError
from events.states import ACTIVE, ATTENDING, CLOSED, RegistrationStatus, may_follow

MOVED_FIELDS = ["status", "status_since", "mode", "queued_at", "offer_expires_at", "calendar_sequence"]


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
    """Put a registration into the state `after` and write down who did it. Call it under the event's lock.

    Fields of the place that were changed beforehand (mode, queue) are saved along. Sensitive answers go with the end.

    Raises NotPossibleError when the table has no such step, and AddressTakenError when somebody who comes back to life has
    registered anew meanwhile.
    """
    before = RegistrationStatus(registration.status)
    if not may_follow(before, after):
        raise NotPossibleError
    if after in ACTIVE and before not in ACTIVE and has_live_twin(registration):
        raise AddressTakenError
    if (before in ATTENDING) != (after in ATTENDING) and (before in ATTENDING or registration.calendar_sequence):
        # The entry in her calendar is cancelled, or comes back after that (RFC 5546, 2.1.4). The first one is number 0.
        registration.calendar_sequence += 1
    registration.status, registration.status_since = after, now
    registration.offer_expires_at = offer_expires_at
    registration.save(update_fields=MOVED_FIELDS)
    if after in CLOSED:
        # Nobody has to be fed or let in any more: what they were given for has ended (GDPR Art. 5(1)(e)).
        SensitiveAnswer.objects.filter(registration=registration).delete()
    record(registration, actor, action, now, before=before, after=after, detail=detail)


def move_all(
    event: Event,
    before: RegistrationStatus,
    after: RegistrationStatus,
    actor: Actor,
    action: str,
    now: datetime.datetime,
) -> int:
    """Put everybody of an event who is in one state into another, and return how many. Call it under the event's lock.

    For steps that nothing else follows from: neither in calendars nor with sensitive answers.
    """
    if not may_follow(before, after):
        raise NotPossibleError
    people = Registration.objects.filter(event=event, status=before)
    pks = list(people.values_list("pk", flat=True))
    people.update(status=after, status_since=now)
    record_all(pks, actor, action, now, before=before, after=after)
    return len(pks)


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
    """Add a line to the history. Without a change of state, `before` and `after` stay empty."""
    HistoryEntry.objects.create(
        registration=registration,
        at=now,
        actor=actor.kind,
        user=actor.user,
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
    """Add the same line to the history of many registrations, by their primary keys."""
    HistoryEntry.objects.bulk_create(
        [
            HistoryEntry(
                registration_id=pk, at=now, actor=actor.kind, user=actor.user, action=action, before=before, after=after
            )
            for pk in registrations
        ],
        batch_size=500,
    )


def has_live_twin(registration: Registration) -> bool:
    """Tell whether another live registration of the event has the same address."""
    twins = Registration.objects.filter(
        event=registration.event_id, email_key=registration.email_key, status__in=ACTIVE
    ).exclude(email_key="")
    return twins.exclude(pk=registration.pk).exists()
