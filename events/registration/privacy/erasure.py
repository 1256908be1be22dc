"""Erases a participant's personal data at their request, and repeats this after a backup was restored."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.utils import timezone

from events.enums import ConsentPurpose, MailKind
from events.models import Consent, Event, Registration
from events.registration import erasure_log, transitions
from events.registration.actor import PARTICIPANT, SCHEDULER, Actor
from events.registration.commands.changes import withdraw_consent
from events.registration.errors import NotPossibleError
from events.registration.locking import lock_registration
from events.registration.mail import queue
from events.registration.mail.calendar_invitation import erased_entry_payload
from events.registration.privacy import retention
from events.registration.waiting_list import seats_change
from events.states import ATTENDING, RegistrationStatus, may_follow

_S = RegistrationStatus


def erase(registration_pk: int, actor: Actor = PARTICIPANT, now: datetime.datetime | None = None) -> None:
    """Anonymise a registration now and email the participant. Calling it twice has no further effect.

    The participant's earlier registrations for the same event, such as withdrawn ones, are anonymised too.

    If the participant has a place, it is offered to the next person on the waiting list. After the start of the event,
    a registration with a place keeps its status, so that the statistics still count who attended.
    """
    try:
        _erase(registration_pk, actor, now or timezone.now())
    except NotPossibleError:
        # Another process may have erased the registration at the same time.
        if not _is_erased(registration_pk):
            raise


def reapply_erasures(now: datetime.datetime | None = None) -> int:
    """Repeat the erasures of registrations that a restored backup contains again. Returns how many.

    The participants get no second email.
    """
    now = now or timezone.now()
    restored = Registration.objects.filter(key__in=erasure_log.erased_keys(), anonymised_at=None)
    found = sorted(restored.values_list("pk", flat=True))
    for pk in found:
        _erase_again(pk, now)
    return len(found)


def reapply_consent_withdrawals(now: datetime.datetime | None = None) -> int:
    """Repeat the withdrawals of consents that a restored backup contains again. Returns how many.

    A consent that was given after the logged withdrawal stays.
    """
    now = now or timezone.now()
    count = 0
    for (key, purpose), at in erasure_log.withdrawn_consents().items():
        restored = Consent.objects.filter(
            registration__key=key, registration__anonymised_at=None, purpose=purpose, is_given=True, withdrawn_at=None
        )
        for consent in restored.filter(at__lte=at)[:1]:
            withdraw_consent(consent.registration_id, ConsentPurpose(purpose), SCHEDULER, now)
            count += 1
    return count


def _erase(registration_pk: int, actor: Actor, now: datetime.datetime) -> None:
    if _is_erased(registration_pk):
        return
    with lock_registration(registration_pk) as registration:
        event, recipient, language = registration.event, registration.email, registration.language
        earlier = Registration.objects.of_person(registration).exclude(pk=registration.pk).select_related("event")
        with seats_change(event, now):
            _withdraw(registration, actor, now)
            # The payload is read after the calendar entry has its last sequence number and before the data are removed.
            payload = {} if _has_started(event, now) else erased_entry_payload(registration)
            _anonymise(registration, now)
            for found in earlier.order_by("pk"):
                _withdraw(found, actor, now)
                _anonymise(found, now)
        if recipient:
            queue.enqueue(event, MailKind.ERASED, recipient=recipient, language=language, payload=payload)
        transaction.on_commit(retention.overwrite_deleted, robust=True)


def _erase_again(registration_pk: int, now: datetime.datetime) -> None:
    """Anonymise one registration of the erasure log. The participant's other registrations have entries of their own."""
    if _is_erased(registration_pk):
        return
    with lock_registration(registration_pk) as registration:
        with seats_change(registration.event, now):
            _withdraw(registration, SCHEDULER, now)
            _anonymise(registration, now)
        transaction.on_commit(retention.overwrite_deleted, robust=True)


def _withdraw(registration: Registration, actor: Actor, now: datetime.datetime) -> None:
    """Set the last status of the registration, and record the erasure in its history."""
    has_place_at_event = _has_started(registration.event, now) and registration.status in ATTENDING
    if may_follow(registration.status, _S.WITHDRAWN) and not has_place_at_event:
        transitions.move(registration, _S.WITHDRAWN, actor, "erase", now)
    else:
        transitions.record(registration, actor, "erase", now)


def _anonymise(registration: Registration, now: datetime.datetime) -> None:
    erasure_log.record(registration.key, now)
    retention.anonymise(registration, now)


def _has_started(event: Event, now: datetime.datetime) -> bool:
    return event.starts_at is not None and now >= event.starts_at


def _is_erased(registration_pk: int) -> bool:
    return Registration.objects.filter(pk=registration_pk, anonymised_at__isnull=False).exists()
