"""New registrations: by the public form, or added by staff."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence

from django.db.models import Q
from django.utils import timezone

from events.enums import ConsentPurpose, MailKind, Mode
from events.models import Event, OutboxMail, Registration
from events.registration import locking, tokens, transitions
from events.registration.actor import PARTICIPANT, Actor
from events.registration.addresses import email_key
from events.registration.availability import initial_status
from events.registration.commands.answers import store
from events.registration.commands.registration_emails import (
    CONFIRMATION_MAIL,
    notify,
    notify_organisers_of_registrations,
)
from events.registration.consents import record as record_consents
from events.registration.deadlines import refuse_if_inactive
from events.registration.errors import AlreadyRegisteredError, FullError, ModeNotOfferedError, NotSetUpError
from events.registration.mail import queue
from events.registration.schemas import Applicant, GivenAnswer, GivenConsent, Outcome
from events.registration.seats import seat_counts, settings_of
from events.registration.waiting_list import end_of_queue, hold_end, seats_change
from events.states import ACTIVE, CLOSED, RegistrationStatus
from home.http import page_cache

# When the same form is sent again later, the sender sees the same status as the first time.
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
    """Register a person by the public form.

    If the same form is sent again, the outcome is the same and nothing is written. If the registration from this form is
    closed, a new one is made. For an address that is already registered, the outcome is that of a new registration, and
    the address gets an email with the personal link. So only its owner learns that it is registered.

    Raises NotSetUpError, EventOffError, NotOpenYetError, ClosedError, ModeNotOfferedError, FullError and BusyError.
    """
    now = now or timezone.now()
    key = email_key(applicant.email)
    with locking.locked(event_id) as event:
        sent_before, known, key_is_taken = _earlier(event, key, submission_key)
        if sent_before is not None and sent_before.is_active:
            return _outcome(sent_before)
        counts = seat_counts(event)
        status = initial_status(event, counts, applicant.mode, now)
        if known is not None:
            _send_link(known, submission_key)
            return Outcome(status, applicant.mode, known, is_known=True)
        registration = _new(event, applicant, status, now)
        if sent_before is not None:
            # A withdrawn participant registers again with the form that was still open.
            _free_key(sent_before)
        # The key is taken where a person went back in the browser and registered somebody else with the same form.
        registration.submission_key = None if key_is_taken else submission_key
        _save(registration, PARTICIPANT, "register")
        may_store_sensitive = any(item.is_given for item in consents if item.purpose == ConsentPurpose.SENSITIVE)
        store(registration, answers, may_store_sensitive=may_store_sensitive)
        record_consents(registration, consents, now)
        queue.enqueue(event, CONFIRMATION_MAIL[status], registration)
        if registration.is_address_confirmed:
            notify_organisers_of_registrations(event, now)
        if counts[applicant.mode].left == 1 and registration.holds_seat:
            page_cache.purge()
        return _outcome(registration)


def add_registration(
    event_id: int,
    applicant: Applicant,
    actor: Actor,
    answers: Sequence[GivenAnswer] = (),
    *,
    submission_key: uuid.UUID | None = None,
    force: bool = False,
    now: datetime.datetime | None = None,
) -> Registration:
    """Add a confirmed registration on behalf of staff, and email the participant if there is an address.

    Registration need not be open, and approval is not needed. `force` also adds over the capacity and ahead of the
    waiting list. The same `submission_key` adds only one registration, until this one is closed.

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
        refuse_if_inactive(event, now)
        if applicant.mode not in counts:
            raise ModeNotOfferedError
        key = email_key(applicant.email)
        if key and Registration.objects.filter(event=event, email_key=key, status__in=ACTIVE).exists():
            raise AlreadyRegisteredError
        if counts[applicant.mode].is_full and not force:
            raise FullError
        if added is not None:
            _free_key(added)
        with seats_change(event, now):
            registration = _new(event, applicant, RegistrationStatus.CONFIRMED, now)
            registration.added_by, registration.submission_key = actor.user, submission_key
            _save(registration, actor, "add")
            # Sensitive answers need the participant's own consent, which staff cannot give.
            store(registration, answers, may_store_sensitive=False)
        notify(registration, MailKind.CONFIRMED)
        return registration


def _earlier(
    event: Event, key: str, submission_key: uuid.UUID
) -> tuple[Registration | None, Registration | None, bool]:
    """Find earlier registrations from the same form or with the same address.

    Returns the registration from the same form, another active one with the address, and whether the submission key is
    in use by a different registration.
    """
    sent_before: Registration | None = None
    known: Registration | None = None
    key_is_taken = False
    same_address = Q(event=event, email_key=key, status__in=ACTIVE)
    found = Registration.objects.filter(Q(submission_key=submission_key) | same_address)
    # Keys first: most people are new, and this query is cheaper than one that reads whole rows.
    pks = list(found.values_list("pk", flat=True))
    for row in Registration.objects.filter(pk__in=pks) if pks else ():
        row.event = event if row.event_id == event.pk else row.event
        if row.submission_key == submission_key:
            if row.event_id == event.pk and row.email_key == key:
                sent_before = row
                continue
            key_is_taken = True
        if row.event_id == event.pk and row.email_key == key and row.is_active:
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
    if status == RegistrationStatus.OFFERED:
        registration.is_address_confirmed = False
        registration.offer_expires_at = hold_end(event, now)
    registration.token_hash = tokens.first_hash(registration)
    return registration


def _free_key(closed: Registration) -> None:
    """Remove the submission key of a closed registration, so that the same form can be used for a new one."""
    Registration.objects.filter(pk=closed.pk).update(submission_key=None)


def _save(registration: Registration, actor: Actor, action: str) -> None:
    registration.save(force_insert=True)
    transitions.record(registration, actor, action, registration.created_at, after=registration.status)


def _outcome(registration: Registration) -> Outcome:
    """Return the outcome as the sender saw it first: not whether the address was confirmed or an offer made since."""
    status = RegistrationStatus(registration.status)
    settings = settings_of(registration.event)
    asked_to_confirm = settings is not None and settings.confirms_address and registration.queued_at is None
    if status != RegistrationStatus.WAITING and asked_to_confirm:
        status = RegistrationStatus.OFFERED
    else:
        status = RESUBMISSION_STATUS.get(status, status)
    return Outcome(status, Mode(registration.mode), registration, is_known=False)


def _send_link(known: Registration, submission_key: uuid.UUID) -> None:
    """Queue an email with the personal link to an address that is already registered, once for each form."""
    form = str(submission_key)
    kind = MailKind.PERSONAL_LINK if known.is_address_confirmed else MailKind.CONFIRM_ADDRESS
    if not OutboxMail.objects.filter(registration=known, kind=kind, payload__form=form).exists():
        queue.enqueue(known.event, kind, known, payload={"form": form})
