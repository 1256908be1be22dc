"""The only way from a state to the next, checked against the table and written into the history."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping

from events.models import Event, HistoryEntry, Registration, SensitiveAnswer
from events.registration.actor import Actor
from events.registration.errors import AddressTaken, NotPossible
from events.states import ENDED, IN, LIVE, RegistrationState, may_follow

MOVED_FIELDS = ["state", "state_since", "mode", "queued_at", "offer_expires_at", "calendar_sequence"]


def move(
    registration: Registration,
    after: RegistrationState,
    actor: Actor,
    action: str,
    now: datetime.datetime,
    *,
    offer_expires_at: datetime.datetime | None = None,
    detail: Mapping[str, object] | None = None,
) -> None:
    """Put a registration into the state `after` and write down who did it. Call it under the event's lock.

    Fields of the place that were changed beforehand (mode, queue) are saved along. Sensitive answers go with the end.

    Raises NotPossible when the table has no such step, and AddressTaken when somebody who comes back to life has
    registered anew meanwhile.
    """
    before = RegistrationState(registration.state)
    if not may_follow(before, after):
        raise NotPossible
    if after in LIVE and before not in LIVE and has_live_twin(registration):
        raise AddressTaken
    if before in IN and after not in IN:
        # The entry in her calendar is cancelled, or made anew if she is let in again.
        registration.calendar_sequence += 1
    registration.state, registration.state_since = after, now
    registration.offer_expires_at = offer_expires_at
    registration.save(update_fields=MOVED_FIELDS)
    if after in ENDED:
        # Nobody has to be fed or let in any more: what they were given for has ended (GDPR Art. 5(1)(e)).
        SensitiveAnswer.objects.filter(registration=registration).delete()
    record(registration, actor, action, now, before=before, after=after, detail=detail)


def move_all(
    event: Event, before: RegistrationState, after: RegistrationState, actor: Actor, action: str, now: datetime.datetime
) -> int:
    """Put everybody of an event who is in one state into another, and return how many. Call it under the event's lock.

    For steps that nothing else follows from: neither in calendars nor with sensitive answers.
    """
    if not may_follow(before, after):
        raise NotPossible
    people = Registration.objects.filter(event=event, state=before)
    pks = list(people.values_list("pk", flat=True))
    people.update(state=after, state_since=now)
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
        event=registration.event_id, email_key=registration.email_key, state__in=LIVE
    ).exclude(email_key="")
    return twins.exclude(pk=registration.pk).exists()
