"""What the commands share: to lock, to find, and to do what follows when seats were taken or freed."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager

from events.enums import MailKind, MailStatus, Mode
from events.models import Event, OutboxMail, Registration
from events.registration import locking
from events.registration.actor import Actor
from events.registration.errors import EventOffError, NotPossibleError, TooLateError
from events.registration.mail import queue
from events.registration.seats import OFF, OVER, promote, seat_counts, settings_of
from home.http import page_cache

# Organisers hear of registrations at most this often.
NEWS_TIME = datetime.timedelta(minutes=15)
NEWS = "registrations"


@contextmanager
def lock_registration(registration_pk: int) -> Iterator[Registration]:
    """Lock the event of a registration and yield the registration as it is then, with its event.

    Raises Registration.DoesNotExist, BusyError, and NotPossibleError when the person is anonymous already.
    """
    event_pk = Registration.objects.values_list("event_id", flat=True).get(pk=registration_pk)
    with locking.locked(event_pk) as event:
        registration = Registration.objects.get(pk=registration_pk)
        registration.event = event
        if registration.anonymised_at:
            raise NotPossibleError
        yield registration


@contextmanager
def seats_change(event: Event, now: datetime.datetime) -> Iterator[list[Registration]]:
    """Do what follows from what is done inside: free seats go to those who wait, kept pages that are wrong go.

    Yields a list that holds, afterwards, those who were offered a seat.
    """
    before = _fullness(event)
    promoted: list[Registration] = []
    yield promoted
    promoted += promote(event, now)
    if _fullness(event) != before:
        page_cache.purge()


def _fullness(event: Event) -> dict[Mode, bool]:
    return {mode: count.is_full for mode, count in seat_counts(event).items()}


def refuse_if_off(event: Event, now: datetime.datetime) -> None:
    if event.phase(now) in OFF:
        raise EventOffError


def refuse_if_over(actor: Actor, event: Event, now: datetime.datetime) -> None:
    """What is cancelled or over is no longer the person's to change; the staff may put records straight."""
    if actor.is_person and event.phase(now) in OVER:
        raise EventOffError


def refuse_if_late(actor: Actor, end: datetime.datetime | None, now: datetime.datetime) -> None:
    """Deadlines bind the person; the staff may do things later."""
    if actor.is_person and end is not None and now >= end:
        raise TooLateError


def notify(registration: Registration, kind: MailKind, payload: dict[str, object] | None = None) -> None:
    """Queue a mail to the person, if the organiser has an address of her."""
    if registration.email:
        queue.enqueue(registration.event, kind, registration, payload=payload)


def tell_organisers(event: Event, now: datetime.datetime) -> None:
    """Queue mail to those who are told of registrations, unless one that tells of earlier ones has yet to leave."""
    settings = settings_of(event)
    if settings is None or not settings.notified:
        return
    mails = OutboxMail.objects.filter(
        event=event, kind=MailKind.ORGANISER, status=MailStatus.QUEUED, attempts=0, payload__news=NEWS
    )
    if mails.exists():
        return
    queue.notify_organisers(event, NEWS)
    mails.update(next_try_at=now + NEWS_TIME)
