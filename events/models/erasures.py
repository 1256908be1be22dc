"""The log of erasures on request, for repeating them after a backup was restored."""

from django.db import models
from django.utils import timezone

from events.enums import ConsentPurpose


class ErasureRecord(models.Model):
    """A registration that was erased, or a consent that was withdrawn (`purpose`) with the answers that depend on it.

    `key` is the former key of the registration, which only backups contain after an erasure. Each row is copied to a
    file outside the database (`events/registration/erasure_log.py`), because restoring a backup also restores an earlier
    state of this table.
    """

    key = models.UUIDField()
    # Empty when the whole registration was erased.
    purpose = models.CharField(max_length=10, choices=ConsentPurpose, blank=True)
    at = models.DateTimeField(default=timezone.now)
    # None until the file is written.
    copied_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(fields=["key", "purpose"], name="one_erasure_per_key_and_purpose")]

    def __str__(self):
        return str(self.key)
