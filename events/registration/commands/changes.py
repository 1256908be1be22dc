"""What somebody does with her own registration; the staff may do most of it for her, and later."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

from django.utils import timezone

from events.enums import ConsentPurpose, MailKind, Mode
from events.models import Registration
from events.registration import tokens, transitions
from events.registration.actor import PERSON, Actor
from events.registration.addresses import email_key
from events.registration.commands import steps
from events.registration.commands.answers import forget_answers_of_mode, replace
from events.registration.commands.signup import CONFIRMATION_MAIL
from events.registration.consents import record as record_consents
from events.registration.consents import withdraw as take_back
from events.registration.errors import (
    AddressTakenError,
    FullError,
    ModeNotOfferedError,
    NotPossibleError,
    OfferExpiredError,
)
from events.registration.schemas import GivenAnswer, GivenConsent
from events.registration.seats import end_of_queue, moves_up, seat_counts, settings_of
from events.states import ATTENDING, RegistrationStatus

_S = RegistrationStatus

# What can be changed of a person. Her address is where the personal link goes: only the staff changes it.
FIELDS_OF_PERSON = frozenset({"name", "organisation", "profession", "country", "language"})
FIELDS_OF_STAFF = FIELDS_OF_PERSON | {"email", "note"}


def change_answers(
    registration_pk: int,
    answers: Sequence[GivenAnswer],
    applicant_changes: Mapping[str, str],
    actor: Actor = PERSON,
    now: datetime.datetime | None = None,
    *,
    consents: Sequence[GivenConsent] = (),
) -> Registration:
    """Change what somebody said of herself. Nothing is written or told when it is the same as before.

    Of a registration that has ended, the staff may change the note and nothing else.

    Raises EventOffError, TooLateError, NotPossibleError (ended, came already, or a field that the actor may not change), AddressTakenError
    and Busy.
    """
    now = now or timezone.now()
    with steps.lock_registration(registration_pk) as registration:
        settings = settings_of(registration.event)
        steps.refuse_if_over(actor, registration.event, now)
        steps.refuse_if_late(actor, settings.end_of_changes if settings else None, now)
        _refuse_change(registration, applicant_changes, actor, says_more=bool(answers or consents))
        fields = [name for name, value in applicant_changes.items() if str(getattr(registration, name)) != value]
        for name in fields:
            setattr(registration, name, applicant_changes[name])
        if "email" in fields:
            _take_address(registration)
        if fields:
            registration.save(update_fields=[*fields, "email_key", "token_version"])
        if "email" in fields:
            tokens.renew(registration)
        record_consents(registration, consents, now)
        fields += replace(registration, answers)
        if fields:
            transitions.record(registration, actor, "change_answers", now, detail={"fields": fields})
        if set(fields) - {"note"}:
            steps.notify(registration, MailKind.CHANGED)
        return registration


def _refuse_change(registration: Registration, changes: Mapping[str, str], actor: Actor, *, says_more: bool) -> None:
    is_note = actor.is_staff and set(changes) == {"note"} and not says_more
    if is_note:
        return
    if not registration.is_live or (actor.is_person and registration.status == _S.ATTENDED):
        raise NotPossibleError
    if set(changes) - (FIELDS_OF_PERSON if actor.is_person else FIELDS_OF_STAFF):
        raise NotPossibleError


def _take_address(registration: Registration) -> None:
    """Give somebody the address that was set. The links that went to the earlier one, whoever reads it, stop working."""
    registration.token_version += 1
    registration.email_key = email_key(registration.email)
    if transitions.has_live_twin(registration):
        raise AddressTakenError


def switch_mode(
    registration_pk: int,
    mode: Mode,
    actor: Actor = PERSON,
    now: datetime.datetime | None = None,
    *,
    accept_waiting: bool = False,
    force: bool = False,
) -> Registration:
    """Take a seat in another way of taking part and free the old one.

    Where no seat is free, nothing changes and Full is raised; with `accept_waiting` she gives up what she has and joins
    the end of that waiting list, if there is one. `force` (of the staff) takes a seat over the capacity.

    Raises EventOffError, TooLateError, ModeNotOfferedError, FullError, NotPossibleError and BusyError.
    """
    now = now or timezone.now()
    with steps.lock_registration(registration_pk) as registration:
        if registration.mode == mode:
            return registration
        event = registration.event
        settings = settings_of(event)
        steps.refuse_if_off(event, now)
        steps.refuse_if_late(actor, settings.end_of_changes if settings else None, now)
        count = seat_counts(event).get(mode)
        if count is None:
            raise ModeNotOfferedError
        if registration.status not in {_S.PENDING, _S.CONFIRMED, _S.WAITING, _S.OFFERED}:
            raise NotPossibleError
        waits = count.is_full and not (force and actor.is_staff)
        if waits and not (accept_waiting and count.has_waiting_list and moves_up(event, now)):
            raise FullError
        with steps.seats_change(event, now):
            _switch(registration, mode, actor, now, waits=waits)
        return registration


def _switch(registration: Registration, mode: Mode, actor: Actor, now: datetime.datetime, *, waits: bool) -> None:
    before, was_in = registration.mode, registration.status in ATTENDING
    registration.mode = mode
    if waits:
        registration.queued_at = end_of_queue(registration.event, mode, now)
    detail = {"from": before, "to": mode.value}
    after = _S.WAITING if waits else _with_a_seat(registration)
    if after == registration.status:
        # Where she goes and how she joins stand in her calendar.
        registration.calendar_sequence += was_in
        registration.save(update_fields=transitions.MOVED_FIELDS)
        transitions.record(registration, actor, "switch_mode", now, detail=detail)
    else:
        transitions.move(registration, after, actor, "switch_mode", now, detail=detail)
    forget_answers_of_mode(registration, before)
    told = MailKind.CHANGED if was_in and not waits else CONFIRMATION_MAIL[after]
    steps.notify(registration, told, {"from": before, "to": mode.value})


def _with_a_seat(registration: Registration) -> RegistrationStatus:
    """Return the state of somebody who has a seat for sure: whoever was approved stays so."""
    settings = settings_of(registration.event)
    if registration.status == _S.CONFIRMED:
        return _S.CONFIRMED
    return _S.PENDING if settings and settings.needs_approval else _S.CONFIRMED


def withdraw(registration_pk: int, actor: Actor = PERSON, now: datetime.datetime | None = None) -> Registration:
    """Take somebody's own registration back; her seat goes to the next. Twice is as good as once.

    Whoever has no confirmed place may leave at any time before the event is over.

    Raises EventOffError, TooLateError, NotPossibleError (ended otherwise, or came already) and BusyError.
    """
    now = now or timezone.now()
    with steps.lock_registration(registration_pk) as registration:
        if registration.status == _S.WITHDRAWN:
            return registration
        steps.refuse_if_over(actor, registration.event, now)
        settings = settings_of(registration.event)
        if registration.status in {_S.CONFIRMED, _S.PENDING} and settings:
            steps.refuse_if_late(actor, settings.end_of_withdrawal, now)
        with steps.seats_change(registration.event, now):
            transitions.move(registration, _S.WITHDRAWN, actor, "withdraw", now)
        steps.notify(registration, MailKind.WITHDRAWN)
        steps.tell_organisers(registration.event, now)
        return registration


def accept_offer(registration_pk: int, actor: Actor = PERSON, now: datetime.datetime | None = None) -> Registration:
    """Take the offered place. Twice is as good as once.

    Raises OfferExpiredError (it ran out, whether or not the clock has said so yet), EventOffError, NotPossibleError and BusyError.
    """
    now = now or timezone.now()
    with steps.lock_registration(registration_pk) as registration:
        if registration.status in {_S.PENDING, _S.CONFIRMED}:
            return registration
        _refuse_without_offer(registration, now)
        after = _with_a_seat(registration)
        transitions.move(registration, after, actor, "accept_offer", now)
        steps.notify(registration, CONFIRMATION_MAIL[after])
        return registration


def decline_offer(registration_pk: int, actor: Actor = PERSON, now: datetime.datetime | None = None) -> Registration:
    """Leave the offered place to the next, and the waiting list. Twice is as good as once.

    Raises EventOffError, OfferExpiredError, NotPossibleError and BusyError.
    """
    now = now or timezone.now()
    with steps.lock_registration(registration_pk) as registration:
        if registration.status == _S.WITHDRAWN:
            return registration
        steps.refuse_if_over(actor, registration.event, now)
        if registration.status != _S.OFFERED:
            raise OfferExpiredError if registration.status == _S.EXPIRED else NotPossibleError
        with steps.seats_change(registration.event, now):
            transitions.move(registration, _S.WITHDRAWN, actor, "decline_offer", now)
        steps.notify(registration, MailKind.WITHDRAWN)
        return registration


def _refuse_without_offer(registration: Registration, now: datetime.datetime) -> None:
    if registration.status == _S.EXPIRED:
        raise OfferExpiredError
    if registration.status != _S.OFFERED or registration.offer_expires_at is None:
        raise NotPossibleError
    steps.refuse_if_off(registration.event, now)
    starts_at = registration.event.starts_at
    if now >= registration.offer_expires_at or (starts_at is not None and now >= starts_at):
        raise OfferExpiredError


def withdraw_consent(
    registration_pk: int, purpose: ConsentPurpose, actor: Actor = PERSON, now: datetime.datetime | None = None
) -> Registration:
    """Take a consent back, which is as easy as giving it (GDPR Art. 7(3)). Sensitive answers go with theirs."""
    now = now or timezone.now()
    with steps.lock_registration(registration_pk) as registration:
        if take_back(registration, purpose, now):
            transitions.record(registration, actor, "withdraw_consent", now, detail={"purpose": str(purpose)})
        return registration


def new_link(registration_pk: int, actor: Actor, now: datetime.datetime | None = None) -> Registration:
    """Give somebody another personal link, by mail. The links of earlier mails stop working."""
    now = now or timezone.now()
    with steps.lock_registration(registration_pk) as registration:
        registration.token_version += 1
        registration.save(update_fields=["token_version"])
        tokens.renew(registration)
        transitions.record(registration, actor, "new_link", now)
        steps.notify(registration, MailKind.KNOWN)
        return registration
