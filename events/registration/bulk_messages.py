"""What the organiser writes to a group of people: sent once, to whom it was previewed for."""

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
from events.registration.queries import Filters, audience

# {"en": {"subject": …, "body": …}, …}
Texts = Mapping[str, Mapping[str, str]]
TEST = "test"


def languages_of(event: Event, filters: Filters) -> dict[str, int]:
    """Return how many people of the audience read which language, the most read first."""
    grouped = audience(event, filters).order_by().values("language").annotate(number=Count("pk"))
    rows = [(row["language"], row["number"]) for row in grouped]
    return dict(sorted(rows, key=lambda item: (-item[1], item[0])))


def preview(event: Event, texts: Texts, language: str, recipient: str) -> EmailMultiAlternatives:
    """Return the mail that a reader of `language` gets, without the name and the link of anybody."""
    return render(_mail(event, Message(event=event, texts=dict(texts)), language, recipient))


def send_test(event: Event, texts: Texts, actor: Actor, recipient: str, languages: list[str]) -> int:
    """Queue the message to its writer alone, once for each language."""
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
    expected: int,
    now: datetime.datetime | None = None,
) -> Message:
    """Queue the message to everybody whom it reaches now. The same `key` sends once, whatever is clicked twice.

    Raises AudienceChangedError when it is not to `expected` people, and BusyError.
    """
    now = now or timezone.now()
    with locking.locked(event_id) as event:
        known = Message.objects.filter(event=event, audience__key=str(key)).first()
        if known is not None:
            return known
        people = list(audience(event, filters))
        if len(people) != expected:
            raise AudienceChangedError
        message = Message.objects.create(
            event=event,
            user=actor.user,
            at=now,
            texts=dict(texts),
            audience={**filters.as_detail(), "key": str(key)},
            recipient_count=len(people),
        )
        for person in people:
            person.event = event
        queue.enqueue_all(event, MailKind.MESSAGE, people, message=message)
        return message


def sent_messages(event: Event) -> list[Message]:
    """Return the event's messages, the newest first, without those that were only tried."""
    return [item for item in Message.objects.filter(event=event).select_related("user") if TEST not in item.audience]


def _mail(event: Event, message: Message, language: str, recipient: str) -> OutboxMail:
    return OutboxMail(event=event, kind=MailKind.MESSAGE, message=message, language=language, recipient=recipient)
