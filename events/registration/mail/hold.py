"""Holds back all email about registrations after a backup was restored.

The outbox in a backup contains emails that were sent after the backup was made, and offers that have ended.
"""

from __future__ import annotations

import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from events.enums import MailStatus
from events.models import MailHold, OutboxMail
from events.registration.mail import queue


def hold() -> int:
    """Hold back all email. Returns how many emails wait."""
    if not MailHold.objects.exists():
        MailHold.objects.create(since=timezone.now())
    return _waiting().count()


def held_since() -> datetime.datetime | None:
    return MailHold.objects.values_list("since", flat=True).first()


@transaction.atomic
def release(*, discard: bool = False) -> int:
    """End the hold, so that email is sent again. Returns how many emails were waiting.

    With `discard`, the waiting emails are marked as no longer needed and are not sent.
    """
    MailHold.objects.all().delete()
    if discard:
        return _waiting().update(status=MailStatus.WITHHELD, next_try_at=None)
    transaction.on_commit(queue.announce, robust=True)
    return _waiting().count()


def _waiting() -> QuerySet[OutboxMail]:
    return OutboxMail.objects.filter(status__in=[MailStatus.QUEUED, MailStatus.SENDING])
