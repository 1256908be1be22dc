"""Everything personal goes, because the person asks for it."""

from __future__ import annotations

import datetime

from django.utils import timezone

from events.enums import MailKind
from events.models import Registration
from events.registration import moves, outbox
from events.registration.actor import PERSON, Actor
from events.registration.commands import steps
from events.states import IN, RegistrationState


def erase(registration_pk: int, actor: Actor = PERSON, now: datetime.datetime | None = None) -> None:
    """Make somebody anonymous now and tell her so; a seat she holds goes to the next. Twice is as good as once.

    Whether she came, when the event has begun, stays among the counts.
    """
    from events.registration import retention  # noqa: PLC0415

    now = now or timezone.now()
    if Registration.objects.filter(pk=registration_pk, anonymised_at__isnull=False).exists():
        return
    with steps.at_hand(registration_pk) as registration:
        event, recipient, language = registration.event, registration.email, registration.language
        with steps.seats_change(event, now):
            has_begun = event.starts_at is not None and now >= event.starts_at
            if registration.is_live and not (has_begun and registration.state in IN):
                moves.move(registration, RegistrationState.WITHDRAWN, actor, "erase", now)
            else:
                moves.record(registration, actor, "erase", now)
            retention.anonymise(registration)
        if recipient:
            outbox.queue(event, MailKind.ERASED, recipient=recipient, language=language)
