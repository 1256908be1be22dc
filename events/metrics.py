"""Numbers about registrations and emails for `/metrics`: of all events together, and without names."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from django.db.models import Count
from prometheus_client.core import GaugeMetricFamily

from events.enums import MailStatus
from events.models import ErasureRecord, OutboxMail, Registration
from events.registration import change_notices
from events.registration.mail.hold import held_since
from events.registration.mail.queue import outbox_status
from events.states import RegistrationStatus
from home.metrics import gauge, gauges, seconds_since


def emails(now: datetime.datetime) -> Iterator[GaugeMetricFamily]:
    rows = OutboxMail.objects.order_by().values_list("status").annotate(number=Count("*"))
    counts = dict.fromkeys(MailStatus.values, 0) | dict(rows)
    yield from gauges("mails", "Emails about registrations that are stored, by status.", "status", counts)
    status = outbox_status(now)
    late = seconds_since(status.due_since, now) or 0
    yield from gauge("mails_oldest_due_seconds", "Time that the oldest email that is due has been waiting.", late)
    unseen = seconds_since(change_notices.waiting_since(), now) or 0
    yield from gauge(
        "mails_unseen_seconds", "Time that the oldest email about a change waits for an organiser.", unseen
    )
    yield from gauge("mails_throttled", "1 while an event has reached MAILS_PER_HOUR.", status.is_throttled)
    yield from gauge("mails_held", "1 while emails are held back after a restore.", held_since() is not None)


def registrations(now: datetime.datetime) -> Iterator[GaugeMetricFamily]:
    rows = Registration.objects.order_by().values_list("status").annotate(number=Count("*"))
    counts = dict.fromkeys(RegistrationStatus.values, 0) | dict(rows)
    yield from gauges("registrations", "Registrations of all events, by status.", "status", counts)


def erasures(now: datetime.datetime) -> Iterator[GaugeMetricFamily]:
    waiting = ErasureRecord.objects.filter(copied_at=None).count()
    yield from gauge("erasures_not_copied", "Erasures that are not in the copy of the erasure log yet.", waiting)


METRICS = [emails, registrations, erasures]
