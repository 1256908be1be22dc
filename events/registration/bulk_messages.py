"""Messages from the organiser to a group of participants: sent once, to the recipients of the preview.

The request stores the message and its filters. Its emails are added to the outbox in batches. The transaction of each
batch also stores the last recipient, so that a process may be killed at any time and nobody gets the message twice.
`manage.py tick` continues an interrupted message. The rest is not sent if the author has lost the access that the
message needs.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Mapping

from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Count, Max
from django.utils import timezone
from django_tasks import task

from events.enums import MailKind, MailStatus
from events.models import Event, Message, OutboxMail
from events.registration import access, locking
from events.registration.actor import Actor
from events.registration.errors import AudienceChangedError, BusyError
from events.registration.mail import queue
from events.registration.mail.rendering import render
from events.registration.queries import Filters, audience, fingerprint, may_use_filters

# {"en": {"subject": …, "body": …}, …}
Texts = Mapping[str, Mapping[str, str]]
# A key in `Message.audience`: the message was sent only to its author, as a test.
TEST = "test"
# Emails that are added in one transaction. Other transactions wait for the event's lock meanwhile.
BATCH = 500
BATCHES_IN_A_ROW = 10


def languages_of(event: Event, filters: Filters) -> dict[str, int]:
    """Return the number of recipients by language, the most frequent language first."""
    grouped = audience(event, filters).order_by().values("language").annotate(number=Count("pk"))
    rows = [(row["language"], row["number"]) for row in grouped]
    return dict(sorted(rows, key=lambda item: (-item[1], item[0])))


def preview(event: Event, texts: Texts, language: str, recipient: str) -> EmailMultiAlternatives:
    """Return the email in `language`, without the name and the personal link of a participant."""
    return render(_mail(event, Message(event=event, texts=dict(texts)), language, recipient))


def send_test(event: Event, texts: Texts, actor: Actor, recipient: str, languages: list[str]) -> int:
    """Queue the message only to its author, once for each language. Returns the number of languages."""
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
    """Store the message, and begin to queue it to everyone who matches the filters.

    A second call with the same `key` returns the first message. `expected` is the `queries.fingerprint` of the recipients
    in the preview: raises AudienceChangedError if they have changed, and BusyError if the event stays locked.
    """
    now = now or timezone.now()
    with locking.locked(event_id) as event:
        known = Message.objects.filter(event=event, audience__key=str(key)).first()
        if known is not None:
            return known
        recipients = audience(event, filters)
        if fingerprint(recipients) != expected:
            raise AudienceChangedError
        message = Message.objects.create(
            event=event,
            user=actor.user,
            at=now,
            texts=dict(texts),
            audience={**filters.as_detail(), "key": str(key)},
            recipient_count=recipients.count(),
            pending={"filters": filters.as_json(), "last": recipients.aggregate(last=Max("pk"))["last"] or 0},
        )
        # The first batch is queued within the request, so a message to few people is done at once.
        _queue_batch(event, message)
        if message.is_open:
            transaction.on_commit(lambda: continue_message.enqueue(message.pk), robust=True)
        return message


@task()
def continue_message(pk: int) -> None:
    """Add emails of a message to the outbox.

    Other tasks run between two calls. Two processes may run it at the same time.
    """
    for _number in range(BATCHES_IN_A_ROW):
        try:
            if not _continue(pk):
                return
        except BusyError:
            # Another transaction holds the event's lock. `tick` continues later.
            return
    continue_message.enqueue(pk)


def _continue(pk: int) -> bool:
    """Add one batch to the outbox. Returns whether there are more."""
    event_pk = Message.objects.filter(pk=pk, pending__isnull=False).values_list("event", flat=True).first()
    if event_pk is None:
        return False
    with locking.locked(event_pk) as event:
        message = Message.objects.select_related("user").filter(pk=pk, pending__isnull=False).first()
        if message is None:
            return False
        if _has_access(event, message):
            _queue_batch(event, message)
        else:
            message.stop()
        return message.is_open


def _has_access(event: Event, message: Message) -> bool:
    """Return whether the author may still send the message. Their access may have been revoked since the last batch."""
    author, pending = message.user, message.pending
    if author is None or pending is None or not access.may_see(author, event):
        return False
    return may_use_filters(author, event, Filters.from_json(pending["filters"]))


def _queue_batch(event: Event, message: Message) -> None:
    """Add the next emails of a message to the outbox. Call it inside a transaction that holds the event's lock."""
    pending = message.pending
    if pending is None:
        return
    found = audience(event, Filters.from_json(pending["filters"]))
    # People who registered after the preview get no email.
    found = found.filter(pk__gt=message.queued_up_to, pk__lte=pending["last"]).order_by("pk")
    batch = list(found[:BATCH])
    for registration in batch:
        registration.event = event
    queue.enqueue_all(event, MailKind.MESSAGE, batch, message=message)
    message.queued_count += len(batch)
    if batch:
        message.queued_up_to = batch[-1].pk
    if len(batch) < BATCH:
        # Some recipients may have withdrawn since the preview.
        message.pending, message.recipient_count = None, message.queued_count
    message.save(update_fields=["queued_count", "queued_up_to", "pending", "recipient_count"])


def continue_messages(now: datetime.datetime | None = None) -> int:
    """Enqueue the messages whose emails are not all in the outbox yet. Returns how many."""
    pks = list(Message.objects.filter(pending__isnull=False).order_by("pk").values_list("pk", flat=True))
    for pk in pks:
        continue_message.enqueue(pk)
    return len(pks)


def waiting_counts(messages: Iterable[Message]) -> dict[int, int]:
    """Return how many recipients of each message have not been emailed yet. One query.

    The result has no entry for messages that are done.
    """
    found = list(messages)
    mails = OutboxMail.objects.filter(message__in=found, status__in=[MailStatus.QUEUED, MailStatus.SENDING])
    counts = dict(mails.order_by().values_list("message").annotate(number=Count("pk")))
    for message in found:
        if message.is_open:
            counts[message.pk] = counts.get(message.pk, 0) + max(0, message.recipient_count - message.queued_count)
    return counts


def sent_messages(event: Event) -> list[Message]:
    """Return the event's messages without tests, newest first."""
    return [item for item in Message.objects.filter(event=event).select_related("user") if TEST not in item.audience]


def _mail(event: Event, message: Message, language: str, recipient: str) -> OutboxMail:
    return OutboxMail(event=event, kind=MailKind.MESSAGE, message=message, language=language, recipient=recipient)
