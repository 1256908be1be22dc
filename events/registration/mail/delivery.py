"""Sends the mail of the outbox.

A row is claimed by one conditional UPDATE, sent outside any transaction, and marked. Whoever is killed in between
leaves a row that somebody else takes again after `CLAIM_TIME`, once: so that a mail arrives twice at most, both times
with the same Message-ID. Safe to run in any number of processes at once.
"""

from __future__ import annotations

import datetime
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Case, Count, F, Min, Q, QuerySet, Value, When
from django.utils import timezone

from events.enums import MailKind, MailStatus
from events.models import Event, OutboxMail
from events.registration.mail.queue import notify_organisers
from events.registration.mail.relevance import is_still_true
from events.registration.mail.transport import MailServer, Problem

logger = logging.getLogger(__name__)

MINUTE = datetime.timedelta(minutes=1)
HOUR = datetime.timedelta(hours=1)
# What comes after a try that failed; ten tries over 27 hours and 51 minutes.
PAUSES = [MINUTE * minutes for minutes in (1, 5, 15, 30, 60, 120, 240, 480, 720)]
# A claim that is older was left by a process that died. Much longer than any server may take for one mail.
CLAIM_TIME = 10 * MINUTE
# Mails that fail one after the other before the server is left alone until the next run.
MAX_FAILURES_IN_A_ROW = 3
# How many due mails are looked at when several senders want the same one.
LOOK_AHEAD = 10
# Mail that many people get at once waits behind what one person is waiting for.
BULK = frozenset(
    {
        MailKind.NO_PLACE,
        MailKind.REMINDER,
        MailKind.EVENT_CHANGED,
        MailKind.EVENT_OFF,
        MailKind.MESSAGE,
        MailKind.ORGANISER,
    }
)
# In `payload`: a process died, or the server went silent, when the mail may have been handed over already.
MAYBE_SENT = "maybe_sent"
TWICE_UNCERTAIN = "UncertainDeliveryError twice"


@dataclass(frozen=True)
class OutboxStatus:
    """How the outbox stands, for the organiser and the operator."""

    waiting: int
    failed: int
    # When the oldest mail that is due was due first.
    due_since: datetime.datetime | None
    # The breaker is open: as many mails as may leave in an hour have left.
    is_resting: bool


def deliver_due(now: datetime.datetime | None = None, limit: int = 100) -> int:
    """Send what is due, at most `limit` mails, and return how many left."""
    at = _running_clock(now or timezone.now())
    sent = failures = 0
    with MailServer() as server:
        for _number in range(limit):
            if _is_resting(at()):
                logger.warning("Mail rests: %d mails have left within an hour, more wait.", settings.MAILS_PER_HOUR)
                break
            mail = _claim_next(at())
            if mail is None:
                break
            problem = _deliver(mail, server, at)
            sent += mail.status == MailStatus.SENT
            failures = failures + 1 if problem and problem.is_of_server else 0
            if problem and (problem.is_of_connection or failures == MAX_FAILURES_IN_A_ROW):
                logger.warning("Mail waits: the server does not take it (%s).", problem.text)
                break
    return sent


def _running_clock(now: datetime.datetime) -> Callable[[], datetime.datetime]:
    """Return a clock that runs on from `now`: with a slow server, the last mail of a run is claimed much later."""
    started = time.monotonic()
    return lambda: now + datetime.timedelta(seconds=time.monotonic() - started)


def _due(at: datetime.datetime) -> QuerySet[OutboxMail]:
    in_time = Q(status=MailStatus.QUEUED, next_try_at__lte=at)
    left_behind = Q(status=MailStatus.SENDING, claimed_at__lt=at - CLAIM_TIME)
    return OutboxMail.objects.filter(in_time | left_behind)


def _claim_next(at: datetime.datetime) -> OutboxMail | None:
    """Return a due mail that nobody else has taken, or None when there is none."""
    is_bulk = Case(When(kind__in=BULK, then=Value(1)), default=Value(0))
    while True:
        rows = list(_due(at).order_by(is_bulk, "next_try_at", "pk")[:LOOK_AHEAD])
        if not rows:
            return None
        for row in rows:
            if _claim(row, at):
                return row


def _claim(row: OutboxMail, at: datetime.datetime) -> bool:
    """Take a mail for this process. A mail that may have left twice already is given up instead."""
    was_left_behind = row.status == MailStatus.SENDING
    # `attempts` rises with each claim: who read the row before somebody else's claim updates nothing.
    mine = OutboxMail.objects.filter(pk=row.pk, status=row.status, attempts=row.attempts)
    if was_left_behind and row.payload.get(MAYBE_SENT):
        failed = {"status": MailStatus.FAILED, "claimed_at": None, "next_try_at": None, "problem": TWICE_UNCERTAIN}
        if mine.update(**failed, **_forgotten(row)):
            _tell_of_failure(row)
        return False
    if was_left_behind:
        row.payload[MAYBE_SENT] = True
    row.attempts += 1
    row.status, row.claimed_at = MailStatus.SENDING, at
    return bool(
        mine.update(status=row.status, claimed_at=row.claimed_at, attempts=F("attempts") + 1, payload=row.payload)
    )


def _deliver(mail: OutboxMail, server: MailServer, at: Callable[[], datetime.datetime]) -> Problem | None:
    """Send a claimed mail and mark it. Return what went wrong, if anything did."""
    gone = {"recipient": ""} | _forgotten(mail)
    if not is_still_true(mail, at()):
        _mark(mail, status=MailStatus.WITHHELD, next_try_at=None, **gone)
        return None
    problem = server.send(mail)
    if problem is None:
        _mark(mail, status=MailStatus.SENT, next_try_at=None, sent_at=at(), problem="", **gone)
    else:
        _put_off(mail, problem, at())
    return problem


def _put_off(mail: OutboxMail, problem: Problem, at: datetime.datetime) -> None:
    was_maybe_sent = bool(mail.payload.get(MAYBE_SENT))
    if problem.is_final or mail.attempts > len(PAUSES) or (problem.may_have_left and was_maybe_sent):
        _mark(mail, status=MailStatus.FAILED, next_try_at=None, problem=problem.text, **_forgotten(mail))
        _tell_of_failure(mail)
        return
    payload = mail.payload | ({MAYBE_SENT: True} if problem.may_have_left else {})
    next_try_at = at + PAUSES[mail.attempts - 1]
    _mark(mail, status=MailStatus.QUEUED, next_try_at=next_try_at, problem=problem.text, payload=payload)


def _forgotten(mail: OutboxMail) -> dict[str, object]:
    """Return what a row that is not tried again must no more hold: whatever leads to somebody who was erased."""
    return {"recipient": "", "payload": {}} if mail.kind == MailKind.ERASED else {}


def _mark(mail: OutboxMail, **values: object) -> None:
    """Write down what became of a claimed mail, unless it was deleted or taken again meanwhile."""
    for name, value in values.items():
        setattr(mail, name, value)
    mine = OutboxMail.objects.filter(pk=mail.pk, status=MailStatus.SENDING, attempts=mail.attempts)
    mine.update(**values, claimed_at=None)


# The breaker, and what people are told of mail that stands still


def _is_resting(at: datetime.datetime) -> bool:
    """Tell whether as many mails as may leave in an hour have left, or are leaving."""
    left = Q(status=MailStatus.SENT, sent_at__gt=at - HOUR)
    leaving = Q(status=MailStatus.SENDING, claimed_at__gte=at - CLAIM_TIME)
    return OutboxMail.objects.filter(left | leaving).count() >= settings.MAILS_PER_HOUR


def outbox_status(now: datetime.datetime | None = None, event: Event | None = None) -> OutboxStatus:
    """Return how the outbox stands: of one event, or of all."""
    at = now or timezone.now()
    mails = OutboxMail.objects.filter(event=event) if event else OutboxMail.objects.all()
    waiting = Q(status__in=[MailStatus.QUEUED, MailStatus.SENDING])
    due = Q(status=MailStatus.QUEUED, next_try_at__lte=at)
    found = mails.aggregate(
        waiting=Count("pk", filter=waiting),
        failed=Count("pk", filter=Q(status=MailStatus.FAILED)),
        due_since=Min("next_try_at", filter=due),
    )
    return OutboxStatus(**found, is_resting=bool(found["waiting"]) and _is_resting(at))


def _tell_of_failure(mail: OutboxMail) -> None:
    """Tell those who are told of registrations that mail could not be sent: once a day and event, never of itself."""
    if mail.kind == MailKind.ORGANISER:
        return
    told = OutboxMail.objects.filter(event=mail.event_id, kind=MailKind.ORGANISER, payload__news="mail_failed")
    if not told.filter(created_at__gt=timezone.now() - 24 * HOUR).exists():
        notify_organisers(mail.event, "mail_failed")
