"""New registrations with the public form."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Sequence

from django.utils import timezone

from events.enums import ConsentPurpose, MailKind, Mode
from events.models import OutboxMail, Registration
from events.registration import agreements, locking, session_seats
from events.registration.actor import PARTICIPANT
from events.registration.addresses import email_key
from events.registration.availability import initial_status
from events.registration.commands.answers import store
from events.registration.commands.new_registrations import (
    build,
    continue_calendar_entry,
    find_earlier,
    free_key,
    save,
)
from events.registration.commands.registration_emails import (
    CONFIRMATION_MAIL,
    notify_organisers_of_registrations,
)
from events.registration.consents import record as record_consents
from events.registration.mail import queue
from events.registration.schemas import Applicant, GivenAnswer, GivenConsent, Outcome
from events.registration.seats import seat_counts, settings_of
from events.states import RegistrationStatus
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
    *,
    sessions: Collection[uuid.UUID] = (),
) -> Outcome:
    """Register a person with the public form. `sessions` has the keys of the sessions that they choose.

    If the same form is sent again, the outcome is the same and nothing is written. If the registration from this form
    is closed, a new one is made. If the address is already registered, the outcome looks like that of a new
    registration, and the address gets an email with the personal link. So only its owner learns that it is registered.

    Raises NotSetUpError, EventOffError, NotOpenYetError, ClosedError, ModeNotOfferedError, FullError,
    SessionsChangedError, SessionsClashError and BusyError.
    """
    now = now or timezone.now()
    key = email_key(applicant.email)
    with locking.locked(event_id) as event:
        earlier = find_earlier(event, key, submission_key, applicant.name)
        if earlier.from_form is not None and earlier.from_form.is_active:
            return outcome_of(earlier.from_form)
        counts = seat_counts(event)
        status = initial_status(event, counts, applicant.mode, now)
        if earlier.known is not None:
            session_seats.check(event, sessions, now)
            send_link(earlier.known, submission_key)
            return Outcome(status, applicant.mode, earlier.known, is_known=True)
        registration = build(event, applicant, status, now)
        continue_calendar_entry(registration, earlier.closed)
        if earlier.from_form is not None:
            # A participant who has withdrawn registers again with a form that was still open.
            free_key(earlier.from_form)
        # The key is taken if a person went back in the browser and registered someone else with the same form.
        registration.submission_key = None if earlier.key_is_taken else submission_key
        save(registration, PARTICIPANT, "register")
        may_store_sensitive = any(item.is_given for item in consents if item.purpose == ConsentPurpose.SENSITIVE)
        store(registration, answers, may_store_sensitive=may_store_sensitive)
        agreements.record(registration, answers, now)
        record_consents(registration, consents, now)
        if sessions:
            session_seats.choose(registration, sessions, now)
        queue.enqueue(event, CONFIRMATION_MAIL[status], registration)
        if registration.is_address_confirmed:
            notify_organisers_of_registrations(event, now)
        if counts[applicant.mode].with_one_more(status).places != counts[applicant.mode].places:
            page_cache.purge()
        return outcome_of(registration)


def outcome_of(registration: Registration) -> Outcome:
    """Return the outcome as the sender saw it first.

    It does not reveal whether the address was confirmed or a place was offered since then.
    """
    status = RegistrationStatus(registration.status)
    settings = settings_of(registration.event)
    asked_to_confirm = settings is not None and settings.confirms_address and registration.queued_at is None
    if status != RegistrationStatus.WAITING and asked_to_confirm:
        status = RegistrationStatus.OFFERED
    else:
        status = RESUBMISSION_STATUS.get(status, status)
    return Outcome(status, Mode(registration.mode), registration, is_known=False)


def send_link(known: Registration, submission_key: uuid.UUID) -> None:
    """Queue an email with the personal link to an address that is already registered, once for each form."""
    form = str(submission_key)
    kind = MailKind.PERSONAL_LINK if known.is_address_confirmed else MailKind.CONFIRM_ADDRESS
    if not OutboxMail.objects.filter(registration=known, kind=kind, payload__form=form).exists():
        queue.enqueue(known.event, kind, known, payload={"form": form})
