"""The participant's own calendar entry: one email adds it, later ones change or cancel it."""

from __future__ import annotations

import dataclasses
import datetime

from django.db.models import Max
from django.utils.translation import gettext as _

from events.calendar.entries import Entry, event_entry
from events.enums import CALLED_OFF_PHASES, EventPhase, MailKind, Mode
from events.models import CalendarEntry, EventPage, HistoryEntry, OutboxMail, Registration
from events.states import ATTENDING

REQUEST = "REQUEST"
CANCEL = "CANCEL"
# A key in the payload of the last email after an erasure. Its value has the data that cancel the entry.
ERASED_ENTRY = "erased_entry"
# Kinds of email that add or change the entry, and kinds that may cancel it.
REQUESTING_KINDS = frozenset({MailKind.CONFIRMED, MailKind.CHANGED, MailKind.EVENT_CHANGED})
CANCELLING_KINDS = frozenset(MailKind) - {
    MailKind.REMINDER,
    MailKind.PERSONAL_LINK,
    MailKind.CERTIFICATE,
    MailKind.SURVEY,
    MailKind.NEW_ADDRESS,
    MailKind.OLD_ADDRESS,
    MailKind.MESSAGE,
    MailKind.ORGANISER,
}


def method_of(mail: OutboxMail, now: datetime.datetime) -> str:
    """Return the iTIP method of an email: REQUEST adds or changes the entry, CANCEL cancels it, "" does neither.

    Only participants with a confirmed place have an entry. If they lose the place, the next email whose kind is in
    `CANCELLING_KINDS` cancels the entry.
    """
    registration = mail.registration
    if registration is None:
        return CANCEL if ERASED_ENTRY in mail.payload else ""
    phase = mail.event.phase(now)
    if registration.status in ATTENDING and phase not in CALLED_OFF_PHASES:
        return REQUEST if mail.kind in REQUESTING_KINDS and phase != EventPhase.PAST else ""
    return CANCEL if mail.kind in CANCELLING_KINDS and _had_entry(registration, before=mail) else ""


def _had_entry(registration: Registration, before: OutboxMail | None = None) -> bool:
    """Return whether an email other than `before` has delivered the entry, or may have delivered it."""
    tried = OutboxMail.objects.filter(registration=registration, attempts__gt=0, payload__status__in=sorted(ATTENDING))
    return tried.exclude(pk=before.pk if before else 0).exists()


def erased_entry_payload(registration: Registration) -> dict[str, object]:
    """Return a payload with which the last email can cancel the entry after the registration is erased.

    Empty if the participant has no entry.
    """
    if not _had_entry(registration):
        return {}
    entry = {
        "uid": str(registration.calendar_key),
        "mode": registration.mode,
        "sequence": registration.calendar_sequence,
    }
    return {ERASED_ENTRY: entry}


def subject_of(mail: OutboxMail) -> Registration | None:
    """Return the registration whose calendar entry the email changes.

    After an erasure, it is an unsaved registration made from the payload.
    """
    if ERASED_ENTRY not in mail.payload:
        return mail.registration
    entry = mail.payload[ERASED_ENTRY]
    return Registration(
        event=mail.event,
        calendar_key=entry["uid"],
        mode=entry["mode"],
        calendar_sequence=entry["sequence"],
        created_at=mail.created_at,
    )


def revised_at(registration: Registration, page: EventPage) -> datetime.datetime:
    """Return when status, attendance mode, event or page last changed, which are the content of the entry."""
    switched = HistoryEntry.objects.filter(registration=registration, action="switch_mode").aggregate(at=Max("at"))[
        "at"
    ]
    announced = registration.event.calendar_entries.filter(is_row=False).aggregate(at=Max("modified_at"))["at"]
    moments = (registration.status_since, switched, announced, page.last_published_at)
    return max(moment for moment in moments if moment is not None)


def entry_of(registration: Registration, page: EventPage, sequence: int, at: datetime.datetime) -> Entry:
    """Return the participant's entry, last changed `at`, with texts of the page and in the active language.

    Its UID belongs to the participant at this event and differs from that of the public calendar. Emails and the
    personal page therefore change the same entry. It contains neither the personal link nor the joining link, because
    calendars are often shared.
    """
    event = page.event
    announced = event.calendar_entries.filter(is_row=False).first() or CalendarEntry(modified_at=at)
    entry = event_entry(page, announced)
    place = _("Online") if registration.effective_mode == Mode.ONLINE else ", ".join(event.venue_parts)
    joining = _("To join online, open your personal page. The link to it is in our emails to you.")
    parts = [
        page.status_reason if event.phase(at) in CALLED_OFF_PHASES else "",
        joining if registration.effective_mode == Mode.ONLINE else "",
    ]
    return dataclasses.replace(
        entry,
        uid=str(registration.calendar_key),
        sequence=sequence,
        modified_at=at,
        created_at=registration.created_at,
        location=place,
        description="\n\n".join(filter(None, parts)),
    )
