"""Email to participants when the status, time or place of their event changes."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone

from events.enums import CALLED_OFF_PHASES, INACTIVE_PHASES, EventStatus, MailKind, MailStatus
from events.models import Event, EventChange, OutboxMail, Registration, TimetableChange
from events.registration import locking, transitions
from events.registration.actor import SCHEDULER, Actor, staff
from events.registration.errors import NotPossibleError
from events.registration.mail import queue
from events.registration.waiting_list import seats_change
from events.states import ATTENDING


def notify_event_changed(event_id: int, now: datetime.datetime | None = None) -> int:
    """Email all participants that the status, time or place of the event has changed. Returns how many emails.

    No emails are sent about an event that is over. Call it in the transaction that publishes the change.
    """
    now = now or timezone.now()
    event = Event.objects.get(pk=event_id)
    if event.ends_at is not None and event.ends_at <= now:
        return 0
    if event.phase(now) in INACTIVE_PHASES:
        change = _last_change_of_status(event)
        return notify_called_off(event_id, staff(change.user) if change and change.user else SCHEDULER, now)
    return notify_rescheduled(event_id, now)


def notify_called_off(event_id: int, actor: Actor, now: datetime.datetime | None = None) -> int:
    """Email all participants, also on the waiting list, that the event is cancelled or postponed. Returns how many emails.

    Each change of status is announced once: calling it twice has no further effect. The emails wait until an organiser
    sends them (`change_notices`). Raises NotPossibleError when the event is neither cancelled nor postponed.
    """
    now = now or timezone.now()
    with locking.locked(event_id) as event:
        if event.phase(now) not in CALLED_OFF_PHASES:
            raise NotPossibleError
        last = _last_change_of_status(event)
        change = last.pk if last else 0
        if OutboxMail.objects.filter(event=event, kind=MailKind.EVENT_OFF, payload__change=change).exists():
            return 0
        not_told = _unsent(event, MailKind.EVENT_CHANGED).order_by("pk").first()
        # The email about the last change was not sent, so this one states the date that participants know.
        before = {"before": not_told.payload["before"]} if not_told and "before" in not_told.payload else {}
        _delete_unsent(event, MailKind.EVENT_CHANGED)
        registrations = _recipients(event)
        transitions.record_all([item.pk for item in registrations], actor, "notify_called_off", now)
        payload = {"change": change, "event_status": event.status} | before
        count = queue.enqueue_all(event, MailKind.EVENT_OFF, registrations, payload)
        _unsent(event, MailKind.EVENT_OFF).update(next_try_at=None)
        return count


def notify_rescheduled(event_id: int, now: datetime.datetime | None = None) -> int:
    """Email all participants that the time or place of the event has changed. Returns how many emails.

    The emails wait until an organiser sends them (`change_notices`). Several changes in a row lead to one email with the
    values from before the first change.
    """
    now = now or timezone.now()
    with locking.locked(event_id) as event:
        if event.phase(now) in INACTIVE_PHASES:
            return 0
        before = _values_before(event)
        _delete_unsent(event, MailKind.EVENT_CHANGED)
        if event.status == EventStatus.MOVED_ONLINE:
            # People who waited for a place on site now wait for a place online.
            with seats_change(event, now):
                pass
        payload = {"before": before} if before else None
        count = queue.enqueue_all(event, MailKind.EVENT_CHANGED, _recipients(event), payload)
        _unsent(event, MailKind.EVENT_CHANGED).update(next_try_at=None)
        return count


def retract_change_notice(event_id: int, now: datetime.datetime | None = None) -> int:
    """Delete unsent emails about a change that was undone. Returns how many were deleted.

    If participants were already told that the event is cancelled or postponed, they get an email that it takes place.
    """
    now = now or timezone.now()
    with locking.locked(event_id) as event:
        count = _delete_unsent(event, MailKind.EVENT_CHANGED)
        # A participant may have downloaded the calendar entry before the change was undone.
        _raise_sequences(event)
        told = OutboxMail.objects.filter(event=event, kind__in=[MailKind.EVENT_OFF, MailKind.EVENT_CHANGED])
        last = told.filter(attempts__gt=0).order_by("-pk").first()
        if last is not None and last.kind == MailKind.EVENT_OFF and event.phase(now) not in INACTIVE_PHASES:
            notify_rescheduled(event_id, now)
        return count


def _values_before(event: Event) -> dict[str, Any] | None:
    """Return the time and place that participants were told last (`TimetableChange.before`); None if not known."""
    unsent = _unsent(event, MailKind.EVENT_CHANGED).order_by("pk").first()
    if unsent is not None and "before" in unsent.payload:
        found: dict[str, Any] = unsent.payload["before"]
        return found
    line = TimetableChange.objects.filter(event=event, row_key=None).order_by("-changed_at", "-pk").first()
    return line.before if line else None


def _last_change_of_status(event: Event) -> EventChange | None:
    return EventChange.objects.filter(event=event, field="status").select_related("user").order_by("-pk").first()


def _recipients(event: Event) -> list[Registration]:
    """Return all active registrations with a confirmed address, after increasing the SEQUENCE of calendar entries."""
    _raise_sequences(event)
    active = Registration.objects.filter(event=event, is_address_confirmed=True).active()
    registrations = list(active.exclude(email="").order_by("pk"))
    for registration in registrations:
        registration.event = event
    return registrations


def _raise_sequences(event: Event) -> None:
    """Increase the SEQUENCE of all calendar entries, because their time, place or status has changed (RFC 5546, 2.1.4)."""
    Registration.objects.filter(event=event, status__in=ATTENDING).update(calendar_sequence=F("calendar_sequence") + 1)


def _unsent(event: Event, kind: MailKind) -> QuerySet[OutboxMail]:
    return OutboxMail.objects.filter(event=event, kind=kind, status=MailStatus.QUEUED, attempts=0)


def _delete_unsent(event: Event, kind: MailKind) -> int:
    return _unsent(event, kind).delete()[0]
