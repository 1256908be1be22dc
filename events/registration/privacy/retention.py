"""The clock of data protection: sensitive answers go first, then people become anonymous (GDPR Art. 5(1)(e)).

What is due is worked out anew each time, from the event as it is now: one that moves takes its dates along, one that is
postponed without a day keeps everything until it has one. Every part may run twice at once; what is done already is
not found again.
"""

from __future__ import annotations

import datetime
import logging
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from events.models import Event, Registration, RegistrationSettings, SensitiveAnswer
from events.registration import locking, transitions
from events.registration.actor import CLOCK
from events.registration.errors import BusyError
from events.registration.privacy.anonymise import empty_messages_of, make_anonymous
from events.registration.seats import settings_of
from events.states import ADMITTED

logger = logging.getLogger(__name__)

# Whoever never had a place goes sooner.
NEVER_IN_DAYS = datetime.timedelta(days=30)
# People of one transaction: others wait for the event's lock meanwhile, and on SQLite for the whole database.
BATCH = 100


def sensitive_answers_go_at(event: Event) -> datetime.datetime | None:
    """Return when sensitive answers are deleted; None while nobody knows when the event takes place."""
    return _rules(event).sensitive_answers_go_at


def goes_at(registration: Registration) -> datetime.datetime | None:
    """Return when somebody becomes anonymous; None while nobody knows when the event takes place."""
    event = registration.event
    return _everybody_goes_at(event) if registration.status in ADMITTED else _never_in_go_at(event)


def erase_sensitive(now: datetime.datetime | None = None) -> int:
    """Delete the sensitive answers whose time has come, and return how many."""
    now = now or timezone.now()
    count = _each(SensitiveAnswer.objects.values("registration__event"), _erase_sensitive_of, now)
    if count:
        logger.info("Deleted %d sensitive answers whose time had come.", count)
    return count


def anonymise_due(now: datetime.datetime | None = None) -> int:
    """Make everybody anonymous whose time has come, and return how many."""
    now = now or timezone.now()
    count = _each(Registration.objects.filter(anonymised_at=None).values("event"), _anonymise_due_of, now)
    if count:
        logger.info("Made %d registrations anonymous whose time had come.", count)
    return count


def anonymise(registration: Registration, now: datetime.datetime | None = None) -> None:
    """Take the person out of a registration at once. Inside a transaction that holds the event's lock."""
    if registration.anonymised_at is None:
        make_anonymous(registration.event, [registration], now or timezone.now())


def overwrite_deleted() -> None:
    """SQLite: empty the write-ahead log, in which deleted rows can still be read, unless others are busy with it."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        usual = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        cursor.execute("PRAGMA busy_timeout = 500")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.execute(f"PRAGMA busy_timeout = {usual}")


def _rules(event: Event) -> RegistrationSettings:
    """Return the settings of the event; where they were removed, the default periods still bind."""
    return settings_of(event) or RegistrationSettings(event=event)


def _everybody_goes_at(event: Event) -> datetime.datetime | None:
    return _rules(event).people_go_at


def _never_in_go_at(event: Event) -> datetime.datetime | None:
    last = _everybody_goes_at(event)
    return min(last, event.ends_at + NEVER_IN_DAYS) if last and event.ends_at else None


def _is_due(moment: datetime.datetime | None, now: datetime.datetime) -> bool:
    return moment is not None and moment <= now


def _each(events: QuerySet[Any, Any], work: Callable[[int, datetime.datetime], int], now: datetime.datetime) -> int:
    """Do something with each of these events that is over, and add up. One that is busy comes next time."""
    count = 0
    for event_pk in Event.objects.filter(pk__in=events, ends_at__lte=now).order_by("pk").values_list("pk", flat=True):
        try:
            count += work(event_pk, now)
        except BusyError:
            logger.info("An event was busy; its data protection is done with the next run.")
    if count:
        overwrite_deleted()
    return count


def _erase_sensitive_of(event_pk: int, now: datetime.datetime) -> int:
    with locking.locked(event_pk) as event:
        if not _is_due(sensitive_answers_go_at(event), now):
            return 0
        answers = SensitiveAnswer.objects.filter(registration__event=event)
        theirs = sorted(set(answers.values_list("registration", flat=True)))
        transitions.record_all(theirs, CLOCK, "erase_sensitive", now)
        count, _per_model = answers.delete()
        RegistrationSettings.objects.filter(event=event).update(sensitive_erased_at=now)
        return count


def _anonymise_due_of(event_pk: int, now: datetime.datetime) -> int:
    count = done = _anonymise_some(event_pk, now)
    while done == BATCH:
        done = _anonymise_some(event_pk, now)
        count += done
    return count


def _anonymise_some(event_pk: int, now: datetime.datetime) -> int:
    with locking.locked(event_pk) as event:
        named = Registration.objects.filter(event=event, anonymised_at=None)
        everybody = _is_due(_everybody_goes_at(event), now)
        due = named if everybody else named.exclude(status__in=ADMITTED)
        if not (everybody or _is_due(_never_in_go_at(event), now)):
            return 0
        some = list(due.order_by("pk")[:BATCH])
        make_anonymous(event, some, now)
        if everybody and len(some) < BATCH:
            empty_messages_of(event)
            RegistrationSettings.objects.filter(event=event).update(anonymised_at=now)
        return len(some)
