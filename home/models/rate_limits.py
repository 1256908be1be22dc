"""Counters of the rate limits (`home/rate_limits.py`)."""

from django.db import models


class RateLimitCounter(models.Model):
    """The number of times that a client did something in a period. `client_hash` is keyed; its key changes every day."""

    scope = models.CharField(max_length=30)
    client_hash = models.CharField(max_length=64)
    starts_at = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scope", "client_hash", "starts_at"], name="home_one_counter_per_period")
        ]
        indexes = [models.Index(fields=["starts_at"], name="home_rate_limit_start")]

    def __str__(self):
        return f"{self.scope} {self.count}"
