"""What the organiser decides."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from django.utils import timezone

from events.enums import MailKind, Mode
from events.models import Event, OutboxMail, Registration, SeatPool
from events.registration import locking, transitions
from events.registration.actor import Actor
from events.registration.commands import steps
from events.registration.errors import FullError, ModeNotOfferedError, NotPossibleError
from events.registration.mail import queue
from events.registration.seats import counts_with, next_in_line, offer, seat_counts
from events.states import CLOSED, RegistrationStatus

_S = RegistrationStatus

# What a mail tells beside the registration itself.
KEPT_IN_COPIES = ("from", "to", "reason", "change", "form")

# Of each mode: the capacity (None: as many as come) and whether there is a waiting list.
Seats = Mapping[Mode, tuple[int | None, bool]]


def approve(registration_pk: int, actor: Actor, now: datetime.datetime | None = None) -> Registration:
    """Confirm a registration that waits for approval. Twice is as good as once. Raises NotPossibleError and BusyError."""
    now = now or timezone.now()
    with steps.lock_registration(registration_pk) as registration:
        if registration.status == _S.CONFIRMED:
            return registration
        if registration.status != _S.PENDING:
            raise NotPossibleError
        steps.refuse_if_off(registration.event, now)
        transitions.move(registration, _S.CONFIRMED, actor, "approve", now)
        steps.notify(registration, MailKind.CONFIRMED)
        return registration


def reject(registration_pk: int, actor: Actor, reason: str = "", now: datetime.datetime | None = None) -> Registration:
    """Do not let somebody in who is not in yet; a seat she holds goes to the next. The reason stands in her mail.

    Twice is as good as once. Raises NotPossibleError and BusyError.
    """
    return _turn_away(registration_pk, _S.REJECTED, actor, "reject", MailKind.REJECTED, reason, now)


def cancel_by_organiser(
    registration_pk: int, actor: Actor, reason: str = "", now: datetime.datetime | None = None
) -> Registration:
    """Take somebody's place away; it goes to the next. Twice is as good as once. Raises NotPossibleError and BusyError."""
    return _turn_away(registration_pk, _S.CANCELLED, actor, "cancel", MailKind.CANCELLED, reason, now)


def _turn_away(
    registration_pk: int,
    after: RegistrationStatus,
    actor: Actor,
    action: str,
    told: MailKind,
    reason: str,
    now: datetime.datetime | None,
) -> Registration:
    now = now or timezone.now()
    with steps.lock_registration(registration_pk) as registration:
        if registration.status == after:
            return registration
        with steps.seats_change(registration.event, now):
            transitions.move(registration, after, actor, action, now)
        steps.notify(registration, told, {"reason": reason} if reason else None)
        return registration


def reinstate(
    registration_pk: int, actor: Actor, *, force: bool = False, now: datetime.datetime | None = None
) -> Registration:
    """Give somebody a place whose registration has ended; with `force` over the capacity and past those who wait.

    Her link and what she told are still there; sensitive answers are gone. Twice is as good as once.

    Raises EventOffError, ModeNotOfferedError, FullError, AddressTakenError (she registered anew), NotPossibleError and BusyError.
    """
    now = now or timezone.now()
    with steps.lock_registration(registration_pk) as registration:
        if registration.status == _S.CONFIRMED:
            return registration
        if registration.status not in CLOSED:
            raise NotPossibleError
        event = registration.event
        steps.refuse_if_off(event, now)
        count = seat_counts(event).get(Mode(registration.mode))
        if count is None:
            raise ModeNotOfferedError
        if count.is_full and not force:
            raise FullError
        with steps.seats_change(event, now):
            transitions.move(registration, _S.CONFIRMED, actor, "reinstate", now)
        steps.notify(registration, MailKind.CONFIRMED)
        return registration


def offer_place(
    registration_pk: int, actor: Actor, *, force: bool = False, now: datetime.datetime | None = None
) -> Registration:
    """Offer a place to somebody who waits, past those before her; with `force` also over the capacity.

    Twice is as good as once. Raises EventOffError, ModeNotOfferedError, FullError, NotPossibleError and BusyError.
    """
    now = now or timezone.now()
    with steps.lock_registration(registration_pk) as registration:
        if registration.status == _S.OFFERED:
            return registration
        event = registration.event
        if registration.status != _S.WAITING or (event.starts_at is not None and now >= event.starts_at):
            raise NotPossibleError
        steps.refuse_if_off(event, now)
        count = seat_counts(event).get(Mode(registration.mode))
        if count is None:
            raise ModeNotOfferedError
        if not count.has_seat and not force:
            raise FullError
        with steps.seats_change(event, now):
            offer(event, registration, actor, now)
        return registration


def set_seats(event_id: int, seats: Seats, actor: Actor, now: datetime.datetime | None = None) -> list[Registration]:
    """Set capacities and waiting lists, and return those who are offered a place now.

    A mode that is not named is no longer offered. Nobody who has a seat loses it, whatever the number.
    """
    now = now or timezone.now()
    with locking.locked(event_id) as event, steps.seats_change(event, now) as promoted:
        SeatPool.objects.filter(event=event).exclude(mode__in=seats).delete()
        for mode, (capacity, has_waiting_list) in seats.items():
            SeatPool.objects.update_or_create(
                event=event, mode=mode, defaults={"capacity": capacity, "has_waiting_list": has_waiting_list}
            )
    return promoted


def preview_seats(event_id: int, seats: Seats, now: datetime.datetime | None = None) -> list[Registration]:
    """Return those who would be offered a place if the seats were set so. Nothing is written."""
    now = now or timezone.now()
    event = Event.objects.get(pk=event_id)
    pools = [
        SeatPool(event=event, mode=mode, capacity=capacity, has_waiting_list=has_waiting_list)
        for mode, (capacity, has_waiting_list) in seats.items()
    ]
    return next_in_line(event, counts_with([event], pools)[event.pk], now)


def resend(mail_pk: int, actor: Actor, now: datetime.datetime | None = None) -> OutboxMail:
    """Send a mail to a person again, as a new mail with what is true now. Raises NotPossibleError without an address."""
    now = now or timezone.now()
    mail = OutboxMail.objects.select_related("message").get(pk=mail_pk)
    if mail.registration_id is None:
        raise NotPossibleError
    with steps.lock_registration(mail.registration_id) as registration:
        if not registration.email:
            raise NotPossibleError
        kept = {name: mail.payload[name] for name in KEPT_IN_COPIES if name in mail.payload}
        copy = queue.enqueue(registration.event, MailKind(mail.kind), registration, payload=kept, message=mail.message)
        transitions.record(registration, actor, "resend", now, detail={"kind": mail.kind})
        return copy
