"""The mail queue. An email is written to the outbox in the transaction that causes it, and sent after the commit.

This module sends nothing. The signal `mail_queued` reports waiting emails; `events/apps.py` connects it to the task
that sends them.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.dispatch import Signal
from django.utils import timezone

from events.enums import MailKind, MailPriority, MailStatus
from events.models import Event, MailHold, Message, OutboxMail, Registration

# Sent after a commit that queued emails. An error in a receiver does not affect the others.
mail_queued = Signal()

# The topics of emails to organisers (`topic` in their payload).
REGISTRATIONS_TOPIC = "registrations"
DELIVERY_FAILED_TOPIC = "delivery_failed"
LIMIT_REACHED_TOPIC = "limit_reached"
CHANGES_WAIT_TOPIC = "changes_wait"

# A key in the payload of the confirmation to a participant whom the organisers registered from a list.
BY_ORGANISERS = "by_organisers"
# The same for a participant whom someone registered in a group.
BY_GROUP = "by_group"

# After this time, a claim was left by a process that died. A server needs much less time for one email.
CLAIM_TIME = datetime.timedelta(minutes=10)


@dataclass(frozen=True)
class OutboxStatus:
    """Numbers about the outbox for organisers and operators."""

    waiting: int
    failed: int
    # The time since which the oldest due email waits.
    due_since: datetime.datetime | None
    # Whether an event has reached the limit of emails per hour and more of its emails are waiting.
    is_throttled: bool


def enqueue(
    event: Event,
    kind: MailKind,
    registration: Registration | None = None,
    recipient: str = "",
    language: str = "",
    payload: Mapping[str, object] | None = None,
    message: Message | None = None,
) -> OutboxMail:
    """Add an email to the outbox, inside the transaction that causes it. It is sent after the commit.

    Without a `registration` it is sent to `recipient`. `payload` is stored together with the present status, mode,
    offer deadline and calendar SEQUENCE of the registration.
    """
    mail = _unsaved(event, kind, registration, recipient, language, payload, message)
    mail.save()
    transaction.on_commit(announce, robust=True)
    return mail


def enqueue_all(
    event: Event,
    kind: MailKind,
    registrations: Iterable[Registration],
    payload: Mapping[str, object] | None = None,
    message: Message | None = None,
) -> int:
    """Add one email for each registration. Returns how many were added."""
    mails = [_unsaved(event, kind, registration, "", "", payload, message) for registration in registrations]
    OutboxMail.objects.bulk_create(mails, batch_size=500)
    transaction.on_commit(announce, robust=True)
    return len(mails)


def _unsaved(
    event: Event,
    kind: MailKind,
    registration: Registration | None,
    recipient: str,
    language: str,
    payload: Mapping[str, object] | None,
    message: Message | None,
) -> OutboxMail:
    snapshot: dict[str, object] = {}
    if registration is not None:
        snapshot = {
            "status": registration.status,
            "mode": registration.mode,
            "sequence": registration.calendar_sequence,
            "offer_expires_at": registration.offer_expires_at,
        }
    return OutboxMail(
        event=event,
        kind=kind,
        registration=registration,
        recipient=recipient,
        language=language or (registration.language if registration is not None else source_language(event)),
        payload=snapshot | dict(payload or {}),
        message=message,
    )


def source_language(event: Event) -> str:
    """Return the source language of the event's page."""
    page = event.find_source_page()
    return page.locale.language_code if page else settings.LANGUAGE_CODE


def announce() -> None:
    """Send the signal that emails wait."""
    mail_queued.send_robust(sender=OutboxMail)


def notify_organisers(event: Event, topic: str) -> int:
    """Queue an email to each notification address of the event. Returns how many.

    `topic` is a key of `ORGANISER_TOPICS` in `mail/messages.py`.
    """
    found = getattr(event, "registration_settings", None)
    addresses = found.notification_addresses if found else []
    for address in addresses:
        enqueue(event, MailKind.ORGANISER, recipient=address, payload={"topic": topic})
    return len(addresses)


def due_since(at: datetime.datetime, event: Event | None = None) -> datetime.datetime | None:
    """Return since when the oldest due email waits, for one event or for all. One query."""
    due = OutboxMail.objects.filter(status=MailStatus.QUEUED, next_try_at__lte=at)
    if event is not None:
        due = due.filter(event=event)
    return due.order_by("next_try_at").values_list("next_try_at", flat=True).first()


def outbox_status(now: datetime.datetime | None = None, event: Event | None = None) -> OutboxStatus:
    """Return the status of the outbox, for one event or for all."""
    at = now or timezone.now()
    mails = OutboxMail.objects.filter(event=event) if event else OutboxMail.objects.all()
    counts = dict(mails.order_by().values_list("status").annotate(number=Count("*")))
    waiting = counts.get(MailStatus.QUEUED, 0) + counts.get(MailStatus.SENDING, 0)
    return OutboxStatus(
        waiting=waiting,
        failed=counts.get(MailStatus.FAILED, 0),
        due_since=due_since(at, event),
        is_throttled=_is_any_held_back(mails, at),
    )


def _is_any_held_back(mails: QuerySet[OutboxMail], at: datetime.datetime) -> bool:
    """Return whether an email waits because of the limit.

    Emails to organisers wait only if all email is held back.
    """
    waiting = mails.filter(status__in=[MailStatus.QUEUED, MailStatus.SENDING])
    if settings.MAILS_PER_HOUR <= 0 or MailHold.objects.exists():
        return waiting.exists()
    # The list is mostly empty, and then no emails are read.
    throttled = list(throttled_events(at))
    return waiting.filter(event__in=throttled).exclude(kind=MailKind.ORGANISER).exists()


def throttled_events(at: datetime.datetime) -> QuerySet[OutboxMail, Any]:
    """Return the keys of the events that have sent `MAILS_PER_HOUR` emails within the last hour, or are sending them.

    Each event has a separate limit, so misuse of one event's form does not stop the emails of other events. Emails to
    organisers do not count.
    """
    counted = _sent_within_an_hour(at).values("event").annotate(count=Count("*"))
    return counted.filter(count__gte=settings.MAILS_PER_HOUR).values_list("event", flat=True)


def left_this_hour(event_id: int, at: datetime.datetime) -> int:
    """Return how many emails of the event may still be sent within the present hour."""
    return max(0, settings.MAILS_PER_HOUR - _sent_within_an_hour(at).filter(event=event_id).count())


def _sent_within_an_hour(at: datetime.datetime) -> QuerySet[OutboxMail]:
    sent = Q(status=MailStatus.SENT, sent_at__gt=at - datetime.timedelta(hours=1))
    being_sent = Q(status=MailStatus.SENDING, claimed_at__gte=at - CLAIM_TIME)
    return OutboxMail.objects.filter(sent | being_sent).exclude(priority=MailPriority.ORGANISER).order_by()
