"""The delivery of mail as a background task."""

from __future__ import annotations

from django_tasks import task

from events.registration.mail.delivery import deliver_due

# Other tasks run between two batches.
BATCH_SIZE = 25


@task()
def deliver_mail() -> None:
    """Send what is due, a batch at a time, until nothing could be sent."""
    if deliver_due(limit=BATCH_SIZE):
        deliver_mail.enqueue()


def enqueue_delivery(**kwargs: object) -> None:
    """Receive `mail_queued`."""
    deliver_mail.enqueue()
