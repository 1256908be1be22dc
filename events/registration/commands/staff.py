"""Commands for the organisers' decisions about registrations and places."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from django.utils import timezone

from events.enums import MailKind, Mode
from events.models import Event, OutboxMail, Registration, SeatPool
from events.registration import locking, transitions
from events.registration.actor import Actor
from events.registration.commands.registration_emails import CONFIRMATION_MAIL, notify
from events.registration.deadlines import refuse_if_inactive
from events.registration.errors import FullError, ModeNotOfferedError, NotPossibleError
from events.registration.locking import lock_registration
from events.registration.mail import queue
from events.registration.mail.relevance import TO_RECIPIENT
from events.registration.seats import seat_counts, seat_counts_for_pools
from events.registration.waiting_list import next_in_line, offer, seats_change
from events.states import CLOSED, HOLDS_SEAT, RegistrationStatus

_S = RegistrationStatus
# Statuses that organisers set and can undo for many registrations at once. Registrations that were withdrawn, or whose
# offer expired, are reinstated one by one.
RESTORABLE = frozenset({_S.REJECTED, _S.CANCELLED})

# Keys of an email's payload that are copied when it is sent again. The other values are read anew from the
# registration.
COPIED_PAYLOAD = (
    "from",
    "to",
    "reason",
    "change",
    "form",
    "had_place",
    "declined",
    "before",
    "session",
    "explanation",
    queue.BY_ORGANISERS,
    queue.BY_GROUP,
)

# For each mode the capacity (None for no limit) and whether there is a waiting list.
Seats = Mapping[Mode, tuple[int | None, bool]]


def approve(registration_pk: int, actor: Actor, now: datetime.datetime | None = None) -> Registration:
    """Confirm a registration that waits for approval. Calling it twice has no further effect.

    Raises EventOffError, NotPossibleError and BusyError.
    """
    now = now or timezone.now()
    with lock_registration(registration_pk) as registration:
        if registration.status == _S.CONFIRMED:
            return registration
        if registration.status != _S.PENDING:
            raise NotPossibleError
        refuse_if_inactive(registration.event, now)
        transitions.move(registration, _S.CONFIRMED, actor, "approve", now)
        notify(registration, MailKind.CONFIRMED)
        return registration


def reject(registration_pk: int, actor: Actor, reason: str = "", now: datetime.datetime | None = None) -> Registration:
    """Reject a registration that is not confirmed yet. If it holds a place, the place is offered to the next person.

    The email contains the reason. Calling it twice has no further effect. Raises NotPossibleError and BusyError.
    """
    return _close(registration_pk, _S.REJECTED, actor, "reject", MailKind.REJECTED, reason, now)


def cancel(registration_pk: int, actor: Actor, reason: str = "", now: datetime.datetime | None = None) -> Registration:
    """Cancel a registration and offer its place to the next person. The email contains the reason.

    Calling it twice has no further effect. Raises NotPossibleError and BusyError.
    """
    return _close(registration_pk, _S.CANCELLED, actor, "cancel", MailKind.CANCELLED, reason, now)


def _close(
    registration_pk: int,
    after: RegistrationStatus,
    actor: Actor,
    action: str,
    kind: MailKind,
    reason: str,
    now: datetime.datetime | None,
) -> Registration:
    now = now or timezone.now()
    with lock_registration(registration_pk) as registration:
        if registration.status == after:
            return registration
        had_place = registration.holds_seat
        with seats_change(registration.event, now):
            transitions.move(registration, after, actor, action, now)
        notify(registration, kind, {"had_place": had_place} | ({"reason": reason} if reason else {}))
        return registration


def reinstate(
    registration_pk: int, actor: Actor, *, force: bool = False, now: datetime.datetime | None = None
) -> Registration:
    """Confirm a closed registration again. `force` does so even over the capacity and ahead of the waiting list.

    The personal link and the answers still exist, but sensitive answers were deleted. Calling it twice has no further
    effect.

    Raises EventOffError, ModeNotOfferedError, FullError, AddressTakenError (the participant registered again),
    NotPossibleError and BusyError.
    """
    now = now or timezone.now()
    with lock_registration(registration_pk) as registration:
        if registration.status == _S.CONFIRMED:
            return registration
        if registration.status not in CLOSED:
            raise NotPossibleError
        event = registration.event
        refuse_if_inactive(event, now)
        count = seat_counts(event).get(Mode(registration.mode))
        if count is None:
            raise ModeNotOfferedError
        if count.is_full and not force:
            raise FullError
        with seats_change(event, now):
            transitions.move(registration, _S.CONFIRMED, actor, "reinstate", now)
        notify(registration, MailKind.CONFIRMED)
        return registration


def restore(registration_pk: int, actor: Actor, now: datetime.datetime | None = None) -> Registration:
    """Undo a rejection or cancellation: the registration gets its earlier status again.

    A participant who had an offer returns to the waiting list. On a waiting list, participants return to their earlier
    position. Sensitive answers and places in sessions were deleted and do not come back.

    Raises EventOffError, ModeNotOfferedError, FullError, AddressTakenError (the participant registered again),
    NotPossibleError (also for an address that was never confirmed) and BusyError.
    """
    now = now or timezone.now()
    with lock_registration(registration_pk) as registration:
        if registration.status not in RESTORABLE:
            raise NotPossibleError
        event = registration.event
        refuse_if_inactive(event, now)
        after = _status_before(registration)
        count = seat_counts(event).get(Mode(registration.mode))
        if count is None:
            raise ModeNotOfferedError
        if count.is_full and after in HOLDS_SEAT:
            raise FullError
        with seats_change(event, now):
            transitions.move(registration, after, actor, "reinstate", now)
        notify(registration, CONFIRMATION_MAIL[after])
        return registration


def _status_before(registration: Registration) -> RegistrationStatus:
    """Return the status that a rejected or cancelled registration gets when it is reinstated: the one it had before.

    In place of an offer it is the waiting list. Raises NotPossibleError if the person was never on it.
    """
    entry = registration.history.filter(after=registration.status).order_by("pk").last()
    before = entry.before if entry else _S.CONFIRMED
    if before not in {_S.OFFERED, _S.WAITING}:
        return RegistrationStatus(before)
    if registration.queued_at is None:
        raise NotPossibleError
    return _S.WAITING


def offer_place(
    registration_pk: int, actor: Actor, *, force: bool = False, now: datetime.datetime | None = None
) -> Registration:
    """Offer a place to a person on the waiting list before it is their turn. `force` does so even over the capacity.

    Calling it twice has no further effect. Raises EventOffError, ModeNotOfferedError, FullError, NotPossibleError and
    BusyError.
    """
    now = now or timezone.now()
    with lock_registration(registration_pk) as registration:
        if registration.status == _S.OFFERED:
            return registration
        event = registration.event
        if registration.status != _S.WAITING or (event.starts_at is not None and now >= event.starts_at):
            raise NotPossibleError
        refuse_if_inactive(event, now)
        count = seat_counts(event).get(Mode(registration.mode))
        if count is None:
            raise ModeNotOfferedError
        if not count.has_seat and not force:
            raise FullError
        with seats_change(event, now):
            offer(event, registration, actor, now)
        return registration


def set_seats(event_id: int, seats: Seats, actor: Actor, now: datetime.datetime | None = None) -> list[Registration]:
    """Set capacities and waiting lists. Returns the registrations that get an offer of a place now.

    A mode that is missing from `seats` is no longer offered. Nobody loses their place, even if the capacity is too low.
    """
    now = now or timezone.now()
    with locking.locked(event_id) as event, seats_change(event, now) as promoted:
        SeatPool.objects.filter(event=event).exclude(mode__in=seats).delete()
        for mode, (capacity, has_waiting_list) in seats.items():
            SeatPool.objects.update_or_create(
                event=event, mode=mode, defaults={"capacity": capacity, "has_waiting_list": has_waiting_list}
            )
    return promoted


def preview_seats(event_id: int, seats: Seats, now: datetime.datetime | None = None) -> list[Registration]:
    """Return the registrations that `set_seats` would offer a place. Writes nothing."""
    now = now or timezone.now()
    event = Event.objects.get(pk=event_id)
    pools = [
        SeatPool(event=event, mode=mode, capacity=capacity, has_waiting_list=has_waiting_list)
        for mode, (capacity, has_waiting_list) in seats.items()
    ]
    return next_in_line(event, seat_counts_for_pools([event], pools)[event.pk], now)


def resend(mail_pk: int, actor: Actor, now: datetime.datetime | None = None) -> OutboxMail:
    """Queue an email to a participant again, as a new email with up-to-date content.

    Raises NotPossibleError when there is no address, or when the email went to another address than that of the
    registration.
    """
    now = now or timezone.now()
    mail = OutboxMail.objects.select_related("message").get(pk=mail_pk)
    if mail.registration_id is None or mail.kind in TO_RECIPIENT:
        raise NotPossibleError
    with lock_registration(mail.registration_id) as registration:
        if not registration.email:
            raise NotPossibleError
        payload = {name: mail.payload[name] for name in COPIED_PAYLOAD if name in mail.payload}
        copy = queue.enqueue(
            registration.event, MailKind(mail.kind), registration, payload=payload, message=mail.message
        )
        transitions.record(registration, actor, "resend", now, detail={"kind": mail.kind})
        return copy
