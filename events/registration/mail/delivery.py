"""Sends the emails in the outbox.

A row is claimed by one conditional UPDATE, sent outside any transaction, and marked. If the process is killed in
between, the row stays claimed and is claimed once more after `CLAIM_TIME`. So an email is sent twice at most, both
times with the same Message-ID. Any number of processes may do this at once.
"""

from __future__ import annotations

import datetime
import logging
import time
from collections import deque
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from events.enums import MailKind, MailPriority, MailStatus
from events.models import Event, OutboxMail
from events.registration.mail.hold import held_since
from events.registration.mail.queue import (
    CLAIM_TIME,
    DELIVERY_FAILED_TOPIC,
    LIMIT_REACHED_TOPIC,
    left_this_hour,
    notify_organisers,
    throttled_events,
)
from events.registration.mail.relevance import is_still_relevant
from events.registration.mail.transport import DeliveryProblem, MailServer, faulty

logger = logging.getLogger(__name__)

MINUTE = datetime.timedelta(minutes=1)
HOUR = datetime.timedelta(hours=1)
# Delays after failed attempts. They allow ten attempts over 27 hours and 51 minutes.
RETRY_DELAYS = [MINUTE * minutes for minutes in (1, 5, 15, 30, 60, 120, 240, 480, 720)]
# After this many server failures in a row, the rest waits for the next run.
MAX_FAILURES_IN_A_ROW = 3
# How many due emails are read at once. A more urgent email waits at most for these.
LOOK_AHEAD = 10
# A key in `payload`. The email may have been sent already before a process died or the server stopped responding.
MAYBE_SENT = "maybe_sent"
TWICE_UNCERTAIN = "UncertainDeliveryError twice"


def deliver_due(now: datetime.datetime | None = None, limit: int = 100) -> int:
    """Send emails that are due, at most `limit`. Returns how many were sent."""
    at = _running_clock(now or timezone.now())
    sent = failures = 0
    _report_held_back(at())
    waiting: deque[OutboxMail] = deque()
    with MailServer() as server:
        for _number in range(limit):
            mail = _claim_next(waiting, at())
            if mail is None:
                break
            problem = _deliver(mail, server, at)
            sent += mail.status == MailStatus.SENT
            failures = failures + 1 if problem and problem.is_server_problem else 0
            if problem and (problem.is_connection_problem or failures == MAX_FAILURES_IN_A_ROW):
                logger.warning("Email waits because the mail server fails (%s).", problem.text)
                break
    _report_held_back(at())
    return sent


def _report_held_back(at: datetime.datetime) -> None:
    """Email the organisers of each event whose emails wait because of the limit, at most once a day."""
    if settings.MAILS_PER_HOUR <= 0:
        logger.warning("MAILS_PER_HOUR is 0: no email is sent.")
        return
    if held_since() is not None:
        logger.warning("Email is held back since a backup was restored: run manage.py release_mail.")
        return
    waiting = [mails.filter(event=OuterRef("pk")) for mails in (_due(at), _abandoned(at))]
    of_event = [Exists(mails.exclude(priority=MailPriority.ORGANISER)) for mails in waiting]
    for event in Event.objects.filter(of_event[0] | of_event[1], pk__in=list(throttled_events(at))):
        logger.warning(
            "Limit reached: %d emails of event %d were sent within an hour, more are waiting.",
            settings.MAILS_PER_HOUR,
            event.pk,
        )
        _notify_once_a_day(event, LIMIT_REACHED_TOPIC)


def _running_clock(now: datetime.datetime) -> Callable[[], datetime.datetime]:
    """Return a clock: a function that returns `now` plus the time that has passed since this call.

    The sending of many emails may take minutes.
    """
    started = time.monotonic()
    return lambda: now + datetime.timedelta(seconds=time.monotonic() - started)


def _due(at: datetime.datetime) -> QuerySet[OutboxMail]:
    return OutboxMail.objects.filter(status=MailStatus.QUEUED, next_try_at__lte=at)


def _abandoned(at: datetime.datetime) -> QuerySet[OutboxMail]:
    """Return the emails that were claimed but not marked, because their process was killed."""
    return OutboxMail.objects.filter(status=MailStatus.SENDING, claimed_at__lt=at - CLAIM_TIME)


def _claim_next(waiting: deque[OutboxMail], at: datetime.datetime) -> OutboxMail | None:
    """Claim the next email that is due and return it, or None if there is none.

    `waiting` holds emails that were read but are not claimed yet, because reading several with one query is cheaper.
    """
    while True:
        if not waiting:
            waiting.extend(_next_rows(at))
        if not waiting:
            return None
        row = waiting.popleft()
        if _claim(row, at):
            return row


def _next_rows(at: datetime.datetime) -> list[OutboxMail]:
    """Return the next emails to send, without those that are held back.

    Only the first due email of each event is compared, which an index makes fast. The result has emails of one event,
    at most `LOOK_AHEAD` and not more than the hourly limit allows.
    """
    if settings.MAILS_PER_HOUR <= 0 or held_since() is not None:
        return []
    throttled = list(throttled_events(at))
    found = list(
        _abandoned(at)
        .exclude(~Q(priority=MailPriority.ORGANISER), event__in=throttled)
        .order_by("priority", "next_try_at", "pk")[:LOOK_AHEAD]
    )
    for priority in MailPriority:
        if found:
            break
        mails = _due(at).filter(priority=priority).order_by("next_try_at", "pk")
        first = Subquery(mails.filter(event=OuterRef("pk")).values("next_try_at")[:1])
        events = Event.objects.exclude(pk__in=[] if priority == MailPriority.ORGANISER else throttled)
        event = events.annotate(due_at=first).exclude(due_at=None).order_by("due_at", "pk").values_list("pk").first()
        if event:
            left = LOOK_AHEAD if priority == MailPriority.ORGANISER else left_this_hour(event[0], at)
            found = list(mails.filter(event=event)[: min(LOOK_AHEAD, left)])
    return found


def _claim(row: OutboxMail, at: datetime.datetime) -> bool:
    """Reserve an email for this process, and return whether that succeeded.

    If two attempts were interrupted, it is not known whether the email was sent. Then it is marked as failed.
    """
    was_abandoned = row.status == MailStatus.SENDING
    # `attempts` increases with each claim, so the update matches nothing if another process has claimed the row since
    # it was read. The same holds if the email has been postponed.
    own = OutboxMail.objects.filter(pk=row.pk, status=row.status, attempts=row.attempts, next_try_at=row.next_try_at)
    if was_abandoned and row.payload.get(MAYBE_SENT):
        failed = {"status": MailStatus.FAILED, "claimed_at": None, "next_try_at": None, "problem": TWICE_UNCERTAIN}
        if own.update(**failed, **_cleared_fields(row)):
            _notify_of_failure(row)
        return False
    if was_abandoned:
        row.payload[MAYBE_SENT] = True
    row.attempts += 1
    row.status, row.claimed_at = MailStatus.SENDING, at
    return bool(
        own.update(status=row.status, claimed_at=row.claimed_at, attempts=F("attempts") + 1, payload=row.payload)
    )


def _deliver(mail: OutboxMail, server: MailServer, at: Callable[[], datetime.datetime]) -> DeliveryProblem | None:
    """Send a claimed email and mark it. Returns the problem, or None if it was sent."""
    cleared = {"recipient": ""} | _cleared_fields(mail)
    problem: DeliveryProblem | None = None
    try:
        is_relevant = is_still_relevant(mail, at())
    except DatabaseError:
        raise
    except Exception as error:  # one row with unexpected values must not stop the others
        is_relevant, problem = True, faulty(mail, error)
    if not is_relevant:
        _mark(mail, status=MailStatus.WITHHELD, next_try_at=None, **cleared)
        return None
    problem = problem or server.send(mail)
    if problem is None:
        _mark(mail, status=MailStatus.SENT, next_try_at=None, sent_at=at(), problem="", **cleared)
    else:
        _postpone(mail, problem, at())
    return problem


def _postpone(mail: OutboxMail, problem: DeliveryProblem, at: datetime.datetime) -> None:
    was_maybe_sent = bool(mail.payload.get(MAYBE_SENT))
    if problem.is_final or mail.attempts > len(RETRY_DELAYS) or (problem.may_have_been_sent and was_maybe_sent):
        _mark(mail, status=MailStatus.FAILED, next_try_at=None, problem=problem.text, **_cleared_fields(mail))
        _notify_of_failure(mail)
        return
    payload = mail.payload | ({MAYBE_SENT: True} if problem.may_have_been_sent else {})
    next_try_at = at + RETRY_DELAYS[mail.attempts - 1]
    _mark(mail, status=MailStatus.QUEUED, next_try_at=next_try_at, problem=problem.text, payload=payload)
    if problem.is_faulty:
        # The problem does not go away by waiting.
        _notify_of_failure(mail)


def _cleared_fields(mail: OutboxMail) -> dict[str, object]:
    """Return values that remove personal data from an email that will not be sent again."""
    if mail.kind in {MailKind.ERASED, MailKind.GROUP}:
        return {"recipient": "", "payload": {}}
    return {"recipient": ""} if mail.kind in {MailKind.NEW_ADDRESS, MailKind.OLD_ADDRESS} else {}


def _mark(mail: OutboxMail, **values: object) -> None:
    """Save the result of a claimed email, unless the email has been deleted or claimed again since."""
    for name, value in values.items():
        setattr(mail, name, value)
    own = OutboxMail.objects.filter(pk=mail.pk, status=MailStatus.SENDING, attempts=mail.attempts)
    own.update(**values, claimed_at=None)


def _notify_of_failure(mail: OutboxMail) -> None:
    """Email the organisers that an email could not be sent.

    They get this once a day for each event, but not for emails to organisers.
    """
    if mail.kind == MailKind.ORGANISER:
        return
    _notify_once_a_day(mail.event, DELIVERY_FAILED_TOPIC)


def _notify_once_a_day(event: Event, topic: str) -> None:
    told = OutboxMail.objects.filter(event=event, kind=MailKind.ORGANISER, payload__topic=topic)
    if not told.filter(created_at__gt=timezone.now() - 24 * HOUR).exists():
        notify_organisers(event, topic)
