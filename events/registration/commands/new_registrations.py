"""The steps that all new registrations share: finding earlier registrations of the person, and inserting the row."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass

from django.db.models import Q

from events.models import Event, Registration
from events.registration import tokens, transitions
from events.registration.actor import Actor
from events.registration.addresses import email_key
from events.registration.schemas import Applicant
from events.registration.waiting_list import end_of_queue, hold_end
from events.states import RegistrationStatus
from home.names import name_key


@dataclass
class Earlier:
    """The earlier registrations of a person: from the same form, or with the same address at the same event."""

    from_form: Registration | None = None
    # Another active registration of the person with this address.
    known: Registration | None = None
    # A closed registration of the person. If there are several, the one with the latest calendar entry.
    closed: Registration | None = None
    # Whether the submission key is in use by a different registration.
    key_is_taken: bool = False


def find_earlier(
    event: Event, key: str, submission_key: uuid.UUID | None, name: str, *, is_shared: bool = False
) -> Earlier:
    """Find the earlier registrations of a person by the address (`key` is its `email_key`) and by the key of the form.

    Several people may be registered with one address: its owner, and others whom the owner has registered in a group.
    With `is_shared`, the person is one of the others, who are distinguished by their names.
    """
    found = Earlier()
    own_name = name_key(name)
    same = Q(event=event, email_key=key) if key else Q(pk__in=[])
    same |= Q(submission_key=submission_key) if submission_key else Q(pk__in=[])
    # Only the keys are read first: most people are new, and this query is cheaper than one that reads whole rows.
    pks = list(Registration.objects.filter(same).values_list("pk", flat=True))
    for row in Registration.objects.filter(pk__in=pks).order_by("calendar_sequence", "pk") if pks else ():
        row.event = event if row.event_id == event.pk else row.event
        has_address = row.event_id == event.pk and row.email_key == key
        is_owner = not is_shared and not row.address_name
        is_same_person = has_address and (is_owner or own_name == (row.address_name or name_key(row.name)))
        if is_same_person and not row.is_active and bool(row.address_name) == is_shared:
            found.closed = row
        if row.submission_key is not None and row.submission_key == submission_key:
            if is_same_person:
                found.from_form = row
                continue
            found.key_is_taken = True
        if is_same_person and row.is_active:
            found.known = row
    return found


def build(event: Event, applicant: Applicant, status: RegistrationStatus, now: datetime.datetime) -> Registration:
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


def continue_calendar_entry(registration: Registration, earlier: Registration | None) -> None:
    """Continue the calendar entry of an earlier registration, which was cancelled (RFC 5546, 2.1.4)."""
    if earlier is not None:
        registration.calendar_key = earlier.calendar_key
        registration.calendar_sequence = earlier.calendar_sequence + 1 if earlier.calendar_sequence else 0


def free_key(closed: Registration) -> None:
    """Remove the submission key of a closed registration, so that the same form can be used for a new one."""
    Registration.objects.filter(pk=closed.pk).update(submission_key=None)


def save(registration: Registration, actor: Actor, action: str) -> None:
    registration.save(force_insert=True)
    transitions.record(registration, actor, action, registration.created_at, after=registration.status)
