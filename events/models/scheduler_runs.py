"""When the clock (`manage.py tick`) ran last, so that screens can say when it does not."""

from django.db import models


class ClockRun(models.Model):
    """The one row of this table is written at the end of each run."""

    at = models.DateTimeField()

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M}"
