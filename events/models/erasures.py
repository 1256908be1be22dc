"""Which registrations were erased because somebody asked for it: what a restored backup must be told again."""

from django.db import models
from django.utils import timezone


class Erasure(models.Model):
    """`key` is that of a registration which exists in backups alone; nothing in this database leads from it to anybody.

    A copy of each row is kept outside the database (`events/registration/ledger.py`), since a backup that is restored
    brings this table back to an earlier state as well.
    """

    key = models.UUIDField(unique=True)
    at = models.DateTimeField(default=timezone.now)
    # None until the copy outside of the database is there.
    copied_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self):
        return str(self.key)
