"""What was erased because somebody asked for it: what a restored backup must be told again."""

from django.db import models
from django.utils import timezone

from events.enums import ConsentPurpose


class Erasure(models.Model):
    """A person who was erased, or a consent that was taken back (`purpose`) with the answers that it let us keep.

    `key` is that of the registration. Somebody erased has it in backups alone; nothing in this database leads from it to
    anybody. A copy of each row is kept outside the database (`events/registration/privacy/erasure_log.py`), since a backup that is
    restored brings this table back to an earlier state as well.
    """

    key = models.UUIDField()
    # Empty where everything was erased.
    purpose = models.CharField(max_length=10, choices=ConsentPurpose, blank=True)
    at = models.DateTimeField(default=timezone.now)
    # None until the copy outside of the database is there.
    copied_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(fields=["key", "purpose"], name="one_erasure_of_a_kind")]

    def __str__(self):
        return str(self.key)
