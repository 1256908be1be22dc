"""Queues requests to webhooks in the transaction of the change, and sends them in a task.

A request is sent at least once: receivers must ignore a `webhook-id` that they have received before. After an error it is
sent again, at growing intervals, for about a day. A receiver that fails delays only its own requests.
"""

from __future__ import annotations

import datetime
import logging

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django_tasks import task
from wagtail.models import Page

from home import outgoing
from home.models import Webhook, WebhookDelivery, WebhookKind
from home.webhooks import payloads, signing

logger = logging.getLogger(__name__)

PER_RUN = 50
# The pauses after the first, second … failed attempt.
PAUSES = [datetime.timedelta(minutes=minutes) for minutes in (1, 5, 30, 2 * 60, 6 * 60, 16 * 60)]
# If a process is killed while it sends a request, another process sends it after this time.
CLAIM = datetime.timedelta(minutes=5)
KEPT = datetime.timedelta(days=30)
# The status with which a receiver refuses further requests (RFC 9110, 15.5.11).
GONE = 410


def page_changed(kind: WebhookKind, page: Page) -> None:
    """Queue requests about a public page to the webhooks for this kind of change. They are sent after the commit."""
    webhooks = list(Webhook.objects.filter(is_active=True, **{kind.name.lower(): True}))
    if webhooks and payloads.is_public(page):
        payload = payloads.page_payload(kind.value, page, timezone.now())
        WebhookDelivery.objects.bulk_create(
            WebhookDelivery(webhook=webhook, kind=kind.value, payload=payload) for webhook in webhooks
        )
        transaction.on_commit(deliver.enqueue)


def queue_test(webhook: Webhook) -> None:
    """Queue a test request, which says only that the webhook works."""
    payload = payloads.test_payload(timezone.now())
    WebhookDelivery.objects.create(webhook=webhook, kind=WebhookKind.TEST.value, payload=payload)
    transaction.on_commit(deliver.enqueue)


def send_again(delivery: WebhookDelivery) -> None:
    """Queue an undelivered request again, with the full number of attempts. A waiting request is sent now."""
    changed = WebhookDelivery.objects.filter(pk=delivery.pk, delivered_at=None)
    if changed.update(next_attempt_at=timezone.now(), attempts=0):
        transaction.on_commit(deliver.enqueue)


@task()
def deliver() -> None:
    deliver_due(timezone.now())


def enqueue_due(now: datetime.datetime) -> int:
    """Enqueue the task `deliver` if requests are due. Returns the number of enqueued tasks, 1 or 0."""
    is_due = _due(now).exists()
    if is_due:
        deliver.enqueue()
    return int(is_due)


def deliver_due(now: datetime.datetime) -> int:
    """Send the requests that are due, to each receiver until one fails. Returns the number of delivered requests."""
    failed: set[int] = set()
    delivered = 0
    for delivery in _due(now).select_related("webhook").order_by("created_at", "pk")[:PER_RUN]:
        if delivery.webhook_id in failed or not _claim(delivery, now):
            continue
        if _attempt(delivery):
            delivered += 1
        else:
            failed.add(delivery.webhook_id)
    return delivered


def delete_old(now: datetime.datetime) -> int:
    """Delete the requests that ended a month ago. Returns their number."""
    return WebhookDelivery.objects.filter(next_attempt_at=None, created_at__lt=now - KEPT).delete()[0]


def _due(now: datetime.datetime) -> QuerySet[WebhookDelivery]:
    return WebhookDelivery.objects.filter(next_attempt_at__lte=now, webhook__is_active=True)


def _claim(delivery: WebhookDelivery, now: datetime.datetime) -> bool:
    """Return whether this process may send the request. Another process that has read the same row gets False."""
    unchanged = WebhookDelivery.objects.filter(pk=delivery.pk, next_attempt_at=delivery.next_attempt_at)
    if not unchanged.update(next_attempt_at=now + CLAIM, attempts=F("attempts") + 1):
        return False
    delivery.attempts += 1
    return True


def _attempt(delivery: WebhookDelivery) -> bool:
    """Send the request outside of a transaction and store the result. Returns whether it was delivered."""
    body = signing.body_of(delivery.payload)
    now = timezone.now()
    headers = {
        "User-Agent": f"webhooks of {settings.PUBLIC_BASE_URL}",
        **signing.headers(delivery, body, int(now.timestamp())),
    }
    try:
        status, _location = outgoing.send("POST", delivery.webhook.url, headers, body)
    except outgoing.RequestError as failure:
        reason = str(failure)
    else:
        if 200 <= status < 300:
            _end(delivery, delivered_at=now, reason="")
            return True
        reason = str(status)
    if reason == str(GONE):
        _switch_off(delivery.webhook)
    if reason == str(GONE) or delivery.attempts > len(PAUSES):
        _end(delivery, reason=reason)
        logger.error("Request %s to webhook %d was given up: %s", delivery.id, delivery.webhook_id, reason)
    else:
        WebhookDelivery.objects.filter(pk=delivery.pk).update(
            next_attempt_at=now + PAUSES[delivery.attempts - 1], reason=reason
        )
    return False


def _end(delivery: WebhookDelivery, **values: object) -> None:
    WebhookDelivery.objects.filter(pk=delivery.pk).update(next_attempt_at=None, **values)


def _switch_off(webhook: Webhook) -> None:
    Webhook.objects.filter(pk=webhook.pk).update(is_active=False)
    waiting = WebhookDelivery.objects.filter(webhook=webhook).exclude(next_attempt_at=None)
    waiting.update(next_attempt_at=None, reason="switched off")
