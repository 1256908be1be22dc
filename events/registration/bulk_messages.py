"""Messages from the organiser to a group of participants: sent once, to the recipients that were previewed."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping

from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from events.enums import MailKind
from events.models import Event, Message, OutboxMail
from events.registration import locking
from events.registration.actor import Actor
from events.registration.errors import AudienceChangedError
from events.registration.mail import queue
from events.registration.mail.rendering import render
from events.registration.queries import Filters, audience, fingerprint

# {"en": {"subject": …, "body": …}, …}
Texts = Mapping[str, Mapping[str, str]]
# Marks, in `Message.audience`, a message that was only sent to its author.
TEST = "test"


def languages_of(event: Event, filters: Filters) -> dict[str, int]:
    """Return the number of recipients by language, the most frequent language first."""
    grouped = audience(event, filters).order_by().values("language").annotate(number=Count("pk"))
    rows = [(row["language"], row["number"]) for row in grouped]
    return dict(sorted(rows, key=lambda item: (-item[1], item[0])))


def preview(event: Event, texts: Texts, language: str, recipient: str) -> EmailMultiAlternatives:
    """Return the email in `language`, without the name and the personal link of a participant."""
    return render(_mail(event, Message(event=event, texts=dict(texts)), language, recipient))


def send_test(event: Event, texts: Texts, actor: Actor, recipient: str, languages: list[str]) -> int:
    """Queue the message to its author only, once for each language. Returns the number of languages."""
    with transaction.atomic():
        message = Message.objects.create(event=event, user=actor.user, texts=dict(texts), audience={TEST: True})
        for language in languages:
            queue.enqueue(event, MailKind.MESSAGE, recipient=recipient, language=language, message=message)
    return len(languages)


def send(
    event_id: int,
    texts: Texts,
    filters: Filters,
    actor: Actor,
    key: uuid.UUID,
    expected: str,
    now: datetime.datetime | None = None,
) -> Message:
    """Queue the message to everybody who passes the filters now. The same `key` sends only once.

    Raises AudienceChangedError when the recipients are not those whose `queries.fingerprint` is `expected`, and BusyError.
    """
    now = now or timezone.now()
    with locking.locked(event_id) as event:
        known = Message.objects.filter(event=event, audience__key=str(key)).first()
        if known is not None:
            return known
        recipients = audience(event, filters)
        if fingerprint(recipients) != expected:
            raise AudienceChangedError
        registrations = list(recipients)
        message = Message.objects.create(
            event=event,
            user=actor.user,
            at=now,
            texts=dict(texts),
            audience={**filters.as_detail(), "key": str(key)},
            recipient_count=len(registrations),
        )
        for registration in registrations:
            registration.event = event
        queue.enqueue_all(event, MailKind.MESSAGE, registrations, message=message)
        return message


def sent_messages(event: Event) -> list[Message]:
    """Return the event's messages, newest first, without tests."""
    return [item for item in Message.objects.filter(event=event).select_related("user") if TEST not in item.audience]


def _mail(event: Event, message: Message, language: str, recipient: str) -> OutboxMail:
    return OutboxMail(event=event, kind=MailKind.MESSAGE, message=message, language=language, recipient=recipient)
