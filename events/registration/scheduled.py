"""What the clock does to registrations. Safe to run twice at once: each event is looked at again under its lock."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from events.enums import EventPhase, MailKind
from events.models import Event, OutboxMail, Registration, RegistrationSettings
from events.registration import locking, transitions
from events.registration.actor import CLOCK
from events.registration.commands import steps
from events.registration.errors import BusyError
from events.registration.mail import queue
from events.registration.seats import OFF, next_in_line, seat_counts, settings_of
from events.states import RegistrationStatus

_S = RegistrationStatus

# An organiser who closes registration by mistake has so long to open it again before anybody is told.
SECOND_THOUGHTS = datetime.timedelta(minutes=15)
# The end of a waiting list that is further back is no news any more, also where the clock stood still.
STILL_NEWS = datetime.timedelta(days=1)


def expire_offers(now: datetime.datetime | None = None) -> int:
    """End the offers that ran out, hand their seats on, and return how many ended.

    For an event that is postponed nobody could accept: its offers become places on the waiting list again.
    """
    now = now or timezone.now()
    events = Registration.objects.filter(_ran_out(now)).values_list("event_id", flat=True)
    return sum(_if_free(_expire, event_pk, now) for event_pk in sorted(set(events)))


def _if_free(deed: Callable[[int, datetime.datetime], int], event_pk: int, now: datetime.datetime) -> int:
    """Do it for an event unless its lock is busy: then the next run does, and other events are not kept waiting."""
    try:
        return deed(event_pk, now)
    except BusyError:
        return 0


def _ran_out(now: datetime.datetime) -> Q:
    """An offer ends with its time, or when the event begins: it may have been moved forward since."""
    return Q(status=_S.OFFERED) & (Q(offer_expires_at__lte=now) | Q(event__starts_at__lte=now))


def _expire(event_pk: int, now: datetime.datetime) -> int:
    with locking.locked(event_pk) as event, steps.seats_change(event, now):
        ended = list(Registration.objects.filter(_ran_out(now), event=event).order_by("offer_expires_at", "pk"))
        for registration in ended:
            registration.event = event
            if event.phase(now) == EventPhase.POSTPONED:
                transitions.move(registration, _S.WAITING, CLOCK, "offer_suspended", now)
                continue
            transitions.move(registration, _S.EXPIRED, CLOCK, "offer_expired", now)
            if event.phase(now) != EventPhase.CANCELLED:
                steps.notify(registration, MailKind.OFFER_EXPIRED)
        return len(ended)


def run_waiting_lists(now: datetime.datetime | None = None) -> int:
    """Offer seats that are free although people wait, and return how many.

    Each command that frees a seat hands it on itself; this finds what else frees one, such as a deadline that was put
    off or an event that takes place after all.
    """
    now = now or timezone.now()
    waiting = Registration.objects.filter(status=_S.WAITING).values("event")
    # Most have nothing to hand on: their lock is left alone.
    return sum(
        _if_free(_promote, event.pk, now)
        for event in Event.objects.filter(pk__in=waiting).order_by("pk")
        if next_in_line(event, seat_counts(event), now)
    )


def _promote(event_pk: int, now: datetime.datetime) -> int:
    with locking.locked(event_pk) as event, steps.seats_change(event, now) as promoted:
        pass
    return len(promoted)


def end_waiting_lists(now: datetime.datetime | None = None) -> int:
    """Tell those who wait, once, that their waiting list has ended without a place for them; return how many.

    Not at once: it may be opened again. Not where it ended long ago, and not when the event is over or off: other mail
    tells of that.
    """
    now = now or timezone.now()
    events = _in_vain().values("event")
    return sum(
        _if_free(_end_waiting_list, settings.event_id, now)
        for settings in RegistrationSettings.objects.filter(event__in=events)
        .select_related("event")
        .order_by("event_id")
        if _has_just_ended(settings, now)
    )


def _in_vain() -> QuerySet[Registration]:
    """Return those who wait and were not told yet that it was in vain."""
    told = OutboxMail.objects.filter(registration=OuterRef("pk"), kind=MailKind.NO_PLACE)
    return Registration.objects.filter(~Exists(told), status=_S.WAITING).exclude(email="")


def _has_just_ended(settings: RegistrationSettings, now: datetime.datetime) -> bool:
    end = settings.end_of_waiting
    if end is None or settings.event.phase(now) in OFF:
        return False
    return end + SECOND_THOUGHTS <= now < end + STILL_NEWS


def _end_waiting_list(event_pk: int, now: datetime.datetime) -> int:
    with locking.locked(event_pk) as event:
        settings = settings_of(event)
        if settings is None or not _has_just_ended(settings, now):
            return 0
        return queue.enqueue_all(event, MailKind.NO_PLACE, list(_in_vain().filter(event=event).order_by("pk")))


def remind(now: datetime.datetime | None = None) -> int:
    """Remind those who take part of events that begin soon, once, and return how many.

    An event that moved to a later day after that is one to be reminded of again.
    """
    now = now or timezone.now()
    may_be_due = RegistrationSettings.objects.filter(event__starts_at__gt=now, reminder_hours__gt=0)
    return sum(
        _if_free(_remind, settings.event_id, now)
        for settings in may_be_due.select_related("event").order_by("event_id")
        if _is_reminder_due(settings, now)
    )


def _is_reminder_due(settings: RegistrationSettings, now: datetime.datetime) -> bool:
    event = settings.event
    if not settings.reminder_hours or event.phase(now) != EventPhase.UPCOMING or event.starts_at is None:
        return False
    due_at = event.starts_at - datetime.timedelta(hours=settings.reminder_hours)
    return due_at <= now and (settings.reminded_at is None or settings.reminded_at < due_at)


def _remind(event_pk: int, now: datetime.datetime) -> int:
    with locking.locked(event_pk) as event:
        settings = settings_of(event)
        if settings is None or not _is_reminder_due(settings, now):
            return 0
        RegistrationSettings.objects.filter(pk=settings.pk).update(reminded_at=now)
        people = list(Registration.objects.filter(event=event, status=_S.CONFIRMED).exclude(email="").order_by("pk"))
        return queue.enqueue_all(event, MailKind.REMINDER, people)
