"""Changes of the email address, by participants, who confirm the new address, or by staff."""

from __future__ import annotations

import datetime

from django.utils import timezone

from events.enums import MailKind
from events.models import AddressChange, Registration
from events.registration import tickets, tokens, transitions
from events.registration.actor import PARTICIPANT, Actor
from events.registration.addresses import email_key
from events.registration.commands.registration_emails import notify
from events.registration.deadlines import refuse_if_ended, refuse_if_late
from events.registration.errors import AddressTakenError, NotPossibleError, OfferExpiredError
from events.registration.locking import lock_registration
from events.registration.mail import queue
from events.registration.seats import settings_of
from events.states import RegistrationStatus

# How long a participant has to confirm a new address.
TIME_TO_CONFIRM = datetime.timedelta(hours=48)


def request_address(
    registration_pk: int, email: str, actor: Actor = PARTICIPANT, now: datetime.datetime | None = None
) -> AddressChange | None:
    """Email a link to a new address. It replaces the present address when the participant opens the link.

    An earlier new address that is not confirmed is deleted. Returns None if `email` is the present address.

    Raises EventOffError, TooLateError, NotPossibleError (closed, checked in, or the present address is not confirmed)
    and BusyError.
    """
    now = now or timezone.now()
    with lock_registration(registration_pk) as registration:
        settings = settings_of(registration.event)
        refuse_if_ended(actor, registration.event, now)
        refuse_if_late(actor, settings.changes_end_at if settings else None, now)
        _refuse_if_closed(registration)
        if not registration.is_address_confirmed:
            raise NotPossibleError
        AddressChange.objects.filter(registration=registration).delete()
        if email_key(email) == registration.email_key:
            return None
        change = AddressChange(registration=registration, email=email, expires_at=now + TIME_TO_CONFIRM)
        tokens.new_address_token(change)
        change.save()
        transitions.record(registration, actor, "request_address", now)
        queue.enqueue(registration.event, MailKind.NEW_ADDRESS, registration, recipient=email)
        return change


def confirm_new_address(change_pk: int, now: datetime.datetime | None = None) -> Registration:
    """Set the new email address of the registration. Links in earlier emails stop working.

    The new address gets an email with the new link, the earlier address a notice without it.

    Raises AddressChange.DoesNotExist (used already), OfferExpiredError (too late), AddressTakenError, NotPossibleError
    and BusyError.
    """
    now = now or timezone.now()
    pk = AddressChange.objects.values_list("registration", flat=True).get(pk=change_pk)
    with lock_registration(pk) as registration:
        change = AddressChange.objects.get(pk=change_pk, registration=registration)
        if now >= change.expires_at:
            raise OfferExpiredError
        _refuse_if_closed(registration)
        before = registration.email
        set_address(registration, change.email)
        registration.save(update_fields=["email", "email_key", "address_name", "token_version"])
        tokens.renew(registration)
        tickets.replace(registration, now)
        transitions.record(registration, PARTICIPANT, "change_address", now)
        notify(registration, MailKind.CHANGED)
        if before:
            queue.enqueue(registration.event, MailKind.OLD_ADDRESS, registration, recipient=before)
        return registration


def set_address(registration: Registration, email: str) -> None:
    """Set the address and the fields that depend on it, also of the person's earlier registrations for the same event.

    It does not save the registration, and the caller has to renew its token afterwards. Raises AddressTakenError.
    """
    earlier = list(Registration.objects.of_person(registration).exclude(pk=registration.pk))
    registration.email, registration.email_key = email, email_key(email)
    # The new address belongs to the person, even if they were registered with someone else's address before.
    registration.address_name = ""
    registration.token_version += 1
    if transitions.has_active_duplicate(registration):
        raise AddressTakenError
    AddressChange.objects.filter(registration=registration).delete()
    for found in earlier:
        found.email, found.email_key, found.address_name = registration.email, registration.email_key, ""
        found.token_version += 1
        found.save(update_fields=["email", "email_key", "address_name", "token_version"])
        tokens.renew(found)


def delete_expired(now: datetime.datetime | None = None) -> int:
    """Delete new addresses that were not confirmed in time. Returns how many were deleted."""
    expired = AddressChange.objects.filter(expires_at__lte=now or timezone.now())
    return expired.delete()[0]


def _refuse_if_closed(registration: Registration) -> None:
    if not registration.is_active or registration.status == RegistrationStatus.ATTENDED:
        raise NotPossibleError
