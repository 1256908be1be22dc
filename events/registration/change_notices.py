"""Emails about a change of an event. They wait until an organiser has seen them and may have added an explanation."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Count, Min, QuerySet
from django.utils import timezone

from events.enums import MailStatus
from events.models import Event, OutboxMail
from events.models.mail import UNEXPLAINED
from events.registration import locking
from events.registration.mail import queue
from events.registration.mail.rendering import render

# The organisers' explanation of the change, by language.
Explanation = Mapping[str, str]


@dataclass(frozen=True)
class WaitingNotices:
    """The waiting emails about a change of an event. They are sent at `sent_at` unless an organiser acts before."""

    count: int
    sent_at: datetime.datetime | None
    # The number of recipients by language.
    languages: dict[str, int]


def waiting(event: Event) -> WaitingNotices:
    """Return the emails about a change that wait. Two queries."""
    mails = _waiting(event)
    numbers = mails.order_by("language").values("language").annotate(number=Count("*"))
    languages = {row["language"]: row["number"] for row in numbers}
    return WaitingNotices(sum(languages.values()), mails.aggregate(first=Min("next_try_at"))["first"], languages)


def waiting_count(event: Event) -> int:
    """Return the number of emails about a change that wait. One query."""
    return _waiting(event).count()


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


def _waiting(event: Event) -> QuerySet[OutboxMail]:
    return OutboxMail.objects.filter(UNEXPLAINED, event=event)
