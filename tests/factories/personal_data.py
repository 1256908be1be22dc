"""Registrations with a value in every field, for tests of erasure, anonymisation and export."""

from __future__ import annotations

import datetime
import uuid

from events.enums import ConsentPurpose, MailKind, MailStatus, QuestionKind
from events.models import (
    Answer,
    CheckIn,
    Consent,
    Event,
    HistoryEntry,
    Message,
    OutboxMail,
    Registration,
    SensitiveAnswer,
)
from events.registration import consents
from events.registration.encryption import encrypt
from tests.factories.registrations import NOW, make_registration

MORNING = NOW.replace(hour=7, minute=31, second=5)


def make_full_registration(event: Event, name: str = "Anna", status: str = "confirmed", **values) -> Registration:
    """Make a registration with answers, consents, history, attendance and mails."""
    fields = {
        "organisation": f"{name} Ltd",
        "profession": "nurse",
        "country": "FI",
        "note": f"{name} was called",
        "submission_key": uuid.uuid4(),
        "created_at": MORNING,
        "status_since": MORNING,
    }
    registration = make_registration(event, status, name=name, **(fields | values))
    question = {"registration": registration, "kind": QuestionKind.TEXT, "language": "en"}
    Answer.objects.create(question_key=uuid.uuid4(), label="Why?", value=f"{name} wants to", **question)
    SensitiveAnswer.objects.create(
        question_key=uuid.uuid4(), label="Diet?", encrypted_value=encrypt(f"{name} eats figs"), **question
    )
    for purpose in ConsentPurpose:
        Consent.objects.create(
            registration=registration,
            purpose=purpose,
            is_given=True,
            text="I agree.",
            text_version=consents.text_version("I agree."),
            language="en",
            at=MORNING,
        )
    HistoryEntry.objects.create(
        registration=registration,
        at=MORNING,
        actor="participant",
        action="switch_mode",
        after=status,
        detail={"from": "online", "to": "on_site", "fields": ["name"]},
    )
    CheckIn.objects.create(registration=registration, day=event.first_day, at=MORNING)
    message = Message.objects.create(
        event=event, texts={"en": {"subject": f"For {name}", "body": f"Dear {name}"}}, audience={"search": True}
    )
    for kind, mail_status in [(MailKind.CONFIRMED, MailStatus.SENT), (MailKind.MESSAGE, MailStatus.QUEUED)]:
        OutboxMail.objects.create(
            event=event,
            registration=registration,
            message=message if kind == MailKind.MESSAGE else None,
            kind=kind,
            language="en",
            status=mail_status,
            payload={"reason": f"{name} asked"},
            created_at=MORNING,
            sent_at=MORNING if mail_status == MailStatus.SENT else None,
        )
    return registration


def days_after(event: Event, days: float) -> datetime.datetime:
    return event.ends_at + datetime.timedelta(days=days)
