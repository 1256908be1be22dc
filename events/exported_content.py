"""What `events` adds to an export of content: events with their settings, without persons."""

from home.content_export.selection import Exported

MODELS = [
    Exported("events.Event"),
    Exported("events.EventOrganiser"),
    # Calendars keep the identity of their entries, so that nobody who subscribed to one gets them twice.
    Exported("events.CalendarEntry"),
    Exported("events.TimetableChange"),
    # Organisers get emails at these addresses.
    Exported("events.RegistrationSettings", without=("notification_emails",)),
    Exported("events.SeatPool"),
    # Without signatories, who are persons with their signatures, and without what a background task has begun.
    Exported("events.CertificateRule", without=("issuing_since", "issuing_total")),
    # A code word proves that somebody is in the room.
    Exported("events.EventSession", without=("code_word", "code_started_at")),
    Exported("events.Survey"),
    Exported("events.EventIndexPage"),
    Exported("events.EventPage"),
    Exported("events.EventQuestion"),
    Exported("events.SurveyQuestion"),
    Exported("events.TimetableRow"),
    Exported("events.EventMaterial"),
]
