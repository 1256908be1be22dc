"""Retention periods: sensitive answers are deleted first, then registrations are anonymised (GDPR Art. 5(1)(e)).

Due dates are computed from the present data of the event. They move with the event, and a postponed event has none
until it has a new date. Every function may run twice at the same time: each skips work that is already done.
"""

from __future__ import annotations

import datetime
import logging
from collections.abc import Callable, Iterable
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from events.models import Event, Registration, RegistrationSettings, SensitiveAnswer
from events.registration import locking, transitions
from events.registration.actor import SCHEDULER
from events.registration.errors import BusyError
from events.registration.privacy.anonymise import anonymise_registrations, clear_messages
from events.registration.seats import settings_of
from events.states import ADMITTED, CLOSED

logger = logging.getLogger(__name__)

# For participants who never had a place.
WITHOUT_PLACE_PERIOD = datetime.timedelta(days=30)
# For closed registrations whose address was never confirmed. It may belong to people who know nothing about this.
UNCONFIRMED_PERIOD = datetime.timedelta(days=1)
# For closed registrations of people who were invited and did not answer. Organisers can see for this time who they are.
INVITED_PERIOD = datetime.timedelta(days=14)
# Registrations per transaction. Others wait for the event's lock meanwhile, on SQLite for the whole database.
BATCH = 100
# Batches per event in one run of `manage.py tick`, which also sends email. A large event takes several runs.
BATCHES_IN_A_RUN = 20


def sensitive_answers_delete_at(event: Event) -> datetime.datetime | None:
    """Return when sensitive answers are deleted; None while the event has no date."""
    return _rules(event).sensitive_answers_delete_at


def anonymise_at(registration: Registration) -> datetime.datetime | None:
    """Return when a registration is anonymised; None while the event has no date."""
    event = registration.event
    if registration.status in CLOSED and not registration.is_address_confirmed:
        return registration.status_since + UNCONFIRMED_PERIOD
    if registration.status in CLOSED and registration.is_invited:
        return registration.status_since + INVITED_PERIOD
    return _all_anonymised_at(event) if registration.status in ADMITTED else _without_place_anonymised_at(event)


def delete_sensitive_answers(now: datetime.datetime | None = None) -> int:
    """Delete sensitive answers whose retention period has ended. Returns how many."""
    now = now or timezone.now()
    count = _each(SensitiveAnswer.objects.values("registration__event"), _delete_sensitive_answers_of, now)
    if count:
        logger.info("Deleted %d sensitive answers at the end of their retention period.", count)
    return count


def anonymise_due(now: datetime.datetime | None = None) -> int:
    """Anonymise registrations whose retention period has ended. Returns how many."""
    now = now or timezone.now()
    count = _each(Registration.objects.filter(anonymised_at=None).values("event"), _anonymise_due_of, now)
    if count:
        logger.info("Anonymised %d registrations at the end of their retention period.", count)
    return count


def anonymise_unconfirmed(now: datetime.datetime | None = None) -> int:
    """Anonymise closed registrations of people who never acted themselves. Returns how many.

    They did not confirm their address (due after `UNCONFIRMED_PERIOD`) or did not answer an invitation
    (`INVITED_PERIOD`).
    """
    now = now or timezone.now()
    events = sorted(set(_unconfirmed(now).values_list("event", flat=True)))
    count = _sum_of(events, _anonymise_unconfirmed_of, now)
    if count:
        logger.info("Anonymised %d registrations with an unconfirmed address or an unanswered invitation.", count)
    return count


def _unconfirmed(now: datetime.datetime) -> QuerySet[Registration]:
    unconfirmed = Q(is_address_confirmed=False, status_since__lte=now - UNCONFIRMED_PERIOD)
    unanswered = Q(is_invited=True, status_since__lte=now - INVITED_PERIOD)
    return Registration.objects.filter(unconfirmed | unanswered, status__in=CLOSED, anonymised_at=None)


def _anonymise_unconfirmed_of(event_pk: int, now: datetime.datetime) -> int:
    with locking.locked(event_pk) as event:
        batch = list(_unconfirmed(now).filter(event=event).order_by("pk")[:BATCH])
        anonymise_registrations(event, batch, now)
        return len(batch)


def anonymise(registration: Registration, now: datetime.datetime | None = None) -> None:
    """Anonymise a registration now. Call it inside a transaction that holds the event's lock."""
    if registration.anonymised_at is None:
        anonymise_registrations(registration.event, [registration], now or timezone.now())


def overwrite_deleted() -> None:
    """Empty the write-ahead log of SQLite, in which deleted rows can still be read.

    This has no effect while other processes use the log.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        timeout = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        cursor.execute("PRAGMA busy_timeout = 500")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.execute(f"PRAGMA busy_timeout = {timeout}")


def _rules(event: Event) -> RegistrationSettings:
    """Return the settings of the event. If they were deleted, return settings with the default periods."""
    return settings_of(event) or RegistrationSettings(event=event)


def _all_anonymised_at(event: Event) -> datetime.datetime | None:
    return _rules(event).anonymise_at


def _without_place_anonymised_at(event: Event) -> datetime.datetime | None:
    last = _all_anonymised_at(event)
    return min(last, event.ends_at + WITHOUT_PLACE_PERIOD) if last and event.ends_at else None


def _is_due(moment: datetime.datetime | None, now: datetime.datetime) -> bool:
    return moment is not None and moment <= now


def _each(events: QuerySet[Any, Any], work: Callable[[int, datetime.datetime], int], now: datetime.datetime) -> int:
    """Call `work` for each of the events that is over, and return the sum of the results.

    An event whose lock is not free is left for the next run.
    """
    past = Event.objects.filter(pk__in=events, ends_at__lte=now).order_by("pk")
    return _sum_of(past.values_list("pk", flat=True), work, now)


def _sum_of(events: Iterable[int], work: Callable[[int, datetime.datetime], int], now: datetime.datetime) -> int:
    count = 0
    for event_pk in events:
        try:
            count += work(event_pk, now)
        except BusyError:
            logger.info("An event was locked; its data is deleted in the next run.")
    if count:
        overwrite_deleted()
    return count


def _delete_sensitive_answers_of(event_pk: int, now: datetime.datetime) -> int:
    with locking.locked(event_pk) as event:
        if not _is_due(sensitive_answers_delete_at(event), now):
            return 0
        answers = SensitiveAnswer.objects.filter(registration__event=event)
        registrations = sorted(set(answers.values_list("registration", flat=True)))
        transitions.record_all(registrations, SCHEDULER, "delete_sensitive_answers", now)
        count, _per_model = answers.delete()
        RegistrationSettings.objects.filter(event=event).update(sensitive_erased_at=now)
        return count


def _anonymise_due_of(event_pk: int, now: datetime.datetime) -> int:
    count = 0
    for _number in range(BATCHES_IN_A_RUN):
        done = _anonymise_batch(event_pk, now)
        count += done
        if done < BATCH:
            break
    return count


def _anonymise_batch(event_pk: int, now: datetime.datetime) -> int:
    with locking.locked(event_pk) as event:
        named = Registration.objects.filter(event=event, anonymised_at=None)
        is_all_due = _is_due(_all_anonymised_at(event), now)
        due = named if is_all_due else named.exclude(status__in=ADMITTED)
        if not (is_all_due or _is_due(_without_place_anonymised_at(event), now)):
            return 0
        batch = list(due.order_by("pk")[:BATCH])
        anonymise_registrations(event, batch, now)
        if is_all_due and len(batch) < BATCH:
            clear_messages(event)
            RegistrationSettings.objects.filter(event=event).update(anonymised_at=now)
        return len(batch)
