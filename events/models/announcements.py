"""What was announced last about an event and its timetable: calendar entries and the public list of changes.

Both tables belong to the event and not to a page, so deleting or syncing a translation loses nothing.
"""

from __future__ import annotations

import datetime

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.models.event import Event

# Changes of the same row within this time make one line of the list.
MERGE_TIME = datetime.timedelta(minutes=15)


class CalendarEntry(models.Model):
    """An event or a row of its timetable as calendar files show it.

    `key` is the event's key or the row's translation key. It is the UID of the calendar entry and never changes.
    `sequence` and `modified_at` rise only when time, place or status change (RFC 5545, 3.8.7.4).
    """

    key = models.UUIDField(unique=True)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="calendar_entries")
    is_row = models.BooleanField()
    sequence = models.PositiveIntegerField(default=0)
    modified_at = models.DateTimeField()
    # Time, place and status as last announced.
    announced = models.JSONField(encoder=DjangoJSONEncoder)
    # Only for rows: position in the timetable, and title by language. Both are still needed after the row is deleted.
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
    """One line of the public list of changes: a row, or the event itself, that changed after it was published.

    `before` and `after` hold the announced values. `before` is None for an added row, `after` for a removed one.
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
    def record(cls, event: Event, row_key, before, after, titles, now: datetime.datetime) -> TimetableChange | None:
        """Add a line, or extend the newest line of the same row or event if it is younger than `MERGE_TIME`.

        Returns the line. If the change undoes an earlier one, the earlier line is deleted and None is returned.
        """
        line = cls.objects.filter(event=event, row_key=row_key, changed_at__gt=now - MERGE_TIME).first()
        if line is None:
            line = cls(event=event, row_key=row_key, before=before, first_at=now)
        line.after, line.titles, line.changed_at = after, titles, now
        if line.before == line.after:
            if line.pk:
                line.delete()
            return None
        line.save()
        return line
