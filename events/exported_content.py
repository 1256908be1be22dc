"""The models of `events` in an export of content: events with their settings, without data about persons."""

from home.content_export.selection import Exported

MODELS = [
    Exported("events.Event"),
    Exported("events.EventOrganiser"),
    # The identity of calendar entries is exported, so that subscribers do not get entries twice after an import.
    Exported("events.CalendarEntry"),
    Exported("events.TimetableChange"),
    # Organisers get emails at these addresses.
    Exported("events.RegistrationSettings", without=("notification_emails",)),
    Exported("events.SeatPool"),
    # Left out: signatories, who are persons with signatures, and the state of certificates being issued in the
    # background.
    Exported("events.CertificateRule", without=("issuing_since", "issuing_total")),
    # A code word proves that someone is in the room.
    Exported("events.EventSession", without=("code_word", "code_started_at")),
    Exported("events.Survey"),
    Exported("events.EventIndexPage"),
    Exported("events.EventPage"),
    Exported("events.EventQuestion"),
    Exported("events.SurveyQuestion"),
    Exported("events.TimetableRow"),
    Exported("events.EventMaterial"),
]
