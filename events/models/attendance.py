"""Attendance: ticket codes, check-ins, and links with which helpers check participants in.

Only `events/registration/` and `events/attendance/` write these tables.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.models.event import Event


class Ticket(models.Model):
    """The code that a participant shows at the door. It gives no access: the secret of the personal link is another one.

    A replaced code is kept until the registration is anonymised, so that the door can state why it is refused.
    """

    registration = models.ForeignKey("events.Registration", on_delete=models.CASCADE, related_name="tickets")
    code = models.CharField(max_length=20, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        constraints = [
            models.UniqueConstraint(
                fields=["registration"], condition=models.Q(replaced_at=None), name="one_valid_ticket_per_registration"
            )
        ]

    def __str__(self):
        return str(self.pk)


class CheckIn(models.Model):
    """The check-in of a participant on a day of the event.

    Undoing it deletes the row. The history records the check-in and the undoing.
    """

    registration = models.ForeignKey("events.Registration", on_delete=models.CASCADE, related_name="check_ins")
    day = models.DateField()
    # Minutes of online attendance, from the report of the meeting; None if they were not counted.
    minutes = models.PositiveSmallIntegerField(null=True)
    at = models.DateTimeField(default=timezone.now)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # The door link that was used; None if a user with an account checked the participant in.
    door = models.ForeignKey("events.Door", null=True, blank=True, on_delete=models.SET_NULL, related_name="check_ins")

    class Meta:
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["registration", "day"], name="one_check_in_per_day")]
        indexes = [models.Index(fields=["day", "-at", "-id"], name="check_in_latest")]

    def __str__(self):
        return str(self.day)


class Door(models.Model):
    """A link with which helpers without an account check participants in at one event, until it ends or is revoked."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="doors")
    # The name under which check-ins and walk-ins with this link are recorded.
    name = models.CharField(_("name"), max_length=60)
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # SHA-256 of the token in the link (`events/attendance/doors.py`).
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    ends_at = models.DateTimeField(_("valid until"))
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("door link")
        verbose_name_plural = _("door links")

    def __str__(self):
        return self.name
