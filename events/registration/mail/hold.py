"""Holding all email about registrations back, after a backup was restored.

The outbox of the backup contains emails that were sent since, and offers that have ended.
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
    """Hold all email back, and return how many wait."""
    if not MailHold.objects.exists():
        MailHold.objects.create(since=timezone.now())
    return _waiting().count()


def held_since() -> datetime.datetime | None:
    return MailHold.objects.values_list("since", flat=True).first()


@transaction.atomic
def release(*, discard: bool = False) -> int:
    """Send email again. With `discard`, what waits is marked as no longer needed. Returns how many waited."""
    MailHold.objects.all().delete()
    if discard:
        return _waiting().update(status=MailStatus.WITHHELD, next_try_at=None)
    transaction.on_commit(queue.announce, robust=True)
    return _waiting().count()


def _waiting() -> QuerySet[OutboxMail]:
    return OutboxMail.objects.filter(status__in=[MailStatus.QUEUED, MailStatus.SENDING])
