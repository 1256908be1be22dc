"""The scheduled tasks for registrations. Two may run at once, because each event is read again under its lock."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from events.enums import EventPhase, MailKind
from events.models import Event, OutboxMail, Registration, RegistrationSettings
from events.registration import locking, transitions
from events.registration.actor import SCHEDULER
from events.registration.commands.registration_emails import notify
from events.registration.errors import BusyError
from events.registration.mail import queue
from events.registration.seats import seat_counts, settings_of
from events.registration.waiting_list import next_in_line, seats_change
from events.states import RegistrationStatus

_S = RegistrationStatus

# An organiser who closes registration by mistake has this long to reopen it before participants are emailed.
NO_PLACE_DELAY = datetime.timedelta(minutes=15)
# The email that no place has become free is sent at least this long before the event.
NO_PLACE_BEFORE = datetime.timedelta(hours=24)
# No such email is sent for a waiting list that ended longer ago, for example if the scheduled tasks did not run.
NO_PLACE_LIMIT = datetime.timedelta(days=1)


def expire_offers(now: datetime.datetime | None = None) -> int:
    """End the offers that have expired, and offer their places to the next people. Returns how many offers ended.

    If the event is postponed, participants with an offer return to the waiting list, since they could not accept it.
    Places that are held for unconfirmed addresses are offers, too.
    """
    now = now or timezone.now()
    events = Registration.objects.filter(_has_expired(now)).values_list("event_id", flat=True)
    return sum(_unless_busy(_expire, event_pk, now) for event_pk in sorted(set(events)))


def _unless_busy(work: Callable[[int, datetime.datetime], int], event_pk: int, now: datetime.datetime) -> int:
    """Call `work` for an event and return its result; 0 if the event's lock is not free. The next run tries again."""
    try:
        return work(event_pk, now)
    except BusyError:
        return 0


def _has_expired(now: datetime.datetime) -> Q:
    """Return the condition for expired offers.

    An offer ends at its deadline, or when the event starts. The event may have been moved to an earlier time since.
    """
    return Q(status=_S.OFFERED) & (Q(offer_expires_at__lte=now) | Q(event__starts_at__lte=now))


def _expire(event_pk: int, now: datetime.datetime) -> int:
    with locking.locked(event_pk) as event, seats_change(event, now):
        expired = list(Registration.objects.filter(_has_expired(now), event=event).order_by("offer_expires_at", "pk"))
        for registration in expired:
            registration.event = event
            if not registration.is_address_confirmed:
                # No email is sent, because the address may belong to someone who did not register.
                transitions.move(registration, _S.EXPIRED, SCHEDULER, "confirmation_expired", now)
                continue
            if event.phase(now) == EventPhase.POSTPONED:
                transitions.move(registration, _S.WAITING, SCHEDULER, "offer_suspended", now)
                continue
            transitions.move(registration, _S.EXPIRED, SCHEDULER, "offer_expired", now)
            if event.phase(now) != EventPhase.CANCELLED:
                notify(registration, MailKind.OFFER_EXPIRED)
        return len(expired)


def promote_waiting_lists(now: datetime.datetime | None = None) -> int:
    """Offer places that are free although people wait for them. Returns how many.

    Commands that free a place offer it themselves. This function finds places that become free in another way, for
    example when a deadline is extended or when a postponed event gets a new date.
    """
    now = now or timezone.now()
    waiting = Registration.objects.filter(status=_S.WAITING).values("event")
    # First checked without the lock, because most events have nothing to offer.
    return sum(
        _unless_busy(_promote, event.pk, now)
        for event in Event.objects.filter(pk__in=waiting).order_by("pk")
        if next_in_line(event, seat_counts(event), now)
    )


def _promote(event_pk: int, now: datetime.datetime) -> int:
    with locking.locked(event_pk) as event, seats_change(event, now) as promoted:
        pass
    return len(promoted)


def end_waiting_lists(now: datetime.datetime | None = None) -> int:
    """Email people on waiting lists that have ended, once, that there is no place for them. Returns how many.

    The email is sent `NO_PLACE_DELAY` after the end of the list, because an organiser may reopen it. If the list ends
    when the event starts or shortly before, the email is sent `NO_PLACE_BEFORE` the event, so that it is still useful.
    It is not sent if the event is cancelled or postponed, or has begun.
    """
    now = now or timezone.now()
    events = _without_place().values("event")
    return sum(
        _unless_busy(_end_waiting_list, settings.event_id, now)
        for settings in RegistrationSettings.objects.filter(event__in=events)
        .select_related("event")
        .order_by("event_id")
        if _are_due(settings, now)
    )


def _without_place() -> QuerySet[Registration]:
    """Return the registrations on waiting lists that have not been emailed about the end of the list."""
    told = OutboxMail.objects.filter(registration=OuterRef("pk"), kind=MailKind.NO_PLACE)
    return Registration.objects.filter(~Exists(told), status=_S.WAITING).exclude(email="")


def _no_place_due_at(settings: RegistrationSettings) -> datetime.datetime | None:
    """Return when people on the waiting list are emailed that there is no place for them."""
    end, start = settings.waiting_ends_at, settings.event.starts_at
    if end is None or start is None:
        return None
    return min(end + NO_PLACE_DELAY, start - NO_PLACE_BEFORE)


def _are_due(settings: RegistrationSettings, now: datetime.datetime) -> bool:
    due_at = _no_place_due_at(settings)
    if due_at is None or settings.event.phase(now) != EventPhase.UPCOMING:
        return False
    return due_at <= now < due_at + NO_PLACE_LIMIT


def _end_waiting_list(event_pk: int, now: datetime.datetime) -> int:
    with locking.locked(event_pk) as event:
        settings = settings_of(event)
        due_at = _no_place_due_at(settings) if settings else None
        if settings is None or due_at is None or not _are_due(settings, now):
            return 0
        # People who join the list later have been told when it ends.
        people = _without_place().filter(event=event, queued_at__lte=due_at).order_by("pk")
        return queue.enqueue_all(event, MailKind.NO_PLACE, list(people))


def send_reminders(now: datetime.datetime | None = None) -> int:
    """Queue reminders to confirmed participants of events that start soon. Returns how many emails.

    Reminders are sent once for each event. If the event is then moved to a later day, they are sent again.
    """
    now = now or timezone.now()
    may_be_due = RegistrationSettings.objects.filter(event__starts_at__gt=now, reminder_hours__gt=0)
    return sum(
        _unless_busy(_remind, settings.event_id, now)
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
        confirmed = Registration.objects.filter(event=event, status=_S.CONFIRMED)
        return queue.enqueue_all(event, MailKind.REMINDER, list(confirmed.exclude(email="").order_by("pk")))
