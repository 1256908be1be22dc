"""Mail to everybody who is registered, because the event itself has changed."""

from __future__ import annotations

import datetime

from django.db.models import F, QuerySet
from django.utils import timezone

from events.enums import MailKind, MailState, State
from events.models import Event, EventChange, HistoryEntry, OutboxMail, Registration
from events.models.announcements import MERGE_TIME
from events.registration import locking, outbox
from events.registration.actor import Actor
from events.registration.errors import NotPossible
from events.registration.seats import OFF
from events.states import IN


def call_off(event_id: int, actor: Actor, now: datetime.datetime | None = None) -> int:
    """Tell everybody, those who wait included, that the event is cancelled or postponed; return how many.

    Once for each change of status: a second call tells nobody. Raises NotPossible while the event takes place.
    """
    now = now or timezone.now()
    with locking.locked(event_id) as event:
        if event.state(now) not in {State.CANCELLED, State.POSTPONED}:
            raise NotPossible
        change = (
            EventChange.objects.filter(event=event, field="status").order_by("-pk").values_list("pk", flat=True).first()
        ) or 0
        if OutboxMail.objects.filter(event=event, kind=MailKind.EVENT_OFF, payload__change=change).exists():
            return 0
        _drop_unsent(event, MailKind.EVENT_CHANGED)
        people = _people(event)
        HistoryEntry.objects.bulk_create(
            [
                HistoryEntry(registration=person, at=now, actor=actor.kind, user=actor.user, action="call_off")
                for person in people
            ],
            batch_size=500,
        )
        return outbox.queue_all(event, MailKind.EVENT_OFF, people, {"change": change, "status": event.status})


def announce_change(event_id: int, now: datetime.datetime | None = None) -> int:
    """Tell everybody that the event takes place at another time or place; return how many.

    The mails leave a while later, so that several edits make one mail.
    """
    now = now or timezone.now()
    with locking.locked(event_id) as event:
        if event.state(now) in OFF:
            return 0
        _drop_unsent(event, MailKind.EVENT_CHANGED)
        count = outbox.queue_all(event, MailKind.EVENT_CHANGED, _people(event))
        _unsent(event, MailKind.EVENT_CHANGED).update(next_try_at=now + MERGE_TIME)
        return count


def take_back_change(event_id: int) -> int:
    """Drop what `announce_change` wrote and nobody has got yet: the event is as it was. Return how many."""
    with locking.locked(event_id) as event:
        return _drop_unsent(event, MailKind.EVENT_CHANGED)


def _people(event: Event) -> list[Registration]:
    """Return everybody who is to be told, with calendar entries that show a change."""
    live = Registration.objects.filter(event=event).live()
    live.filter(state__in=IN).update(calendar_sequence=F("calendar_sequence") + 1)
    people = list(live.exclude(email="").order_by("pk"))
    for person in people:
        person.event = event
    return people


def _unsent(event: Event, kind: MailKind) -> QuerySet[OutboxMail]:
    return OutboxMail.objects.filter(event=event, kind=kind, state=MailState.QUEUED, attempts=0)


def _drop_unsent(event: Event, kind: MailKind) -> int:
    return _unsent(event, kind).delete()[0]
