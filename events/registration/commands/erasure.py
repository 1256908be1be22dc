"""Everything personal goes, because the person asks for it."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.utils import timezone

from events.enums import ConsentPurpose, MailKind
from events.models import Consent, Registration
from events.registration import transitions
from events.registration.actor import CLOCK, PERSON, Actor
from events.registration.commands import steps
from events.registration.commands.changes import withdraw_consent
from events.registration.errors import NotPossibleError
from events.registration.mail import queue
from events.registration.mail.calendar_invitation import farewell_to
from events.registration.privacy import erasure_log, retention
from events.states import ATTENDING, RegistrationStatus, may_follow

_S = RegistrationStatus


def erase(registration_pk: int, actor: Actor = PERSON, now: datetime.datetime | None = None) -> None:
    """Make somebody anonymous now and tell her so; a seat she holds goes to the next. Twice is as good as once.

    Whether she came, when the event has begun, stays among the counts.
    """
    try:
        _erase(registration_pk, actor, now or timezone.now(), tells=True)
    except NotPossibleError:
        # Somebody else was faster.
        if not _is_done(registration_pk):
            raise


def erase_again(now: datetime.datetime | None = None) -> int:
    """After a backup was restored: erase anew what had been erased since, telling nobody twice. Return how many."""
    now = now or timezone.now()
    back = Registration.objects.filter(key__in=erasure_log.keys(), anonymised_at=None)
    found = sorted(back.values_list("pk", flat=True))
    for pk in found:
        _erase(pk, CLOCK, now, tells=False)
    return len(found)


def take_back_again(now: datetime.datetime | None = None) -> int:
    """After a backup was restored: take consents back that had been taken back since. Return how many.

    One that was given after that stands.
    """
    now = now or timezone.now()
    count = 0
    for (key, purpose), at in erasure_log.taken_back().items():
        back = Consent.objects.filter(
            registration__key=key, registration__anonymised_at=None, purpose=purpose, is_given=True, withdrawn_at=None
        )
        for consent in back.filter(at__lte=at)[:1]:
            withdraw_consent(consent.registration_id, ConsentPurpose(purpose), CLOCK, now)
            count += 1
    return count


def _erase(registration_pk: int, actor: Actor, now: datetime.datetime, *, tells: bool) -> None:
    if _is_done(registration_pk):
        return
    with steps.lock_registration(registration_pk) as registration:
        event, recipient, language = registration.event, registration.email, registration.language
        with steps.seats_change(event, now):
            has_begun = event.starts_at is not None and now >= event.starts_at
            if may_follow(registration.status, _S.WITHDRAWN) and not (has_begun and registration.status in ATTENDING):
                transitions.move(registration, _S.WITHDRAWN, actor, "erase", now)
            else:
                transitions.record(registration, actor, "erase", now)
            # Read before it goes.
            farewell = {} if has_begun else farewell_to(registration)
            erasure_log.remember(registration.key, now)
            retention.anonymise(registration, now)
        if recipient and tells:
            queue.enqueue(event, MailKind.ERASED, recipient=recipient, language=language, payload=farewell)
        transaction.on_commit(retention.overwrite_deleted, robust=True)


def _is_done(registration_pk: int) -> bool:
    return Registration.objects.filter(pk=registration_pk, anonymised_at__isnull=False).exists()
