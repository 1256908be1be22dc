"""What the public was last told of an event and its rows: the memory of calendars and of the log of changes.

Both tables hang on the event, which has no language: a translation that is synced, deleted or made anew loses nothing.
"""

from __future__ import annotations

import datetime

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.models.event import Event

# Edits of the same row within this time are one entry of the log.
MERGE_TIME = datetime.timedelta(minutes=15)


class CalendarEntry(models.Model):
    """An event or a row of its timetable as calendars know it.

    `key` is the event's key or the row's translation key, and the UID of the calendar entry for ever. `sequence` and
    `modified_at` rise when time, place or status change, and only then (RFC 5545, 3.8.7.4).
    """

    key = models.UUIDField(unique=True)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="calendar_entries")
    is_row = models.BooleanField()
    sequence = models.PositiveIntegerField(default=0)
    modified_at = models.DateTimeField()
    # Time, place and status, as they were announced.
    announced = models.JSONField(encoder=DjangoJSONEncoder)
    # Rows: the place in the timetable and the title by language, which outlive the row.
    slot = models.JSONField(encoder=DjangoJSONEncoder, default=dict)
    titles = models.JSONField(default=dict)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("calendar entry")
        verbose_name_plural = _("calendar entries")

    def __str__(self):
        return str(self.key)


class TimetableChange(models.Model):
    """One line of the public log: a row, or the event itself, that changed after its publication.

    `before` and `after` hold the facts; an added row has no `before`, a removed one no `after`.
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="announcements")
    # The row's key; None for the event itself.
    row_key = models.UUIDField(null=True)
    titles = models.JSONField(default=dict)
    before = models.JSONField(encoder=DjangoJSONEncoder, null=True)
    after = models.JSONField(encoder=DjangoJSONEncoder, null=True)
    first_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-changed_at", "-pk"]
        verbose_name = _("announced change")
        verbose_name_plural = _("announced changes")

    def __str__(self):
        return f"{self.event_id} {self.row_key or ''} {self.changed_at:%Y-%m-%d %H:%M}"

    @classmethod
    def record(cls, event: Event, row_key, before, after, titles, now: datetime.datetime) -> None:
        """Add a line, or let the newest one of the same thing tell of this edit as well where that is fresh.

        A line that ends where it began goes away.
        """
        line = cls.objects.filter(event=event, row_key=row_key, changed_at__gt=now - MERGE_TIME).first()
        if line is None:
            line = cls(event=event, row_key=row_key, before=before, first_at=now)
        line.after, line.titles, line.changed_at = after, titles, now
        if line.before == line.after:
            if line.pk:
                line.delete()
            return
        line.save()
