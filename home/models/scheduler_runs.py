from django.db import models


class SchedulerRun(models.Model):
    """The time of the last run of `manage.py tick`. The table has one row."""

    at = models.DateTimeField()

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M}"
