"""New registrations: by the public form, or added by staff."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from events.enums import ConsentPurpose, MailKind, Mode
from events.models import Event, OutboxMail, Registration
from events.registration import agreements, locking, tokens, transitions
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
from events.states import CLOSED, RegistrationStatus
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
        earlier = _earlier(event, key, submission_key)
        if earlier.from_form is not None and earlier.from_form.is_active:
            return _outcome(earlier.from_form)
        counts = seat_counts(event)
        status = initial_status(event, counts, applicant.mode, now)
        if earlier.known is not None:
            _send_link(earlier.known, submission_key)
            return Outcome(status, applicant.mode, earlier.known, is_known=True)
        registration = _new(event, applicant, status, now)
        _continue_calendar_entry(registration, earlier.closed)
        if earlier.from_form is not None:
            # A withdrawn participant registers again with the form that was still open.
            _free_key(earlier.from_form)
        # The key is taken where a person went back in the browser and registered somebody else with the same form.
        registration.submission_key = None if earlier.key_is_taken else submission_key
        _save(registration, PARTICIPANT, "register")
        may_store_sensitive = any(item.is_given for item in consents if item.purpose == ConsentPurpose.SENSITIVE)
        store(registration, answers, may_store_sensitive=may_store_sensitive)
        agreements.record(registration, answers, now)
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
        earlier = _earlier(event, email_key(applicant.email), None)
        if earlier.known is not None:
            raise AlreadyRegisteredError
        if counts[applicant.mode].is_full and not force:
            raise FullError
        if added is not None:
            _free_key(added)
        with seats_change(event, now):
            registration = _new(event, applicant, RegistrationStatus.CONFIRMED, now)
            _continue_calendar_entry(registration, earlier.closed)
            registration.added_by, registration.submission_key = actor.user, submission_key
            _save(registration, actor, "add")
            # Sensitive answers need the participant's own consent, which staff cannot give.
            store(registration, answers, may_store_sensitive=False)
        notify(registration, MailKind.CONFIRMED)
        return registration


@dataclass
class _Earlier:
    """Registrations from the same form, or with the same address at the same event."""

    from_form: Registration | None = None
    # Another active one with the address.
    known: Registration | None = None
    # One that was closed: the last of several, by the sequence of its calendar entry.
    closed: Registration | None = None
    # Whether the submission key is in use by a different registration.
    key_is_taken: bool = False


def _earlier(event: Event, key: str, submission_key: uuid.UUID | None) -> _Earlier:
    found = _Earlier()
    same = Q(event=event, email_key=key) if key else Q(pk__in=[])
    same |= Q(submission_key=submission_key) if submission_key else Q(pk__in=[])
    # Keys first: most people are new, and this query is cheaper than one that reads whole rows.
    pks = list(Registration.objects.filter(same).values_list("pk", flat=True))
    for row in Registration.objects.filter(pk__in=pks).order_by("calendar_sequence", "pk") if pks else ():
        row.event = event if row.event_id == event.pk else row.event
        is_same_person = row.event_id == event.pk and row.email_key == key
        if is_same_person and not row.is_active:
            found.closed = row
        if row.submission_key is not None and row.submission_key == submission_key:
            if is_same_person:
                found.from_form = row
                continue
            found.key_is_taken = True
        if is_same_person and row.is_active:
            found.known = row
    return found


def _new(event: Event, applicant: Applicant, status: RegistrationStatus, now: datetime.datetime) -> Registration:
    registration = Registration(
        event=event,
        status=status,
        mode=applicant.mode,
        language=applicant.language,
        name=applicant.name,
        given_name=applicant.given_name,
        family_name=applicant.family_name,
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


def _continue_calendar_entry(registration: Registration, earlier: Registration | None) -> None:
    """Give a person who registers again the calendar entry of before, which was cancelled (RFC 5546, 2.1.4)."""
    if earlier is not None:
        registration.calendar_key = earlier.calendar_key
        registration.calendar_sequence = earlier.calendar_sequence + 1 if earlier.calendar_sequence else 0


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
