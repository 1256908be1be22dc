"""Emails about a change of an event. They wait until an organiser has seen them and may have added an explanation.

They wait without end, so the dashboard shows them and emails remind the organisers.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Count, Min, QuerySet
from django.utils import timezone

from events.enums import MailKind, MailStatus
from events.models import Event, EventChange, OutboxMail
from events.models.mail import UNEXPLAINED
from events.registration import locking
from events.registration.mail import queue
from events.registration.mail.rendering import render

# The organisers' explanation of the change, by language.
Explanation = Mapping[str, str]

# Organisers are reminded after this time, because they may still be changing the event.
FIRST_REMINDER = datetime.timedelta(minutes=15)
# The time between two reminders, and the shorter one if the event begins within a day.
REMINDER_INTERVAL = datetime.timedelta(days=1)
URGENT_INTERVAL = datetime.timedelta(hours=1)


@dataclass(frozen=True)
class WaitingNotices:
    """The waiting emails about a change of an event."""

    count: int
    # The number of recipients by language.
    languages: dict[str, int]


def waiting(event: Event) -> WaitingNotices:
    """Return the emails about a change that wait. One query."""
    numbers = _waiting(event).order_by("language").values("language").annotate(number=Count("*"))
    languages = {row["language"]: row["number"] for row in numbers}
    return WaitingNotices(sum(languages.values()), languages)


def waiting_count(event: Event) -> int:
    """Return the number of emails about a change that wait. One query."""
    return _waiting(event).count()


def waiting_by_event() -> dict[int, int]:
    """Return the number of emails about a change that wait, by the event's primary key. One query."""
    rows = OutboxMail.objects.filter(UNEXPLAINED).order_by("event").values("event").annotate(number=Count("*"))
    return {row["event"]: row["number"] for row in rows}


def waiting_since() -> datetime.datetime | None:
    """Return since when the oldest email about a change waits. One query."""
    since: datetime.datetime | None = OutboxMail.objects.filter(UNEXPLAINED).aggregate(since=Min("created_at"))["since"]
    return since


def preview(event: Event, language: str, explanation: Explanation) -> EmailMultiAlternatives | None:
    """Return the email in a language as it would be sent, but without a participant's name and personal link.

    Returns None if no such email waits.
    """
    mail = _waiting(event).order_by("-pk").first()
    if mail is None:
        return None
    payload = {name: mail.payload[name] for name in ("before", "change", "event_status") if name in mail.payload}
    shown = OutboxMail(
        event=event, kind=mail.kind, language=language, payload=payload | {"explanation": dict(explanation)}
    )
    return render(shown)


def send(event_id: int, explanation: Explanation, now: datetime.datetime | None = None) -> int:
    """Send the waiting emails with an explanation by language, which may be empty. Returns how many."""
    now = now or timezone.now()
    with locking.locked(event_id) as event:
        mails = list(_waiting(event))
        for mail in mails:
            mail.payload["explanation"] = {code: text for code, text in explanation.items() if text}
            mail.next_try_at = now
        OutboxMail.objects.bulk_update(mails, ["payload", "next_try_at"], batch_size=500)
        transaction.on_commit(queue.announce, robust=True)
        return len(mails)


def withhold(event_id: int) -> int:
    """Mark the waiting emails as not to be sent. Returns how many."""
    with locking.locked(event_id) as event:
        return _waiting(event).update(status=MailStatus.WITHHELD, next_try_at=None)


def withhold_outdated(now: datetime.datetime | None = None) -> int:
    """Mark the waiting emails of events that are over as not to be sent. Returns how many."""
    now = now or timezone.now()
    over = Event.objects.filter(pk__in=waiting_by_event(), ends_at__lte=now).values_list("pk", flat=True)
    return sum(withhold(event_id) for event_id in over)


def remind_organisers(now: datetime.datetime | None = None) -> int:
    """Queue emails to the organisers of events whose emails about a change wait. Returns how many."""
    now = now or timezone.now()
    late = OutboxMail.objects.filter(UNEXPLAINED, created_at__lte=now - FIRST_REMINDER).values("event")
    return sum(_remind(event_id, now) for event_id in Event.objects.filter(pk__in=late).values_list("pk", flat=True))


def _remind(event_id: int, now: datetime.datetime) -> int:
    with locking.locked(event_id) as event:
        is_urgent = event.starts_at is not None and event.starts_at - now <= REMINDER_INTERVAL
        interval = URGENT_INTERVAL if is_urgent else REMINDER_INTERVAL
        told = OutboxMail.objects.filter(event=event, kind=MailKind.ORGANISER, payload__topic=queue.CHANGES_WAIT_TOPIC)
        if not _waiting(event).exists() or told.filter(created_at__gt=now - interval).exists():
            return 0
        addresses = _organisers(event)
        for address in addresses:
            mail = queue.enqueue(
                event, MailKind.ORGANISER, recipient=address, payload={"topic": queue.CHANGES_WAIT_TOPIC}
            )
            OutboxMail.objects.filter(pk=mail.pk).update(created_at=now)
        return len(addresses)


def _organisers(event: Event) -> list[str]:
    """Return the notification addresses and the address of whoever changed the event last, else the event's contact."""
    found = getattr(event, "registration_settings", None)
    addresses = list(found.notification_addresses) if found else []
    change = EventChange.objects.filter(event=event, user__is_active=True).exclude(user__email="").first()
    if change and change.user:
        addresses.append(change.user.email)
    return list(dict.fromkeys(addresses)) or [address for address in [event.contact_email] if address]


def _waiting(event: Event) -> QuerySet[OutboxMail]:
    return OutboxMail.objects.filter(UNEXPLAINED, event=event)
