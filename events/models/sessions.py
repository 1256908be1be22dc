"""Sessions of a timetable with attendance or with places, the participants who chose them, and who attended them.

Only `events/registration/` writes these tables.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.enums import AttendanceSource, SeatStatus
from events.models.event import Event


class EventSession(models.Model):
    """The settings that organisers have made for a session of the timetable, in all languages.

    `key` is the translation key of the row of the timetable. That row is replaced when its page is synchronised, so
    data about participants refer to the session, never to the row. Title and times are in the calendar entry with the
    same key.
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="sessions")
    key = models.UUIDField(unique=True)
    is_counted = models.BooleanField(_("attendance is counted"), default=False)
    is_chosen = models.BooleanField(_("participants choose it"), default=False)
    # Places on site; None for no limit. Online places are never limited.
    capacity = models.PositiveSmallIntegerField(_("places on site"), null=True, blank=True)
    # The word that participants type, and the time since which they can. The time is None while the word is not in use.
    code_word = models.CharField(_("code word"), max_length=40, blank=True)
    code_started_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("session with attendance")
        verbose_name_plural = _("sessions with attendance")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(code_started_at=None) | ~models.Q(code_word=""), name="started_code_word_is_set"
            ),
            models.CheckConstraint(
                condition=models.Q(is_chosen=True) | models.Q(capacity=None), name="only_chosen_sessions_have_places"
            ),
        ]

    def __str__(self):
        return str(self.key)


class SessionSeat(models.Model):
    """A session that a participant has chosen, with a place in it or on its waiting list.

    A closed registration has no such rows. A participant without a place at the event has no place in a session, but
    waits for one.
    """

    registration = models.ForeignKey("events.Registration", on_delete=models.CASCADE, related_name="session_seats")
    session = models.ForeignKey(EventSession, on_delete=models.PROTECT, related_name="seats")
    status = models.CharField(max_length=7, choices=SeatStatus)
    # The position on the waiting list: earlier times come first.
    queued_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("place in a session")
        verbose_name_plural = _("places in sessions")
        ordering = ["pk"]
        indexes = [models.Index(fields=["session", "status", "queued_at"], name="session_seats")]
        constraints = [
            models.UniqueConstraint(fields=["registration", "session"], name="one_seat_per_session"),
            models.CheckConstraint(
                condition=models.Q(status=SeatStatus.HELD, queued_at=None)
                | models.Q(status=SeatStatus.WAITING, queued_at__isnull=False),
                name="session_seat_is_held_or_queued",
            ),
        ]

    def __str__(self):
        return str(self.session_id)

    @property
    def is_waiting(self) -> bool:
        return self.status == SeatStatus.WAITING


class SessionAttendance(models.Model):
    """The attendance of a participant in a counted session.

    Undoing it deletes the row; the history records both. `minutes` is set if someone counted or entered them;
    otherwise they follow from the times of entering and leaving (`events/registration/sessions.py`). `earlier_minutes`
    are the minutes before the participant left and came back.
    """

    registration = models.ForeignKey(
        "events.Registration", on_delete=models.CASCADE, related_name="session_attendances"
    )
    session = models.ForeignKey(EventSession, on_delete=models.PROTECT, related_name="attendances")
    source = models.CharField(max_length=9, choices=AttendanceSource)
    minutes = models.PositiveSmallIntegerField(null=True)
    earlier_minutes = models.PositiveSmallIntegerField(default=0)
    entered_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    at = models.DateTimeField(default=timezone.now)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # The door link that was used; None if a user with an account recorded the attendance.
    door = models.ForeignKey("events.Door", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("attendance of a session")
        verbose_name_plural = _("attendance of sessions")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["registration", "session"], name="one_attendance_per_session"),
            models.CheckConstraint(
                condition=models.Q(left_at=None) | models.Q(left_at__gte=models.F("entered_at")),
                name="sessions_are_left_after_entering",
            ),
        ]

    def __str__(self):
        return str(self.session_id)
