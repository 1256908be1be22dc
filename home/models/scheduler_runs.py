from django.db import models


class SchedulerRun(models.Model):
    """When `manage.py tick` ran last. The table has one row."""

    at = models.DateTimeField()

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M}"
