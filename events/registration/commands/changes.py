"""Changes that participants make to their own registration.

Staff may make most of them too, also after the deadlines.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Mapping, Sequence

from django.utils import timezone

from events.enums import ConsentPurpose, MailKind, Mode
from events.models import AddressChange, Registration
from events.registration import agreements, session_seats, tickets, tokens, transitions
from events.registration import consents as consent_records
from events.registration.actor import PARTICIPANT, Actor
from events.registration.commands.address_changes import set_address
from events.registration.commands.answers import replace
from events.registration.commands.registration_emails import (
    CONFIRMATION_MAIL,
    notify,
    notify_organisers_of_registrations,
)
from events.registration.deadlines import refuse_if_ended, refuse_if_inactive, refuse_if_late
from events.registration.errors import (
    AddressTakenError,
    FullError,
    ModeNotOfferedError,
    NotPossibleError,
    OfferExpiredError,
)
from events.registration.locking import lock_registration
from events.registration.schemas import GivenAnswer, GivenConsent
from events.registration.seats import seat_counts, settings_of
from events.registration.waiting_list import end_of_queue, is_promoting, seats_change
from events.states import ATTENDING, RegistrationStatus
from home.names import name_key

_S = RegistrationStatus

# Fields that participants may change. A new email address needs confirmation first (`address_changes`).
PARTICIPANT_FIELDS = frozenset(
    {"name", "given_name", "family_name", "organisation", "profession", "country", "language"}
)
STAFF_FIELDS = PARTICIPANT_FIELDS | {"email", "note"}


def change_answers(
    registration_pk: int,
    answers: Sequence[GivenAnswer],
    applicant_changes: Mapping[str, str],
    actor: Actor = PARTICIPANT,
    now: datetime.datetime | None = None,
    *,
    consents: Sequence[GivenConsent] = (),
) -> Registration:
    """Change details, answers and consents. If nothing differs, nothing is stored or sent.

    Of a closed registration, staff may change only the note.

    Raises EventOffError, TooLateError, NotPossibleError (closed, checked in, or a field that the actor may not change),
    AddressTakenError and BusyError.
    """
    now = now or timezone.now()
    with lock_registration(registration_pk) as registration:
        settings = settings_of(registration.event)
        refuse_if_ended(actor, registration.event, now)
        refuse_if_late(actor, settings.changes_end_at if settings else None, now)
        _refuse_change(registration, applicant_changes, actor, has_answers=bool(answers or consents))
        fields = [name for name, value in applicant_changes.items() if str(getattr(registration, name)) != value]
        _change_details(registration, {name: applicant_changes[name] for name in fields}, now)
        before = (
            {item for item in ConsentPurpose if consent_records.has_consent(registration, item)} if consents else ()
        )
        consent_records.record(registration, consents, now)
        fields += [f"consent_{item.purpose}" for item in consents if item.is_given != (item.purpose in before)]
        fields += replace(registration, answers)
        # Only participants themselves can agree, so agreements among answers from staff are not recorded.
        fields += agreements.record(registration, answers, now) if actor.is_participant else []
        if fields:
            transitions.record(registration, actor, "change_answers", now, detail={"fields": fields})
        if set(fields) - {"note"}:
            notify(registration, MailKind.CHANGED)
        return registration


def _change_details(registration: Registration, values: Mapping[str, str], now: datetime.datetime) -> None:
    """Change fields of the registration. If the address changes, the earlier link and ticket become invalid."""
    if "email" in values:
        set_address(registration, values["email"])
    for name, value in values.items():
        setattr(registration, name, value)
    if "name" in values and registration.address_name:
        registration.address_name = name_key(registration.name)
        if transitions.has_active_duplicate(registration):
            raise AddressTakenError
    if values:
        registration.save(update_fields=[*values, "email_key", "address_name", "token_version"])
    if "email" in values:
        tokens.renew(registration)
        tickets.replace(registration, now)


def _refuse_change(registration: Registration, changes: Mapping[str, str], actor: Actor, *, has_answers: bool) -> None:
    is_only_note = actor.is_staff and set(changes) == {"note"} and not has_answers
    if is_only_note:
        return
    if not registration.is_active or (actor.is_participant and registration.status == _S.ATTENDED):
        raise NotPossibleError
    if set(changes) - (PARTICIPANT_FIELDS if actor.is_participant else STAFF_FIELDS):
        raise NotPossibleError


def switch_mode(
    registration_pk: int,
    mode: Mode,
    actor: Actor = PARTICIPANT,
    now: datetime.datetime | None = None,
    *,
    accept_waiting: bool = False,
    force: bool = False,
    withdraws_sensitive: bool = False,
) -> Registration:
    """Take a place in another attendance mode and free the old one. `switching.effects_of` returns the consequences.

    Answers to questions of the old mode are kept, and so are consents. With `withdraws_sensitive` the participant
    withdraws the consent to sensitive answers, and these are deleted.

    If no place is free, FullError is raised and nothing changes. With `accept_waiting` the participant then gives up
    their place and joins the end of the waiting list, if there is one. `force` lets staff exceed the capacity.

    Raises EventOffError, TooLateError, ModeNotOfferedError, FullError, NotPossibleError and BusyError.
    """
    now = now or timezone.now()
    with lock_registration(registration_pk) as registration:
        if registration.mode == mode:
            return registration
        event = registration.event
        settings = settings_of(event)
        refuse_if_inactive(event, now)
        refuse_if_late(actor, settings.changes_end_at if settings else None, now)
        count = seat_counts(event).get(mode)
        if count is None:
            raise ModeNotOfferedError
        if registration.status not in {_S.PENDING, _S.CONFIRMED, _S.WAITING, _S.OFFERED}:
            raise NotPossibleError
        if registration.is_invited and not actor.is_staff:
            # Invited people have to complete the form, which accepts the place, before they can switch.
            raise NotPossibleError
        waits = count.is_full and not (force and actor.is_staff)
        if waits and not (accept_waiting and count.has_waiting_list and is_promoting(event, now)):
            raise FullError
        with seats_change(event, now):
            _switch(registration, mode, actor, now, waits=waits)
        if withdraws_sensitive:
            _withdraw_consent(registration, ConsentPurpose.SENSITIVE, actor, now)
        return registration


def _switch(registration: Registration, mode: Mode, actor: Actor, now: datetime.datetime, *, waits: bool) -> None:
    before, was_attending = registration.mode, registration.status in ATTENDING
    registration.mode = mode
    if waits:
        registration.queued_at = end_of_queue(registration.event, mode, now)
    detail = {"from": before, "to": mode.value}
    after = _S.WAITING if waits else _status_with_place(registration)
    if after == registration.status:
        # The calendar entry names the venue or the online page, so it changes.
        registration.calendar_sequence += was_attending
        registration.save(update_fields=transitions.MOVED_FIELDS)
        transitions.record(registration, actor, "switch_mode", now, detail=detail)
    else:
        transitions.move(registration, after, actor, "switch_mode", now, detail=detail)
    session_seats.reassign(registration, now)
    kind = MailKind.CHANGED if was_attending and not waits else CONFIRMATION_MAIL[after]
    notify(registration, kind, {"from": before, "to": mode.value})


def _status_with_place(registration: Registration) -> RegistrationStatus:
    """Return the status of a registration that gets a place. A registration that was approved stays confirmed."""
    settings = settings_of(registration.event)
    if registration.status == _S.CONFIRMED:
        return _S.CONFIRMED
    return _S.PENDING if settings and settings.needs_approval else _S.CONFIRMED


def withdraw(registration_pk: int, actor: Actor = PARTICIPANT, now: datetime.datetime | None = None) -> Registration:
    """Withdraw a registration; its place is offered to the next person. Calling it twice has no further effect.

    The withdrawal deadline applies to confirmed and pending registrations. Others can be withdrawn until the event is
    over.

    Raises EventOffError, TooLateError, NotPossibleError (closed in another way, or checked in) and BusyError.
    """
    now = now or timezone.now()
    with lock_registration(registration_pk) as registration:
        if registration.status == _S.WITHDRAWN:
            return registration
        refuse_if_ended(actor, registration.event, now)
        settings = settings_of(registration.event)
        if registration.status in {_S.CONFIRMED, _S.PENDING} and settings:
            refuse_if_late(actor, settings.withdrawal_ends_at, now)
        had_place = registration.holds_seat
        with seats_change(registration.event, now):
            transitions.move(registration, _S.WITHDRAWN, actor, "withdraw", now)
        notify(registration, MailKind.WITHDRAWN, {"had_place": had_place})
        notify_organisers_of_registrations(registration.event, now)
        return registration


def accept_offer(
    registration_pk: int, actor: Actor = PARTICIPANT, now: datetime.datetime | None = None
) -> Registration:
    """Accept the offered place, which also confirms the email address. Calling it twice has no further effect.

    Raises OfferExpiredError after the deadline, even if the offer still has the status OFFERED. Also raises
    EventOffError, NotPossibleError (also for an invited person, who completes the form instead) and BusyError.
    """
    now = now or timezone.now()
    with lock_registration(registration_pk) as registration:
        if registration.status in {_S.PENDING, _S.CONFIRMED}:
            return registration
        _refuse_without_offer(registration, now)
        if registration.is_invited:
            raise NotPossibleError
        after = _status_with_place(registration)
        was_confirmed = registration.is_address_confirmed
        others = [] if was_confirmed else _others_of_address(registration, now)
        transitions.move(registration, after, actor, "accept_offer" if was_confirmed else "confirm_address", now)
        notify(registration, CONFIRMATION_MAIL[after])
        for other in others:
            # This confirms the address for everyone who was registered with it in the same form.
            transitions.move(other, after, actor, "confirm_address", now)
            notify(other, CONFIRMATION_MAIL[after])
        if not was_confirmed:
            notify_organisers_of_registrations(registration.event, now)
        return registration


def _others_of_address(registration: Registration, now: datetime.datetime) -> list[Registration]:
    """Return the other people of the group whose places are held until the same address is confirmed."""
    if registration.group_key is None:
        return []
    others = Registration.objects.filter(
        event=registration.event_id,
        group_key=registration.group_key,
        email_key=registration.email_key,
        status=_S.OFFERED,
        is_address_confirmed=False,
        offer_expires_at__gt=now,
    ).exclude(pk=registration.pk)
    found = list(others.order_by("pk"))
    for other in found:
        other.event = registration.event
    return found


def complete(
    registration_pk: int,
    answers: Sequence[GivenAnswer],
    applicant_changes: Mapping[str, str],
    consents: Sequence[GivenConsent],
    now: datetime.datetime | None = None,
    *,
    sessions: Collection[uuid.UUID] = (),
) -> Registration:
    """Accept an invitation with the values that the invited person entered. Calling it twice has no further effect.

    Approval is not needed, because the organisers chose the person. Raises OfferExpiredError, EventOffError,
    NotPossibleError (not invited, or a field that participants may not change), SessionsChangedError,
    SessionsClashError and BusyError.
    """
    now = now or timezone.now()
    with lock_registration(registration_pk) as registration:
        if registration.status in ATTENDING:
            return registration
        _refuse_without_offer(registration, now)
        if not registration.is_invited or set(applicant_changes) - PARTICIPANT_FIELDS:
            raise NotPossibleError
        for name, value in applicant_changes.items():
            setattr(registration, name, value)
        registration.save(update_fields=list(applicant_changes))
        consent_records.record(registration, consents, now)
        agreements.record(registration, answers, now)
        replace(registration, answers)
        session_seats.choose(registration, sessions, now)
        transitions.move(registration, _S.CONFIRMED, PARTICIPANT, "complete", now)
        notify(registration, MailKind.CONFIRMED)
        notify_organisers_of_registrations(registration.event, now)
        return registration


def decline_offer(
    registration_pk: int, actor: Actor = PARTICIPANT, now: datetime.datetime | None = None
) -> Registration:
    """Decline the offered place and end the registration. Calling it twice has no further effect.

    Raises EventOffError, OfferExpiredError, NotPossibleError and BusyError.
    """
    now = now or timezone.now()
    with lock_registration(registration_pk) as registration:
        if registration.status == _S.WITHDRAWN:
            return registration
        refuse_if_ended(actor, registration.event, now)
        if registration.status != _S.OFFERED:
            raise OfferExpiredError if registration.status == _S.EXPIRED else NotPossibleError
        with seats_change(registration.event, now):
            transitions.move(registration, _S.WITHDRAWN, actor, "decline_offer", now)
        if registration.is_address_confirmed:
            notify(registration, MailKind.WITHDRAWN, {"declined": True})
        return registration


def _refuse_without_offer(registration: Registration, now: datetime.datetime) -> None:
    if registration.status == _S.EXPIRED:
        raise OfferExpiredError
    if registration.status != _S.OFFERED or registration.offer_expires_at is None:
        raise NotPossibleError
    refuse_if_inactive(registration.event, now)
    starts_at = registration.event.starts_at
    if now >= registration.offer_expires_at or (starts_at is not None and now >= starts_at):
        raise OfferExpiredError


def withdraw_consent(
    registration_pk: int, purpose: ConsentPurpose, actor: Actor = PARTICIPANT, now: datetime.datetime | None = None
) -> Registration:
    """Withdraw a consent (GDPR Art. 7(3)), also in the participant's earlier registrations for the same event.

    Sensitive answers are deleted if the consent to them is withdrawn.
    """
    now = now or timezone.now()
    with lock_registration(registration_pk) as registration:
        earlier = Registration.objects.of_person(registration).exclude(pk=registration.pk).select_related("event")
        for found in [registration, *earlier.order_by("pk")]:
            _withdraw_consent(found, purpose, actor, now)
        return registration


def _withdraw_consent(
    registration: Registration, purpose: ConsentPurpose, actor: Actor, now: datetime.datetime
) -> None:
    if consent_records.withdraw(registration, purpose, now):
        transitions.record(registration, actor, "withdraw_consent", now, detail={"purpose": str(purpose)})


def renew_link(registration_pk: int, actor: Actor, now: datetime.datetime | None = None) -> Registration:
    """Email the participant a new personal link. The links in earlier emails stop working."""
    now = now or timezone.now()
    with lock_registration(registration_pk) as registration:
        registration.token_version += 1
        registration.save(update_fields=["token_version"])
        tokens.renew(registration)
        tickets.replace(registration, now)
        # Someone with the earlier link may have entered another address. Confirming it would give them the new link.
        AddressChange.objects.filter(registration=registration).delete()
        transitions.record(registration, actor, "renew_link", now)
        notify(registration, MailKind.PERSONAL_LINK)
        return registration
