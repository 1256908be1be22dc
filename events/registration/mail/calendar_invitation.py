"""The event in the calendar of one person: an entry of her own that later mails change and cancel in place."""

from __future__ import annotations

import dataclasses
import datetime

from django.db.models import Max
from django.utils.translation import gettext as _

from events.calendar.entries import Entry, event_entry
from events.enums import EventPhase, MailKind, Mode
from events.models import CalendarEntry, EventPage, HistoryEntry, OutboxMail, Registration
from events.registration.mail.relevance import CALLED_OFF
from events.states import ATTENDING

REQUEST = "REQUEST"
CANCEL = "CANCEL"
# In `payload` of the mail to somebody whose data are erased: what takes the entry out of her calendar.
FAREWELL = "farewell"
# Mails that bring the entry or change it, and mails that may take it away.
BRING = frozenset({MailKind.CONFIRMED, MailKind.CHANGED, MailKind.EVENT_CHANGED})
TAKE = frozenset(MailKind) - {MailKind.REMINDER, MailKind.KNOWN, MailKind.MESSAGE, MailKind.ORGANISER}


def method_of(mail: OutboxMail, now: datetime.datetime) -> str:
    """Return whether a mail brings the entry (REQUEST), takes it away (CANCEL), or says nothing of it ("").

    Only who has a place has an entry. It is taken away by whatever mail tells her that she has none any more.
    """
    registration = mail.registration
    if registration is None:
        return CANCEL if FAREWELL in mail.payload else ""
    phase = mail.event.phase(now)
    if registration.status in ATTENDING and phase not in CALLED_OFF:
        return REQUEST if mail.kind in BRING and phase != EventPhase.PAST else ""
    return CANCEL if mail.kind in TAKE and _had_entry(registration, before=mail) else ""


def _had_entry(registration: Registration, before: OutboxMail | None = None) -> bool:
    """Tell whether a mail, other than the one at hand, brought her the entry, or tried to."""
    tried = OutboxMail.objects.filter(registration=registration, attempts__gt=0, payload__status__in=sorted(ATTENDING))
    return tried.exclude(pk=before.pk if before else 0).exists()


def farewell_to(registration: Registration) -> dict[str, object]:
    """Return what the last mail has to know to take the entry away, when the registration knows it no more.

    Empty for somebody who has no entry.
    """
    if not _had_entry(registration):
        return {}
    entry = {"uid": str(registration.key), "mode": registration.mode, "sequence": registration.calendar_sequence}
    return {FAREWELL: entry}


def subject_of(mail: OutboxMail) -> Registration | None:
    """Return whose entry a mail is about; of somebody erased no more than what the entry is known by."""
    if FAREWELL not in mail.payload:
        return mail.registration
    entry = mail.payload[FAREWELL]
    return Registration(
        event=mail.event,
        key=entry["uid"],
        mode=entry["mode"],
        calendar_sequence=entry["sequence"],
        created_at=mail.created_at,
    )


def revised_at(registration: Registration, page: EventPage) -> datetime.datetime:
    """Return when what somebody's entry says was changed last: her state, her way of taking part, the event, its words."""
    switched = HistoryEntry.objects.filter(registration=registration, action="switch_mode").aggregate(at=Max("at"))[
        "at"
    ]
    announced = registration.event.calendar_entries.filter(is_row=False).aggregate(at=Max("modified_at"))["at"]
    moments = (registration.status_since, switched, announced, page.last_published_at)
    return max(moment for moment in moments if moment is not None)


def entry_of(registration: Registration, page: EventPage, sequence: int, at: datetime.datetime) -> Entry:
    """Return somebody's own entry as it was last changed `at`, in the words of the page and the active language.

    Its UID is the registration's, not the event's: who also subscribes to the public calendar has two entries, and
    neither overwrites the other. It holds neither the personal link nor the one to join: calendars are shared.
    """
    event = page.event
    announced = event.calendar_entries.filter(is_row=False).first() or CalendarEntry(modified_at=at)
    entry = event_entry(page, announced)
    place = _("Online") if registration.effective_mode == Mode.ONLINE else ", ".join(event.venue_parts)
    how_to = _("How to join online is on your personal page; the link to it is in our mails.")
    parts = [
        page.status_reason if event.phase(at) in CALLED_OFF else "",
        how_to if registration.effective_mode == Mode.ONLINE else "",
    ]
    return dataclasses.replace(
        entry,
        uid=str(registration.key),
        sequence=sequence,
        modified_at=at,
        created_at=registration.created_at,
        location=place,
        description="\n\n".join(filter(None, parts)),
    )
