"""The background task that delivers email."""

from __future__ import annotations

from django_tasks import task

from events.registration.mail.delivery import deliver_due

# Number of emails per batch. Other tasks run between two batches.
BATCH_SIZE = 25


@task()
def deliver_mail() -> None:
    """Send due emails in batches, until a batch sends none."""
    if deliver_due(limit=BATCH_SIZE):
        deliver_mail.enqueue()


def enqueue_delivery(**kwargs: object) -> None:
    """Enqueue the delivery. This is the receiver of the signal `mail_queued`."""
    deliver_mail.enqueue()
