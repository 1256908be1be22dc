"""Webhooks, and the requests that were sent or will be sent to them."""

import base64
import uuid
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class WebhookKind(models.TextChoices):
    """The kind of change that a request reports. The values are part of the documented interface (docs/api.md)."""

    PAGE_PUBLISHED = "page.published", _("A page was published")
    PAGE_UNPUBLISHED = "page.unpublished", _("A page was taken offline")
    EVENT_CHANGED = "event.changed", _("An event was changed")
    TEST = "test", _("Test")


def validate_receiver(url: str) -> None:
    """Raise ValidationError for an address without HTTPS, or with a user name, which requests would not use."""
    parts = urlsplit(url)
    if parts.scheme != "https":
        raise ValidationError(_("Enter an address that begins with https://."))
    if "@" in parts.netloc:
        raise ValidationError(_("Enter an address without a user name."))


class Webhook(models.Model):
    """An address of another system, to which the site sends requests when public pages change."""

    name = models.CharField(_("name"), max_length=100, help_text=_("Who receives it, such as the name of the partner."))
    url = models.URLField(
        _("address"), max_length=500, validators=[validate_receiver], help_text=_("Begins with https://.")
    )
    page_published = models.BooleanField(WebhookKind.PAGE_PUBLISHED.label, default=True)
    page_unpublished = models.BooleanField(WebhookKind.PAGE_UNPUBLISHED.label, default=True)
    event_changed = models.BooleanField(
        WebhookKind.EVENT_CHANGED.label, default=True, help_text=_("Its days, hours, place, status or timetable.")
    )
    is_active = models.BooleanField(
        _("in use"),
        default=True,
        help_text=_("A webhook that is not in use sends nothing, and what happens meanwhile is not sent later."),
    )
    # The secret is derived from this key and is not stored.
    secret_key = models.UUIDField(default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["name", "pk"]

    def __str__(self):
        return self.name

    def clean(self):
        if not (self.page_published or self.page_unpublished or self.event_changed):
            raise ValidationError(_("Choose at least one kind of change."))

    @property
    def secret_bytes(self) -> bytes:
        """The key of the signatures. It changes with `SECRET_KEY`, and when a new secret is made."""
        return salted_hmac("home.webhooks", str(self.secret_key), algorithm="sha256").digest()

    @property
    def secret(self) -> str:
        """The secret for receivers, in the format of the specification Standard Webhooks."""
        return f"whsec_{base64.b64encode(self.secret_bytes).decode()}"

    @property
    def last_result(self) -> str:
        """The state of the newest request as text. The queryset must have prefetched it as `newest`; no query is run."""
        newest = getattr(self, "newest", None)
        return newest[0].status_text if newest else gettext("Nothing sent yet")


class WebhookDelivery(models.Model):
    """A request to a webhook. It is sent when `next_attempt_at` is reached, at least once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    kind = models.CharField(max_length=30, choices=WebhookKind.choices)
    payload = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, default=timezone.now)
    delivered_at = models.DateTimeField(null=True)
    # The status of the last response, or the kind of failure (`home/webhooks/queue.py`).
    reason = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ["-created_at", "pk"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["next_attempt_at"], name="home_webhook_next_attempt"),
            models.Index(fields=["webhook", "-created_at"], name="home_webhook_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(next_attempt_at=None) | models.Q(delivered_at=None),
                name="home_webhook_delivered_once",
            )
        ]

    def __str__(self):
        return f"{self.kind} {self.id}"

    @property
    def is_waiting(self) -> bool:
        return self.next_attempt_at is not None

    @property
    def status_text(self) -> str:
        if self.delivered_at:
            return gettext("Delivered")
        if not self.is_waiting:
            return gettext("Not delivered: %(reason)s") % {"reason": self.explanation}
        if self.reason:
            return gettext("Tried without success, will be sent again: %(reason)s") % {"reason": self.explanation}
        return gettext("Waiting to be sent")

    @property
    def explanation(self) -> str:
        """The reason as text in the active language."""
        texts = {
            "timeout": gettext("no answer in time"),
            "no answer": gettext("no answer"),
            "invalid certificate": gettext("no secure connection"),
            "unknown host": gettext("there is no such website"),
            "not a public address": gettext("not a public address"),
            "no web address": gettext("not a web address"),
            "switched off": gettext("the webhook was switched off"),
        }
        return texts.get(self.reason) or gettext("answer %(code)s") % {"code": self.reason}
