"""People who come: by the form, or by the hand of the staff."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping, Sequence

from django.db.models import Q
from django.utils import timezone

from events.enums import ConsentPurpose, MailKind, Mode
from events.models import Event, OutboxMail, Registration
from events.registration import locking, tokens, transitions
from events.registration.actor import PERSON, Actor
from events.registration.addresses import email_key
from events.registration.commands import steps
from events.registration.commands.answers import store
from events.registration.consents import record as record_consents
from events.registration.errors import (
    AlreadyRegisteredError,
    ClosedError,
    FullError,
    ModeNotOfferedError,
    NotOpenYetError,
    NotSetUpError,
)
from events.registration.mail import queue
from events.registration.schemas import Applicant, GivenAnswer, GivenConsent, Outcome
from events.registration.seats import SeatCount, end_of_queue, moves_up, seat_counts, settings_of
from events.states import ACTIVE, CLOSED, RegistrationStatus
from home.http import page_cache

CONFIRMATION_MAIL = {
    RegistrationStatus.PENDING: MailKind.RECEIVED,
    RegistrationStatus.CONFIRMED: MailKind.CONFIRMED,
    RegistrationStatus.WAITING: MailKind.WAITING,
}

# Where a form is sent again after a while, what its sender was told the first time is told again.
RESUBMISSION_STATUS = {
    RegistrationStatus.OFFERED: RegistrationStatus.WAITING,
    RegistrationStatus.ATTENDED: RegistrationStatus.CONFIRMED,
}


def register(
    event_id: int,
    applicant: Applicant,
    answers: Sequence[GivenAnswer],
    consents: Sequence[GivenConsent],
    submission_key: uuid.UUID,
    now: datetime.datetime | None = None,
) -> Outcome:
    """Register somebody by the form. The same form sent again gives the same outcome and writes nothing, unless what it
    made has ended since: then she comes back.

    Whether the address is known is told to nobody but its owner, by mail: the outcome is that of a newcomer.

    Raises NotSetUpError, EventOffError, NotOpenYetError, ClosedError, ModeNotOfferedError, FullError and BusyError.
    """
    now = now or timezone.now()
    key = email_key(applicant.email)
    with locking.locked(event_id) as event:
        sent_before, known, key_is_taken = _earlier(event, key, submission_key)
        if sent_before is not None and sent_before.is_live:
            return _outcome(sent_before)
        counts = seat_counts(event)
        status = initial_status(event, counts, applicant.mode, now)
        if known is not None:
            _send_link(known, submission_key)
            return Outcome(status, applicant.mode, known, is_known=True)
        registration = _new(event, applicant, status, now)
        if sent_before is not None:
            # Who left comes back, with the form that she had open still.
            _free_key(sent_before)
        # Somebody went back in the browser and registered another person with the same form.
        registration.submission_key = None if key_is_taken else submission_key
        _save(registration, PERSON, "register")
        may_keep = any(item.is_given for item in consents if item.purpose == ConsentPurpose.SENSITIVE)
        store(registration, answers, may_keep_sensitive=may_keep)
        record_consents(registration, consents, now)
        queue.enqueue(event, CONFIRMATION_MAIL[status], registration)
        steps.tell_organisers(event, now)
        if counts[applicant.mode].left == 1 and registration.holds_seat:
            page_cache.purge()
        return _outcome(registration)


def initial_status(
    event: Event, counts: Mapping[Mode, SeatCount], mode: Mode, now: datetime.datetime
) -> RegistrationStatus:
    """Return the state in which somebody who comes now begins, or raise what keeps her out."""
    settings = settings_of(event)
    if settings is None or not counts:
        raise NotSetUpError
    steps.refuse_if_off(event, now)
    if settings.opens_at is None or now < settings.opens_at:
        raise NotOpenYetError
    if settings.closing is not None and now >= settings.closing:
        raise ClosedError
    if mode not in counts:
        raise ModeNotOfferedError
    if not counts[mode].is_full:
        return RegistrationStatus.PENDING if settings.needs_approval else RegistrationStatus.CONFIRMED
    if counts[mode].has_waiting_list and moves_up(event, now):
        return RegistrationStatus.WAITING
    raise FullError


def add_by_hand(
    event_id: int,
    applicant: Applicant,
    actor: Actor,
    answers: Sequence[GivenAnswer] = (),
    *,
    submission_key: uuid.UUID | None = None,
    force: bool = False,
    now: datetime.datetime | None = None,
) -> Registration:
    """Add somebody who asked the staff; she is in at once, and told if she has an address.

    It needs no open registration and no approval. `force` lets her in over the capacity and past those who wait. The
    same `submission_key` adds once, unless what it made has ended since.

    Raises NotSetUpError, EventOffError, ModeNotOfferedError, FullError, AlreadyRegisteredError and BusyError.
    """
    now = now or timezone.now()
    with locking.locked(event_id) as event:
        added = Registration.objects.filter(submission_key=submission_key).first() if submission_key else None
        if added is not None and added.status not in CLOSED:
            return added
        counts = seat_counts(event)
        if settings_of(event) is None or not counts:
            raise NotSetUpError
        steps.refuse_if_off(event, now)
        if applicant.mode not in counts:
            raise ModeNotOfferedError
        key = email_key(applicant.email)
        if key and Registration.objects.filter(event=event, email_key=key, status__in=ACTIVE).exists():
            raise AlreadyRegisteredError
        if counts[applicant.mode].is_full and not force:
            raise FullError
        if added is not None:
            _free_key(added)
        with steps.seats_change(event, now):
            registration = _new(event, applicant, RegistrationStatus.CONFIRMED, now)
            registration.added_by, registration.submission_key = actor.user, submission_key
            _save(registration, actor, "add_by_hand")
            # What the staff is told is kept with the consent that was given to it, not to the form.
            store(registration, answers, may_keep_sensitive=False)
        steps.notify(registration, MailKind.CONFIRMED)
        return registration


def _earlier(
    event: Event, key: str, submission_key: uuid.UUID
) -> tuple[Registration | None, Registration | None, bool]:
    """Return what the same form made, who is live with the address, and whether the form's key is in use."""
    sent_before: Registration | None = None
    known: Registration | None = None
    key_is_taken = False
    mine = Q(event=event, email_key=key, status__in=ACTIVE)
    found = Registration.objects.filter(Q(submission_key=submission_key) | mine)
    # Most people are new: looking costs less than reading whole rows.
    pks = list(found.values_list("pk", flat=True))
    for row in Registration.objects.filter(pk__in=pks) if pks else ():
        row.event = event if row.event_id == event.pk else row.event
        if row.submission_key == submission_key:
            if row.event_id == event.pk and row.email_key == key:
                sent_before = row
                continue
            key_is_taken = True
        if row.event_id == event.pk and row.email_key == key and row.is_live:
            known = row
    return sent_before, known, key_is_taken


def _new(event: Event, applicant: Applicant, status: RegistrationStatus, now: datetime.datetime) -> Registration:
    registration = Registration(
        event=event,
        status=status,
        mode=applicant.mode,
        language=applicant.language,
        name=applicant.name,
        email=applicant.email,
        email_key=email_key(applicant.email),
        organisation=applicant.organisation,
        profession=applicant.profession,
        country=applicant.country,
        created_at=now,
        status_since=now,
        queued_at=end_of_queue(event, applicant.mode, now) if status == RegistrationStatus.WAITING else None,
    )
    registration.token_hash = tokens.first_hash(registration)
    return registration


def _free_key(ended: Registration) -> None:
    """Let the form that made a registration which has ended make another one."""
    Registration.objects.filter(pk=ended.pk).update(submission_key=None)


def _save(registration: Registration, actor: Actor, action: str) -> None:
    registration.save(force_insert=True)
    transitions.record(registration, actor, action, registration.created_at, after=registration.status)


def _outcome(registration: Registration) -> Outcome:
    status = RegistrationStatus(registration.status)
    return Outcome(RESUBMISSION_STATUS.get(status, status), Mode(registration.mode), registration, is_known=False)


def _send_link(known: Registration, submission_key: uuid.UUID) -> None:
    """Queue the mail that only the owner of the address reads, once for each form."""
    form = str(submission_key)
    if not OutboxMail.objects.filter(registration=known, kind=MailKind.KNOWN, payload__form=form).exists():
        queue.enqueue(known.event, MailKind.KNOWN, known, payload={"form": form})
