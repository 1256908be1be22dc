"""The words of the app that code decides by. Their labels are what editors and visitors read."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """What the organiser says of an event. What the clock says of it is `State`."""

    SCHEDULED = "scheduled", _("Takes place as planned")
    MOVED_ONLINE = "moved_online", _("Moved online")
    RESCHEDULED = "rescheduled", _("Moved to another day")
    POSTPONED = "postponed", _("Postponed, no new day yet")
    CANCELLED = "cancelled", _("Cancelled")


class State(models.TextChoices):
    """What an event is at a given moment."""

    UPCOMING = "upcoming", _("Upcoming")
    RUNNING = "running", _("Running now")
    PAST = "past", _("Past")
    POSTPONED = "postponed", _("Postponed")
    CANCELLED = "cancelled", _("Cancelled")


class Attendance(models.TextChoices):
    ON_SITE = "on_site", _("On site")
    ONLINE = "online", _("Online")
    HYBRID = "hybrid", _("On site and online")


class Recording(models.TextChoices):
    """What people are told before they come."""

    UNSAID = "", _("Not said")
    NONE = "none", _("Neither recorded nor streamed")
    RECORDED = "recorded", _("Will be recorded")
    STREAMED = "streamed", _("Will be streamed")
    BOTH = "both", _("Will be streamed and recorded")


class Provision(models.TextChoices):
    """Whether the venue has something; nothing is claimed that nobody has checked."""

    UNKNOWN = "", _("Not known")
    YES = "yes", _("Yes")
    NO = "no", _("No")


class RowKind(models.TextChoices):
    REGISTRATION = "registration", _("Registration")
    OPENING = "opening", _("Opening")
    TALK = "talk", _("Talk")
    PANEL = "panel", _("Panel discussion")
    WORKSHOP = "workshop", _("Workshop")
    BREAK = "break", _("Break")
    MEAL = "meal", _("Meal")
    NETWORKING = "networking", _("Networking")
    QA = "qa", _("Questions and answers")
    SUMMARY = "summary", _("Summary")
    CLOSING = "closing", _("Closing")

    @property
    def is_pause(self) -> bool:
        """Whether people rest, eat or arrive: rows without a programme of their own."""
        return self in PAUSES


PAUSES = frozenset({RowKind.REGISTRATION, RowKind.BREAK, RowKind.MEAL, RowKind.NETWORKING})


class SpeakerRole(models.TextChoices):
    SPEAKER = "speaker", _("Speaker")
    CHAIR = "chair", _("Chair")


class MaterialKind(models.TextChoices):
    SLIDES = "slides", _("Slides")
    RECORDING = "recording", _("Recording")
    REPORT = "report", _("Report")
    PHOTOS = "photos", _("Photographs")
    OTHER = "other", _("Other material")
