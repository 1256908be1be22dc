"""Mail to everybody who is registered, because the event itself has changed."""

from __future__ import annotations

import datetime

from django.db.models import F, QuerySet
from django.utils import timezone

from events.enums import MailKind, MailStatus
from events.models import Event, EventChange, OutboxMail, Registration
from events.models.announcements import MERGE_TIME
from events.registration import locking, transitions
from events.registration.actor import CLOCK, Actor, staff
from events.registration.errors import NotPossibleError
from events.registration.mail import queue
from events.registration.mail.relevance import CALLED_OFF
from events.registration.seats import OFF
from events.states import ATTENDING


def tell_of_change(event_id: int, now: datetime.datetime | None = None) -> int:
    """Tell everybody what became of the event's status, time or place; return how many. What is over is no news.

    Call it in the transaction that announces the change, so that none is announced without it.
    """
    now = now or timezone.now()
    event = Event.objects.get(pk=event_id)
    if event.ends_at is not None and event.ends_at <= now:
        return 0
    if event.phase(now) in OFF:
        change = _last_change_of_status(event)
        return call_off(event_id, staff(change.user) if change and change.user else CLOCK, now)
    return announce_change(event_id, now)


def call_off(event_id: int, actor: Actor, now: datetime.datetime | None = None) -> int:
    """Tell everybody, those who wait included, that the event is cancelled or postponed; return how many.

    Once for each change of status: a second call tells nobody. Raises NotPossibleError while the event takes place.
    """
    now = now or timezone.now()
    with locking.locked(event_id) as event:
        if event.phase(now) not in CALLED_OFF:
            raise NotPossibleError
        last = _last_change_of_status(event)
        change = last.pk if last else 0
        if OutboxMail.objects.filter(event=event, kind=MailKind.EVENT_OFF, payload__change=change).exists():
            return 0
        _drop_unsent(event, MailKind.EVENT_CHANGED)
        people = _people(event)
        transitions.record_all([person.pk for person in people], actor, "call_off", now)
        return queue.enqueue_all(event, MailKind.EVENT_OFF, people, {"change": change, "event_status": event.status})


def announce_change(event_id: int, now: datetime.datetime | None = None) -> int:
    """Tell everybody that the event takes place at another time or place; return how many.

    The mails leave a while later, so that several edits make one mail.
    """
    now = now or timezone.now()
    with locking.locked(event_id) as event:
        if event.phase(now) in OFF:
            return 0
        _drop_unsent(event, MailKind.EVENT_CHANGED)
        count = queue.enqueue_all(event, MailKind.EVENT_CHANGED, _people(event))
        _unsent(event, MailKind.EVENT_CHANGED).update(next_try_at=now + MERGE_TIME)
        return count


def take_back_change(event_id: int, now: datetime.datetime | None = None) -> int:
    """Drop what nobody has got yet: the event is as it was. Return how many.

    Whoever has read already that it is off is told that it takes place after all.
    """
    now = now or timezone.now()
    with locking.locked(event_id) as event:
        count = _drop_unsent(event, MailKind.EVENT_CHANGED)
        # Somebody may have fetched her entry in between.
        _revise_entries(event)
        told = OutboxMail.objects.filter(event=event, kind__in=[MailKind.EVENT_OFF, MailKind.EVENT_CHANGED])
        last = told.filter(attempts__gt=0).order_by("-pk").first()
        if last is not None and last.kind == MailKind.EVENT_OFF and event.phase(now) not in OFF:
            announce_change(event_id, now)
        return count


def _last_change_of_status(event: Event) -> EventChange | None:
    return EventChange.objects.filter(event=event, field="status").select_related("user").order_by("-pk").first()


def _people(event: Event) -> list[Registration]:
    """Return everybody who is to be told, with calendar entries that show a change."""
    _revise_entries(event)
    live = Registration.objects.filter(event=event).live()
    people = list(live.exclude(email="").order_by("pk"))
    for person in people:
        person.event = event
    return people


def _revise_entries(event: Event) -> None:
    """Raise the SEQUENCE of everybody's calendar entry: time, place or status in it are others (RFC 5546, 2.1.4)."""
    Registration.objects.filter(event=event, status__in=ATTENDING).update(calendar_sequence=F("calendar_sequence") + 1)


def _unsent(event: Event, kind: MailKind) -> QuerySet[OutboxMail]:
    return OutboxMail.objects.filter(event=event, kind=kind, status=MailStatus.QUEUED, attempts=0)


def _drop_unsent(event: Event, kind: MailKind) -> int:
    return _unsent(event, kind).delete()[0]
