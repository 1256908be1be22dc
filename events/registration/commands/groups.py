"""Registration of a group: one sender registers several people, all of them in one transaction under the event's lock."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from events.enums import MailKind
from events.models import Event, Registration
from events.registration import locking
from events.registration.actor import PARTICIPANT
from events.registration.addresses import email_key
from events.registration.availability import initial_status
from events.registration.commands.answers import store
from events.registration.commands.new_registrations import (
    Earlier,
    build,
    continue_calendar_entry,
    find_earlier,
    free_key,
    save,
)
from events.registration.commands.registration_emails import CONFIRMATION_MAIL, notify_organisers_of_registrations
from events.registration.commands.signup import outcome_of, send_link
from events.registration.errors import FullError
from events.registration.mail import queue
from events.registration.schemas import Applicant, GivenAnswer
from events.registration.seats import seat_counts
from events.registration.waiting_list import seats_change
from events.states import HOLDS_SEAT, RegistrationStatus
from home.names import name_key


@dataclass(frozen=True)
class GroupMember:
    """A person of a group. `is_shared` is true if they are registered with the sender's address and not with their own."""

    applicant: Applicant
    answers: Sequence[GivenAnswer] = ()
    is_shared: bool = False

    def submission_key(self, form_key: uuid.UUID) -> uuid.UUID:
        """Return the submission key of this person. It is the same each time that the form is sent."""
        return uuid.uuid5(form_key, f"{email_key(self.applicant.email)}:{name_key(self.applicant.name)}")


@dataclass(frozen=True)
class GroupOutcome:
    """The status of each person as it is shown to the sender, in the order of the form.

    People who were registered before are included.
    """

    statuses: list[RegistrationStatus]

    @property
    def with_place(self) -> int:
        return sum(status in HOLDS_SEAT for status in self.statuses)

    @property
    def waiting(self) -> int:
        return len(self.statuses) - self.with_place


def register_group(
    event_id: int,
    sender: str,
    members: Sequence[GroupMember],
    form_key: uuid.UUID,
    *,
    accept_waiting: bool,
    now: datetime.datetime | None = None,
) -> GroupOutcome:
    """Register all people of a group.

    With `accept_waiting`, people for whom no place is free join the waiting list. Without it, FullError is raised and
    nobody is registered. The sender gets one email about all of them, and people with an address of their own get one
    each. Nobody can agree for someone else: people give their consents on their personal page.

    If the same form is sent again, nothing is written for people whom it registered. If a person was registered in
    another way, the outcome looks like that of a new registration, and the owner of the address gets the personal link.

    Raises NotSetUpError, EventOffError, NotOpenYetError, ClosedError, ModeNotOfferedError, FullError and BusyError.
    """
    now = now or timezone.now()
    with locking.locked(event_id) as event, seats_change(event, now):
        counts = seat_counts(event)
        statuses: list[RegistrationStatus] = []
        people: list[dict[str, object]] = []
        is_new = False
        for member in members:
            key = member.submission_key(form_key)
            earlier = _find(event, member, key)
            if earlier.from_form is not None and earlier.from_form.is_active:
                statuses.append(outcome_of(earlier.from_form).status)
                people.append(_entry(member, statuses[-1], earlier.from_form.pk))
                continue
            is_new = True
            status = initial_status(event, counts, member.applicant.mode, now)
            if status == RegistrationStatus.WAITING and not accept_waiting:
                raise FullError
            statuses.append(status)
            counts[member.applicant.mode] = counts[member.applicant.mode].with_one_more(status)
            if earlier.known is not None:
                if not member.is_shared:
                    send_link(earlier.known, key)
                people.append(_entry(member, status, earlier.known.pk))
                continue
            registration = _register(event, member, status, form_key, earlier, now)
            people.append(_entry(member, status, registration.pk))
        if is_new:
            language = members[0].applicant.language
            queue.enqueue(event, MailKind.GROUP, recipient=sender, language=language, payload={"people": people})
            notify_organisers_of_registrations(event, now)
        return GroupOutcome(statuses)


def _register(
    event: Event,
    member: GroupMember,
    status: RegistrationStatus,
    form_key: uuid.UUID,
    earlier: Earlier,
    now: datetime.datetime,
) -> Registration:
    """Register a person who has no registration yet. They get an email if they have an address of their own."""
    if earlier.from_form is not None:
        free_key(earlier.from_form)
    registration = build(event, member.applicant, status, now)
    registration.group_key = form_key
    registration.address_name = name_key(member.applicant.name) if member.is_shared else ""
    registration.submission_key = None if earlier.key_is_taken else member.submission_key(form_key)
    continue_calendar_entry(registration, earlier.closed)
    save(registration, PARTICIPANT, "register_group")
    # Sensitive answers need the person's own consent.
    store(registration, member.answers, may_store_sensitive=False)
    if not member.is_shared:
        queue.enqueue(event, CONFIRMATION_MAIL[status], registration, payload={queue.BY_GROUP: True})
    return registration


def _find(event: Event, member: GroupMember, key: uuid.UUID) -> Earlier:
    applicant = member.applicant
    return find_earlier(event, email_key(applicant.email), key, applicant.name, is_shared=member.is_shared)


def _entry(member: GroupMember, status: RegistrationStatus, pk: int) -> dict[str, object]:
    """Return the data about a person for the email to the sender: name, status, mode and primary key of the registration."""
    mode = member.applicant.mode.value
    return {"name": member.applicant.name, "status": status.value, "mode": mode, "registration": pk}
