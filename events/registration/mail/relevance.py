"""Whether a queued email is still relevant when it is about to be sent."""

from __future__ import annotations

import datetime
from collections.abc import Set as AbstractSet

from events.enums import CALLED_OFF_PHASES, EventPhase, MailKind, SeatStatus
from events.models import AddressChange, OutboxMail, SessionSeat
from events.states import ACTIVE, ATTENDING, CLOSED, RegistrationStatus

_K, _S = MailKind, RegistrationStatus

# For each kind of email, the statuses of the registration in which it is relevant.
RELEVANT_STATUSES: dict[str, AbstractSet[str]] = {
    _K.CONFIRM_ADDRESS: {_S.OFFERED},
    _K.GROUP: set(_S),
    _K.RECEIVED: {_S.PENDING},
    _K.WAITING: {_S.WAITING},
    _K.INVITED: {_S.OFFERED},
    _K.OFFERED: {_S.OFFERED},
    _K.OFFER_EXPIRED: {_S.EXPIRED},
    _K.NO_PLACE: {_S.WAITING},
    _K.CONFIRMED: ATTENDING,
    _K.CHANGED: ACTIVE,
    _K.REMINDER: {_S.CONFIRMED},
    _K.EVENT_CHANGED: ACTIVE,
    _K.SESSION_PLACE: ACTIVE - {_S.WAITING},
    _K.SESSION_CHANGED: ACTIVE,
    _K.WITHDRAWN: {_S.WITHDRAWN},
    _K.REJECTED: {_S.REJECTED},
    _K.CANCELLED: {_S.CANCELLED},
    _K.EVENT_OFF: ACTIVE,
    _K.PERSONAL_LINK: ACTIVE,
    _K.CERTIFICATE: {_S.ATTENDED},
    _K.SURVEY: {_S.ATTENDED},
    _K.NEW_ADDRESS: ACTIVE,
    _K.OLD_ADDRESS: set(_S),
    _K.MESSAGE: set(_S) - CLOSED,
    _K.ERASED: set(_S),
    _K.ORGANISER: set(_S),
}
# Kinds that are not sent after the event was cancelled or postponed, because another email announces that.
NOT_WHEN_CALLED_OFF = frozenset(
    {
        _K.CONFIRM_ADDRESS,
        _K.GROUP,
        _K.RECEIVED,
        _K.WAITING,
        _K.INVITED,
        _K.OFFERED,
        _K.OFFER_EXPIRED,
        _K.CONFIRMED,
        _K.CHANGED,
        _K.SESSION_PLACE,
        _K.SESSION_CHANGED,
    }
)

# Only these are sent to an unconfirmed address, because it may belong to someone who did not register.
TO_UNCONFIRMED = frozenset({_K.CONFIRM_ADDRESS, _K.PERSONAL_LINK, _K.ERASED})


# Sent only to the address that is stored with the email, never to the address of the registration.
TO_RECIPIENT = frozenset({_K.NEW_ADDRESS, _K.OLD_ADDRESS, _K.ERASED, _K.ORGANISER, _K.GROUP})


def recipient_of(mail: OutboxMail) -> str:
    """Return the address of the recipient; empty if it was deleted."""
    if mail.kind in TO_RECIPIENT:
        return mail.recipient
    return mail.recipient or (mail.registration.email if mail.registration else "")


def is_still_relevant(mail: OutboxMail, now: datetime.datetime) -> bool:
    """Return whether an email has a recipient and is correct for the present state of registration and event."""
    if not recipient_of(mail):
        return False
    registration = mail.registration
    if registration is not None and registration.status not in RELEVANT_STATUSES[mail.kind]:
        return False
    if registration is not None and not registration.is_address_confirmed and mail.kind not in TO_UNCONFIRMED:
        return False
    if mail.kind in {MailKind.SESSION_PLACE, MailKind.SESSION_CHANGED} and not _has_chosen(mail):
        return False
    if mail.kind == MailKind.NEW_ADDRESS and not AddressChange.objects.filter(
        registration=registration, email=mail.recipient, expires_at__gt=now
    ):
        return False
    if mail.kind in {MailKind.INVITED, MailKind.OFFERED, MailKind.CONFIRM_ADDRESS} and registration is not None:
        expires_at = registration.offer_expires_at
        if expires_at is not None and expires_at <= now:
            return False
    return _fits_event(mail, now)


def _has_chosen(mail: OutboxMail) -> bool:
    """Return whether the participant still has the session of the email.

    If the email is about their place in the session, they must still have the place.
    """
    seats = SessionSeat.objects.filter(registration=mail.registration, session__key=mail.payload.get("session"))
    return (seats.filter(status=SeatStatus.HELD) if mail.kind == MailKind.SESSION_PLACE else seats).exists()


def _fits_event(mail: OutboxMail, now: datetime.datetime) -> bool:
    phase = mail.event.phase(now)
    if mail.kind in {MailKind.REMINDER, MailKind.NO_PLACE}:
        return phase == EventPhase.UPCOMING
    if mail.kind == MailKind.EVENT_CHANGED:
        return phase in {EventPhase.UPCOMING, EventPhase.RUNNING}
    if mail.kind == MailKind.EVENT_OFF:
        # If the status has changed twice, such as to postponed and then to cancelled, only the last email is sent.
        return mail.event.status == mail.payload.get("event_status", mail.event.status) and phase in CALLED_OFF_PHASES
    return mail.kind not in NOT_WHEN_CALLED_OFF or phase not in CALLED_OFF_PHASES
