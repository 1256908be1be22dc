"""The choices of the app. Editors and visitors see their labels."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class EventStatus(models.TextChoices):
    """The status that the organiser sets. `EventPhase` also depends on the time."""

    SCHEDULED = "scheduled", _("Takes place as planned")
    MOVED_ONLINE = "moved_online", _("Moved online")
    RESCHEDULED = "rescheduled", _("Moved to another day")
    POSTPONED = "postponed", _("Postponed, no new date yet")
    CANCELLED = "cancelled", _("Cancelled")


class EventPhase(models.TextChoices):
    """The phase of an event at a given time."""

    UPCOMING = "upcoming", _("Upcoming")
    RUNNING = "running", _("Running now")
    PAST = "past", _("Past")
    POSTPONED = "postponed", _("Postponed")
    CANCELLED = "cancelled", _("Cancelled")


# The organiser has cancelled or postponed the event.
CALLED_OFF_PHASES = frozenset({EventPhase.CANCELLED, EventPhase.POSTPONED})
# Phases in which nobody can register, nobody is offered a place and no registration is confirmed.
INACTIVE_PHASES = CALLED_OFF_PHASES | {EventPhase.PAST}
# Phases in which participants can no longer change anything. They still can while an event is postponed.
ENDED_PHASES = frozenset({EventPhase.CANCELLED, EventPhase.PAST})


class Attendance(models.TextChoices):
    ON_SITE = "on_site", _("On site")
    ONLINE = "online", _("Online")
    HYBRID = "hybrid", _("On site and online")

    @classmethod
    def effective(cls, status: str, attendance: str) -> Attendance:
        """Return how an event with this status can be attended: if it moved online, online only."""
        return cls.ONLINE if status == EventStatus.MOVED_ONLINE else cls(attendance)


class Recording(models.TextChoices):
    """The information that participants get in advance about recording."""

    UNSAID = "", pgettext_lazy("recording", "Not specified")
    NONE = "none", _("Neither recorded nor streamed")
    RECORDED = "recorded", _("Will be recorded")
    STREAMED = "streamed", _("Will be streamed")
    BOTH = "both", _("Will be streamed and recorded")


class Provision(models.TextChoices):
    """Whether the venue has a facility. The value is unknown until someone has checked it."""

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
    def is_break(self) -> bool:
        """Whether the row is not a session with content but an arrival, a break or a meal."""
        return self in BREAK_KINDS


BREAK_KINDS = frozenset({RowKind.REGISTRATION, RowKind.BREAK, RowKind.MEAL, RowKind.NETWORKING})


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
    """How one participant attends. `Attendance` is how the event can be attended."""

    ON_SITE = "on_site", _("On site")
    ONLINE = "online", _("Online")


class SeatStatus(models.TextChoices):
    """Whether a participant has a place in a session that they have chosen."""

    HELD = "held", _("Place")
    WAITING = "waiting", _("On the waiting list")


class AttendanceSource(models.TextChoices):
    """How the system learned that a participant attended a session."""

    SCAN = "scan", _("Check-in at the session")
    CODE = "code", _("Code word")
    REPORT = "report", _("Report of the meeting")
    ORGANISER = "organiser", _("Entered by an organiser")


class FieldRequirement(models.TextChoices):
    """Whether the registration form asks for a detail (GDPR Art. 5(1)(c): only what is needed)."""

    NO = "no", _("Not asked")
    OPTIONAL = "optional", _("Optional")
    REQUIRED = "required", _("Required")


class LegalBasis(models.TextChoices):
    """The legal basis for processing participants' data (GDPR Art. 6(1)(e) and (b))."""

    PUBLIC_TASK = "public_task", _("a task in the public interest (Art. 6(1)(e) GDPR)")
    CONTRACT = "contract", _("your registration for the event (Art. 6(1)(b) GDPR)")


class QuestionKind(models.TextChoices):
    TEXT = "text", _("Short text")
    LONG_TEXT = "long_text", _("Long text")
    CHOICE = "choice", _("One choice")
    CHOICES = "choices", _("Several choices")
    YES_NO = "yes_no", _("Yes or no")
    COUNTRY = "country", _("Country")
    NUMBER = "number", _("Number")
    DATE = "date", _("Date")
    AGREEMENT = "agreement", _("Required agreement")


class SurveyQuestionKind(models.TextChoices):
    SCALE = "scale", _("Scale from 1 to 5")
    CHOICE = "choice", _("One choice")
    CHOICES = "choices", _("Several choices")
    TEXT = "text", _("Long text")


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
    WITHHELD = "withheld", _("No longer needed, not sent")


class MailKind(models.TextChoices):
    """What an email is about. `events/registration/mail/messages.py` has the content of each kind."""

    CONFIRM_ADDRESS = "confirm_email", _("Confirmation of the email address")
    GROUP = "group", _("Registration of a group, to its sender")
    RECEIVED = "received", _("Registration received, waiting for approval")
    WAITING = "waiting", _("On the waiting list")
    INVITED = "invited", _("Invitation")
    OFFERED = "offered", _("Place offered")
    OFFER_EXPIRED = "offer_expired", _("Offer expired")
    NO_PLACE = "no_place", _("No place became free")
    CONFIRMED = "confirmed", _("Registration confirmed")
    CHANGED = "changed", _("Registration changed")
    REMINDER = "reminder", _("Reminder")
    SESSION_PLACE = "session_place", _("Place in a session")
    SESSION_CHANGED = "session_change", _("Session moved or cancelled")
    EVENT_CHANGED = "event_changed", _("Time or place changed")
    WITHDRAWN = "withdrawn", _("Withdrawn by the participant")
    REJECTED = "rejected", _("Not accepted")
    CANCELLED = "cancelled", _("Cancelled by the organisers")
    EVENT_OFF = "event_off", _("Event cancelled or postponed")
    PERSONAL_LINK = "personal_link", _("Personal link")
    CERTIFICATE = "certificate", _("Certificate")
    SURVEY = "survey", _("Survey")
    NEW_ADDRESS = "new_address", _("Confirmation of a new email address")
    OLD_ADDRESS = "old_address", _("Email address changed, to the earlier address")
    MESSAGE = "message", _("Message from the organisers")
    ERASED = "erased", _("Personal data erased")
    ORGANISER = "organiser", _("Notification to the organisers")


class DownloadStatus(models.TextChoices):
    WAITING = "waiting", _("Waiting to be prepared")
    RUNNING = "running", _("Being prepared")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Could not be prepared")


class MailPriority(models.IntegerChoices):
    """The order in which emails are sent: those that one person waits for come first, those to many people last."""

    PERSONAL = 0
    # The hourly limit of emails does not apply to emails to organisers.
    ORGANISER = 1
    BULK = 2

    @classmethod
    def of(cls, kind: str) -> MailPriority:
        if kind == MailKind.ORGANISER:
            return cls.ORGANISER
        return cls.BULK if kind in BULK_KINDS else cls.PERSONAL


BULK_KINDS = frozenset(
    {
        MailKind.NO_PLACE,
        MailKind.REMINDER,
        MailKind.EVENT_CHANGED,
        MailKind.SESSION_CHANGED,
        MailKind.EVENT_OFF,
        MailKind.CERTIFICATE,
        MailKind.SURVEY,
        MailKind.MESSAGE,
    }
)


class RevocationReason(models.TextChoices):
    """Why a certificate is no longer valid. Everyone who verifies it reads the reason."""

    CORRECTED = "corrected", _("Replaced by a corrected one")
    MISTAKE = "mistake", _("Issued by mistake")
    REQUEST = "request", _("At the request of the participant")


class ConsentPurpose(models.TextChoices):
    PHOTOS = "photos", _("Photos and recordings")
    SENSITIVE = "sensitive", _("Access needs and diet")


class OfflineOutcome(models.TextChoices):
    """The result of merging a check-in that a device recorded without a connection."""

    RECORDED = "recorded"
    # It was earlier than the check-in known so far, and has replaced it.
    EARLIER = "earlier"
    KNOWN = "known"
    # The participant left a session, but it is not recorded that they had entered it.
    NOT_IN = "not_in"
    REFUSED = "refused"
    # It was undone on the device before it was sent.
    UNDONE = "undone"
