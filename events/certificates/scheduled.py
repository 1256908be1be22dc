"""The scheduled tasks for certificates. Two runs may happen at the same time."""

from __future__ import annotations

import datetime

from django.db.models import F
from django.utils import timezone

from events.certificates.commands import correct, issue
from events.enums import EventPhase
from events.models import Certificate, CertificateRule
from events.registration.actor import SCHEDULER
from events.registration.errors import BusyError, NotPossibleError

# Certificates of events that ended longer ago are not issued automatically. Organisers can still issue them.
LIMIT = datetime.timedelta(days=61)


def issue_due(now: datetime.datetime | None = None) -> int:
    """Issue the certificates of events that ended long enough ago. Returns how many were issued.

    A participant who is checked in later gets a certificate in the next run. After a correction of a name, a corrected
    certificate replaces the earlier one.
    """
    now = now or timezone.now()
    rules = CertificateRule.objects.filter(
        is_on=True, issue_after_days__isnull=False, event__ends_at__lte=now, event__ends_at__gt=now - LIMIT
    )
    return sum(_issue(rule, now) for rule in rules.select_related("event").order_by("event_id") if _is_due(rule, now))


def _is_due(rule: CertificateRule, now: datetime.datetime) -> bool:
    ends_at = rule.event.ends_at
    if ends_at is None or rule.issue_after_days is None or rule.event.phase(now) != EventPhase.PAST:
        return False
    return ends_at + datetime.timedelta(days=rule.issue_after_days) <= now


def _issue(rule: CertificateRule, now: datetime.datetime) -> int:
    try:
        count = issue(rule.event_id, SCHEDULER, now)
    except (BusyError, NotPossibleError):
        # The event is locked, or an organiser has changed it in the meantime. The next run tries again.
        return 0
    issued = Certificate.objects.filter(event=rule.event_id, revoked_on=None, registration__isnull=False)
    renamed = issued.exclude(registration__name="").exclude(registration__name=F("name")).order_by("pk")
    for pk in list(renamed.values_list("pk", flat=True)):
        try:
            correct(pk, SCHEDULER, now)
        except (BusyError, NotPossibleError):
            continue
        count += 1
    return count
