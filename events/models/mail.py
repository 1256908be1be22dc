"""Emails that wait, were sent or failed. A row is added in the transaction that causes the email."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import ExpressionWrapper, F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.enums import MailKind, MailPriority, MailStatus
from events.models.event import Event
from events.models.registration import Registration

# A key in `Message.audience`: not all recipients get the message.
STOPPED = "stopped"
# For sorting failed emails first. An index has this expression, so queries must use exactly the same one.
IS_FINE = ExpressionWrapper(~Q(status=MailStatus.FAILED), output_field=models.BooleanField())
# Emails about a change of an event. They wait until an organiser has seen them and may have added an explanation: they have
# no `next_try_at`, so no delivery finds them.
UNEXPLAINED = Q(
    status=MailStatus.QUEUED,
    kind__in=[MailKind.EVENT_CHANGED, MailKind.EVENT_OFF],
    attempts=0,
    payload__explanation__isnull=True,
)


class Message(models.Model):
    """A message from the organiser to a filtered group of participants, in one or more languages."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="messages")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    # {"en": {"subject": …, "body": …}, …}. If a reader's language is missing, they get the event's source language.
    texts = models.JSONField(default=dict)
    # The filters that selected the recipients.
    audience = models.JSONField(default=dict)
    recipient_count = models.PositiveIntegerField(default=0)
    # Set while emails are still to be added to the outbox: {"filters": as they were set, "last": the last
    # registration}. Emptied after that, because the search text may be a name.
    pending = models.JSONField(null=True)
    # The primary key of the registration whose email was added last, and the number of emails added so far.
    queued_up_to = models.BigIntegerField(default=0)
    queued_count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("message")
        verbose_name_plural = _("messages")

    @property
    def is_open(self) -> bool:
        """Whether emails are still to be added to the outbox."""
        return self.pending is not None

    @property
    def is_stopped(self) -> bool:
        """Whether some recipients get no email because the author lost their access while emails were being added."""
        return STOPPED in self.audience

    def stop(self) -> None:
        """Stop adding emails of this message. Emails that are already in the outbox are sent."""
        self.pending, self.audience = None, {**self.audience, STOPPED: True}
        self.save(update_fields=["pending", "audience"])

    def __str__(self):
        return f"{self.event_id} {self.at:%Y-%m-%d %H:%M}"


class OutboxQuerySet(models.QuerySet):
    def bulk_create(self, objs: Iterable[OutboxMail], *args: Any, **kwargs: Any) -> list[OutboxMail]:
        mails = list(objs)
        for mail in mails:
            mail.set_priority()
        return super().bulk_create(mails, *args, **kwargs)


class OutboxMail(models.Model):
    """One email to one recipient. Its text is rendered when it is sent, from `kind`, `payload` and the registration.

    Only `recipient` may hold personal data. It is emptied when the email is sent.
    """

    # The local part of the Message-ID, which stays the same when the email is sent again after a crash.
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="mails")
    registration = models.ForeignKey(Registration, null=True, on_delete=models.CASCADE, related_name="mails")
    message = models.ForeignKey(Message, null=True, on_delete=models.CASCADE, related_name="mails")
    kind = models.CharField(_("kind"), max_length=14, choices=MailKind)
    # Derived from the kind. It is stored, so that an index has the emails in the order in which they are sent.
    priority = models.PositiveSmallIntegerField(default=MailPriority.PERSONAL, editable=False)
    language = models.CharField(_("language"), max_length=10)
    # Set for organisers, erased participants, and addresses that differ from the present address of the registration.
    recipient = models.EmailField(blank=True)
    # Status, mode, offer deadline and calendar SEQUENCE as they were when the email was queued.
    payload = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    status = models.CharField(_("status"), max_length=8, choices=MailStatus, default=MailStatus.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    next_try_at = models.DateTimeField(null=True, default=timezone.now)
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    # The exception class and the server's code, such as "SMTPRecipientsRefused 550"; never an address.
    problem = models.CharField(max_length=120, blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        verbose_name = _("email")
        verbose_name_plural = _("emails")
        indexes = [
            models.Index(fields=["status", "next_try_at"], name="outbox_due"),
            models.Index(
                fields=["event", "priority", "next_try_at", "id"],
                condition=Q(status=MailStatus.QUEUED),
                name="outbox_next",
            ),
            models.Index(
                fields=["sent_at", "event", "priority"], condition=Q(status=MailStatus.SENT), name="outbox_sent"
            ),
            # For the numbers by status, and for the list of one status.
            models.Index(fields=["event", "status", "-created_at", "-id"], name="outbox_statuses"),
            # For the list of all emails, with failed ones first.
            models.Index("event", IS_FINE, F("created_at").desc(), F("id").desc(), name="outbox_list"),
            # For emails about a change of an event that no organiser has seen yet.
            models.Index(fields=["event", "language"], condition=UNEXPLAINED, name="outbox_notices"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=MailStatus.values), name="mail_status_valid"),
        ]

    def __str__(self):
        return f"{self.kind} {self.key}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.set_priority()
        super().save(*args, **kwargs)

    def set_priority(self) -> None:
        self.priority = MailPriority.of(self.kind)


class MailHold(models.Model):
    """No email about registrations is sent while this table has a row (`events/registration/mail/hold.py`)."""

    since = models.DateTimeField(default=timezone.now)

    def __str__(self):
        return f"{self.since:%Y-%m-%d %H:%M}"
