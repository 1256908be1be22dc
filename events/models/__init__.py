"""Models of events: the event, its pages, timetable, announcements and registrations."""

from events.models.announcements import CalendarEntry, TimetableChange
from events.models.attendance import CheckIn, Door, Ticket
from events.models.certificates import Certificate, CertificateRule, CertificateSignatory
from events.models.downloads import PreparedDownload
from events.models.erasures import ErasureRecord
from events.models.event import Event, EventChange, EventOrganiser
from events.models.guest_lists import GuestList, GuestListRow
from events.models.mail import MailHold, Message, OutboxMail
from events.models.offline_scans import OfflineScan
from events.models.pages import EventIndexPage, EventPage
from events.models.questions import EventQuestion
from events.models.registration import (
    AddressChange,
    Agreement,
    Answer,
    Consent,
    DataAccess,
    HistoryEntry,
    Registration,
    SensitiveAnswer,
)
from events.models.registration_settings import EventAccess, RegistrationSettings, SeatPool
from events.models.sessions import EventSession, SessionAttendance, SessionSeat
from events.models.survey import Survey, SurveyAnswer, SurveyParticipation, SurveyQuestion
from events.models.timetable import EventMaterial, Speaker, TimetableRow

__all__ = [
    "AddressChange",
    "Agreement",
    "Answer",
    "CalendarEntry",
    "Certificate",
    "CertificateRule",
    "CertificateSignatory",
    "CheckIn",
    "Consent",
    "DataAccess",
    "Door",
    "ErasureRecord",
    "Event",
    "EventAccess",
    "EventChange",
    "EventIndexPage",
    "EventMaterial",
    "EventOrganiser",
    "EventPage",
    "EventQuestion",
    "EventSession",
    "GuestList",
    "GuestListRow",
    "HistoryEntry",
    "MailHold",
    "Message",
    "OfflineScan",
    "OutboxMail",
    "PreparedDownload",
    "Registration",
    "RegistrationSettings",
    "SeatPool",
    "SensitiveAnswer",
    "SessionAttendance",
    "SessionSeat",
    "Speaker",
    "Survey",
    "SurveyAnswer",
    "SurveyParticipation",
    "SurveyQuestion",
    "Ticket",
    "TimetableChange",
    "TimetableRow",
]
