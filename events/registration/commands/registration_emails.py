"""Queues the emails about registrations, to the participant and to the notification addresses of the organisers."""

from __future__ import annotations

import datetime

from events.enums import MailKind, MailStatus
from events.models import Event, OutboxMail, Registration
from events.registration.mail import queue
from events.registration.seats import settings_of
from events.states import RegistrationStatus

# The email that a participant gets when the registration enters a status.
CONFIRMATION_MAIL = {
    RegistrationStatus.OFFERED: MailKind.CONFIRM_ADDRESS,
    RegistrationStatus.PENDING: MailKind.RECEIVED,
    RegistrationStatus.CONFIRMED: MailKind.CONFIRMED,
    RegistrationStatus.WAITING: MailKind.WAITING,
}
# Organisers get at most one email about registrations in this time.
ORGANISER_MAIL_INTERVAL = datetime.timedelta(minutes=15)


def notify(registration: Registration, kind: MailKind, payload: dict[str, object] | None = None) -> None:
    """Queue an email to the participant, unless the registration has no address."""
    if registration.email:
        queue.enqueue(registration.event, kind, registration, payload=payload)


def notify_organisers_of_registrations(event: Event, now: datetime.datetime) -> None:
    """Queue an email about new registrations to the organisers, unless one is already queued and not sent yet."""
    settings = settings_of(event)
    if settings is None or not settings.notification_emails:
        return
    mails = OutboxMail.objects.filter(
        event=event,
        kind=MailKind.ORGANISER,
        status=MailStatus.QUEUED,
        attempts=0,
        payload__topic=queue.REGISTRATIONS_TOPIC,
    )
    if mails.exists():
        return
    queue.notify_organisers(event, queue.REGISTRATIONS_TOPIC)
    mails.update(next_try_at=now + ORGANISER_MAIL_INTERVAL)
