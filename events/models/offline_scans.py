"""Check-ins that devices at the door recorded without a connection, as they were sent.

Only `events/registration/commands/offline_scans.py` writes this table.
"""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.enums import OfflineOutcome
from events.models.attendance import Door
from events.models.registration import Registration
from events.models.sessions import EventSession


class OfflineScan(models.Model):
    """A check-in that was recorded without a connection, and the result of merging it.

    `key` is made by the device, which may send the check-in several times. Rows are deleted with the links of the
    event, a week after it, and when the registration is anonymised.
    """

    door = models.ForeignKey(Door, on_delete=models.CASCADE, related_name="offline_scans")
    key = models.UUIDField()
    # A random identifier, made by the browser for this door link.
    device = models.UUIDField()
    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="offline_scans")
    day = models.DateField()
    # None at the entrance of the event.
    session = models.ForeignKey(EventSession, null=True, on_delete=models.CASCADE, related_name="offline_scans")
    is_leaving = models.BooleanField(default=False)
    # The time by the clock of the server.
    at = models.DateTimeField()
    received_at = models.DateTimeField(default=timezone.now)
    outcome = models.CharField(max_length=8, choices=OfflineOutcome)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("check-in without a connection")
        verbose_name_plural = _("check-ins without a connection")
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(fields=["door", "key"], name="one_offline_scan_per_key")]

    def __str__(self):
        return str(self.key)
