"""The mail queue: a mail is written to the outbox in the transaction of what it tells, and sent after the commit.

Nothing here sends. `mail_queued` says that something waits; `events/apps.py` connects it to the task that does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.conf import settings
from django.db import transaction
from django.dispatch import Signal

from events.enums import MailKind
from events.models import Event, Message, OutboxMail, Registration

# Sent after the commit that queued mail. A receiver that fails stops nothing.
mail_queued = Signal()


def enqueue(
    event: Event,
    kind: MailKind,
    registration: Registration | None = None,
    recipient: str = "",
    language: str = "",
    payload: Mapping[str, object] | None = None,
    message: Message | None = None,
) -> OutboxMail:
    """Write a mail down, inside the transaction of what it tells; it leaves after the commit.

    Without a `registration` it goes to `recipient`. `payload` adds to what the registration says now: state, mode,
    deadline of an offer and the SEQUENCE of its calendar entry.
    """
    mail = _unsaved(event, kind, registration, recipient, language, payload, message)
    mail.save()
    transaction.on_commit(announce, robust=True)
    return mail


def enqueue_all(
    event: Event,
    kind: MailKind,
    registrations: Iterable[Registration],
    payload: Mapping[str, object] | None = None,
    message: Message | None = None,
) -> int:
    """Write one mail down for each registration, and return how many."""
    mails = [_unsaved(event, kind, registration, "", "", payload, message) for registration in registrations]
    OutboxMail.objects.bulk_create(mails, batch_size=500)
    transaction.on_commit(announce, robust=True)
    return len(mails)


def _unsaved(
    event: Event,
    kind: MailKind,
    registration: Registration | None,
    recipient: str,
    language: str,
    payload: Mapping[str, object] | None,
    message: Message | None,
) -> OutboxMail:
    facts: dict[str, object] = {}
    if registration is not None:
        facts = {
            "status": registration.status,
            "mode": registration.mode,
            "sequence": registration.calendar_sequence,
            "offer_expires_at": registration.offer_expires_at,
        }
    return OutboxMail(
        event=event,
        kind=kind,
        registration=registration,
        recipient=recipient,
        language=language or (registration.language if registration is not None else source_language(event)),
        payload=facts | dict(payload or {}),
        message=message,
    )


def source_language(event: Event) -> str:
    """Return the language that the event is written in."""
    page = event.find_source_page()
    return page.locale.language_code if page else settings.LANGUAGE_CODE


def announce() -> None:
    """Send `mail_queued`."""
    mail_queued.send_robust(sender=OutboxMail)


def notify_organisers(event: Event, news: str) -> int:
    """Write a mail down for each address that is told of registrations, and return how many; `news` says of what
    (`mail/messages.py`)."""
    found = getattr(event, "registration_settings", None)
    addresses = found.notified_addresses if found else []
    for address in addresses:
        enqueue(event, MailKind.ORGANISER, recipient=address, payload={"news": news})
    return len(addresses)
