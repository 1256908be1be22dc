"""Registrations that staff add, and invitations to register."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.utils import timezone

from events.enums import MailKind
from events.models import Event, Registration
from events.registration import locking
from events.registration.actor import Actor
from events.registration.addresses import email_key
from events.registration.commands.answers import store
from events.registration.commands.new_registrations import (
    Earlier,
    build,
    continue_calendar_entry,
    find_earlier,
    free_key,
    save,
)
from events.registration.commands.registration_emails import notify
from events.registration.deadlines import refuse_if_inactive
from events.registration.errors import (
    AlreadyRegisteredError,
    EventOffError,
    FullError,
    ModeNotOfferedError,
    NotPossibleError,
    NotSetUpError,
)
from events.registration.mail.queue import BY_ORGANISERS
from events.registration.schemas import Applicant, GivenAnswer
from events.registration.seats import seat_counts, settings_of
from events.registration.waiting_list import seats_change
from events.states import CLOSED, RegistrationStatus


def add_registration(
    event_id: int,
    applicant: Applicant,
    actor: Actor,
    answers: Sequence[GivenAnswer] = (),
    *,
    submission_key: uuid.UUID | None = None,
    force: bool = False,
    is_imported: bool = False,
    now: datetime.datetime | None = None,
) -> Registration:
    """Add a confirmed registration on behalf of staff, and email the participant if there is an address.

    Registration need not be open, and approval is not needed. `force` also adds over the capacity and ahead of the
    waiting list. `is_imported` makes the email state that the organisers registered the participant. A second call with
    the same `submission_key` returns the first registration, unless that is closed.

    Raises NotSetUpError, EventOffError, ModeNotOfferedError, FullError, AlreadyRegisteredError and BusyError.
    """
    now = now or timezone.now()
    with _addition(event_id, applicant, submission_key, force=force, now=now) as (event, earlier):
        if earlier.from_form is not None and earlier.from_form.status not in CLOSED:
            return earlier.from_form
        with seats_change(event, now):
            registration = build(event, applicant, RegistrationStatus.CONFIRMED, now)
            _insert(registration, earlier, actor, "import" if is_imported else "add", submission_key)
            # Sensitive answers need the participant's own consent, which staff cannot give.
            store(registration, answers, may_store_sensitive=False)
        notify(registration, MailKind.CONFIRMED, {BY_ORGANISERS: True} if is_imported else None)
        return registration


def invite(
    event_id: int,
    applicant: Applicant,
    actor: Actor,
    answer_until: datetime.datetime,
    answers: Sequence[GivenAnswer] = (),
    *,
    submission_key: uuid.UUID,
    force: bool = False,
    now: datetime.datetime | None = None,
) -> Registration:
    """Hold a place for a person until they complete the form, and email them the link to it.

    The place is an offer that ends at `answer_until`, but not after the event starts. The form is filled in with
    `answers`; the person answers the questions and gives or refuses the consents themselves (`complete`). For
    `submission_key` and `force` see `add_registration`.

    Raises NotSetUpError, EventOffError (also after the event has started), ModeNotOfferedError, FullError,
    AlreadyRegisteredError, NotPossibleError (no address, or `answer_until` has passed) and BusyError.
    """
    now = now or timezone.now()
    if not applicant.email or answer_until <= now:
        raise NotPossibleError
    with _addition(event_id, applicant, submission_key, force=force, now=now) as (event, earlier):
        if earlier.from_form is not None and earlier.from_form.status not in CLOSED:
            return earlier.from_form
        if event.starts_at is not None and event.starts_at <= now:
            raise EventOffError
        with seats_change(event, now):
            registration = build(event, applicant, RegistrationStatus.OFFERED, now)
            # The address counts as confirmed because organisers entered it, so the person is not asked to confirm it.
            registration.is_address_confirmed, registration.is_invited = True, True
            registration.offer_expires_at = min(answer_until, event.starts_at) if event.starts_at else answer_until
            _insert(registration, earlier, actor, "invite", submission_key)
            store(registration, answers, may_store_sensitive=False)
        notify(registration, MailKind.INVITED)
        return registration


@contextmanager
def _addition(
    event_id: int, applicant: Applicant, submission_key: uuid.UUID | None, *, force: bool, now: datetime.datetime
) -> Iterator[tuple[Event, Earlier]]:
    """Lock the event and check that the person can be added. Yields the event and the earlier registrations.

    If an open registration has the same `submission_key`, nothing is checked: the caller returns that registration.
    """
    with locking.locked(event_id) as event:
        added = Registration.objects.filter(submission_key=submission_key).first() if submission_key else None
        if added is not None and added.status not in CLOSED:
            yield event, Earlier(from_form=added)
            return
        counts = seat_counts(event)
        if settings_of(event) is None or not counts:
            raise NotSetUpError
        refuse_if_inactive(event, now)
        if applicant.mode not in counts:
            raise ModeNotOfferedError
        earlier = find_earlier(event, email_key(applicant.email), None, applicant.name)
        if earlier.known is not None:
            raise AlreadyRegisteredError
        if counts[applicant.mode].is_full and not force:
            raise FullError
        if added is not None:
            free_key(added)
        yield event, earlier


def _insert(
    registration: Registration, earlier: Earlier, actor: Actor, action: str, submission_key: uuid.UUID | None
) -> None:
    continue_calendar_entry(registration, earlier.closed)
    registration.added_by, registration.submission_key = actor.user, submission_key
    save(registration, actor, action)
