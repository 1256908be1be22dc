"""Counters against floods: how often something happened in a span of time, for whom only a keyed hash tells."""

from django.db import models


class FloodCounter(models.Model):
    """`who` is a hash with a key of the day: nobody can be found by it, and tomorrow it is another."""

    scope = models.CharField(max_length=30)
    who = models.CharField(max_length=64)
    starts_at = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "who", "starts_at"], name="one_counter_per_span")]
        indexes = [models.Index(fields=["starts_at"], name="flood_counter_age")]

    def __str__(self):
        return f"{self.scope} {self.count}"
