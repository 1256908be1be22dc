"""When the scheduled tasks (`manage.py tick`) last ran, so that the admin can warn when they do not."""

from django.db import models


class SchedulerRun(models.Model):
    """A table of one row, which each run updates at its end."""

    at = models.DateTimeField()

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M}"
