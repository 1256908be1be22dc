"""Guest lists that organisers have uploaded. They hold personal data and are deleted after a day."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events.enums import Mode
from events.models.event import Event
from events.models.registration import Registration


class GuestList(models.Model):
    """The table of an uploaded file, what its columns mean, and what the import does with it.

    The file itself is not stored. `events/guest_lists/` reads and imports it.
    """

    class Status(models.TextChoices):
        UPLOADED = "uploaded", _("Not imported yet")
        RUNNING = "running", _("Being imported")
        DONE = "done", _("Imported")

    class Action(models.TextChoices):
        REGISTER = "register", _("Register everyone, and send them the confirmation")
        INVITE = "invite", _("Invite everyone: hold a place for them, and send them a link to complete the form")

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="guest_lists")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    uploaded_at = models.DateTimeField(default=timezone.now)
    status = models.CharField(max_length=8, choices=Status, default=Status.UPLOADED)
    headings = models.JSONField(default=list)
    # For each column the key of a field (`events/guest_lists/columns.py`), or an empty text if it is not used.
    columns = models.JSONField(default=list)
    action = models.CharField(max_length=8, choices=Action, default=Action.REGISTER)
    # The attendance mode for rows that do not specify one. The language below likewise.
    mode = models.CharField(max_length=8, choices=Mode)
    language = models.CharField(max_length=10)
    # Whether people are also registered over the capacity.
    force = models.BooleanField(default=False)
    answer_until = models.DateTimeField(null=True)
    # Increases when one of the fields above changes. It ensures that the user confirms the settings that they have
    # seen.
    version = models.PositiveIntegerField(default=0)
    # When the last row was imported. It shows whether an import was interrupted.
    progress_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("guest list")
        ordering = ["-uploaded_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=["uploaded", "running", "done"]), name="guest_list_status_valid"
            ),
            models.CheckConstraint(condition=models.Q(mode__in=Mode.values), name="guest_list_mode_valid"),
        ]

    def __str__(self):
        return f"{self.event_id} {self.uploaded_at:%Y-%m-%d %H:%M}"


class GuestListRow(models.Model):
    """A row of a guest list, and what the import did with it."""

    class Outcome(models.TextChoices):
        REGISTERED = "registered", pgettext_lazy("guest list", "Registered")
        INVITED = "invited", _("Invited")
        KNOWN = "known", _("Registered already")
        DOUBLE = "double", _("Twice in the file")
        WRONG = "wrong", _("Not correct")
        FULL = "full", _("No place left")
        REFUSED = "refused", _("Not possible")
        NO_ACCESS = "no_access", _("Not imported: the person who started the import no longer has access")

    guest_list = models.ForeignKey(GuestList, on_delete=models.CASCADE, related_name="rows")
    # The number of the row in the spreadsheet.
    number = models.PositiveIntegerField()
    # The texts of the columns; empty once the person is registered.
    cells = models.JSONField(default=list)
    # The submission key of the registration. It prevents a second registration if a row is imported twice.
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    registration = models.ForeignKey(Registration, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["guest_list", "number"], name="one_guest_per_row")]

    def __str__(self):
        return str(self.number)
