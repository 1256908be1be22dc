"""The words of the app that code decides by. Their labels are what editors and visitors read."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class EventStatus(models.TextChoices):
    """What the organiser says of an event. What the clock says of it is `State`."""

    SCHEDULED = "scheduled", _("Takes place as planned")
    MOVED_ONLINE = "moved_online", _("Moved online")
    RESCHEDULED = "rescheduled", _("Moved to another day")
    POSTPONED = "postponed", _("Postponed, no new day yet")
    CANCELLED = "cancelled", _("Cancelled")


class EventPhase(models.TextChoices):
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

    UNSAID = "", pgettext_lazy("recording", "Not said")
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


class Mode(models.TextChoices):
    """How one person takes part. What an event offers is its `Attendance`."""

    ON_SITE = "on_site", _("On site")
    ONLINE = "online", _("Online")


class FieldRequirement(models.TextChoices):
    """Whether the registration form asks for something (GDPR Art. 5(1)(c): no more than is needed)."""

    NO = "no", _("Not asked")
    OPTIONAL = "optional", _("Asked, may stay empty")
    REQUIRED = "required", _("Asked, must be answered")


class LegalBasis(models.TextChoices):
    """Why the organiser may handle the data of those who take part (GDPR Art. 6(1)(e) and (b))."""

    PUBLIC_TASK = "public_task", _("a task in the public interest (Art. 6(1)(e) GDPR)")
    CONTRACT = "contract", _("taking part in the event, as you asked for (Art. 6(1)(b) GDPR)")


class QuestionKind(models.TextChoices):
    TEXT = "text", _("Short text")
    LONG_TEXT = "long_text", _("Long text")
    CHOICE = "choice", _("One of several choices")
    CHOICES = "choices", _("Any of several choices")
    YES_NO = "yes_no", _("Yes or no")
    COUNTRY = "country", _("Country")


class Profession(models.TextChoices):
    NURSE = "nurse", _("Nurse")
    PHYSICIAN = "physician", _("Physician")
    RADIOGRAPHER = "radiographer", _("Radiographer or radiation therapist")
    PHARMACIST = "pharmacist", _("Pharmacist")
    OTHER_CLINICAL = "other_clinical", _("Other health care professional")
    MANAGEMENT = "management", _("Management or administration")
    TECHNICAL = "technical", _("Information technology")
    EDUCATION = "education", _("Education and training")
    RESEARCH = "research", _("Research")
    STUDENT = "student", _("Student")
    POLICY = "policy", _("Policy or public administration")
    PATIENT = "patient", _("Patient or patient organisation")
    OTHER = "other", _("Other")


class MailStatus(models.TextChoices):
    QUEUED = "queued", _("Waiting to be sent")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Could not be sent")
    WITHHELD = "withheld", _("Not sent any more")


class MailKind(models.TextChoices):
    """What a mail tells. Each kind has words of its own (`events/registration/mail/messages.py`)."""

    RECEIVED = "received", _("Registration received, to be approved")
    WAITING = "waiting", _("On the waiting list")
    OFFERED = "offered", _("A place is offered")
    OFFER_EXPIRED = "offer_expired", _("The offer ran out")
    NO_PLACE = "no_place", _("No place became free")
    CONFIRMED = "confirmed", _("Registration confirmed")
    CHANGED = "changed", _("Registration changed")
    REMINDER = "reminder", _("Reminder")
    EVENT_CHANGED = "event_changed", _("Time or place changed")
    WITHDRAWN = "withdrawn", _("Withdrawn by the person")
    REJECTED = "rejected", _("Not accepted")
    CANCELLED = "cancelled", _("Cancelled by the organiser")
    EVENT_OFF = "event_off", _("Event cancelled or postponed")
    KNOWN = "known", _("Registered already: the personal link")
    MESSAGE = "message", _("Message from the organiser")
    ERASED = "erased", _("Data erased")
    ORGANISER = "organiser", _("Told to the organiser")


class ConsentPurpose(models.TextChoices):
    PHOTOS = "photos", _("Photographs and recordings")
    SENSITIVE = "sensitive", _("Answers about diet or access needs")
