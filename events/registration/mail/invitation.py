"""The event in the calendar of one person: an entry of her own that later mails change and cancel in place."""

from __future__ import annotations

import dataclasses
import datetime

from django.utils.translation import gettext as _

from events.calendar.entries import Entry, event_entry
from events.enums import MailKind, Mode, State
from events.models import CalendarEntry, EventPage, OutboxMail, Registration
from events.registration.mail.truth import OFF
from events.states import IN

REQUEST = "REQUEST"
CANCEL = "CANCEL"
# Mails that bring the entry or change it, and mails that may take it away.
BRING = frozenset({MailKind.CONFIRMED, MailKind.CHANGED, MailKind.EVENT_CHANGED})
TAKE = frozenset(MailKind) - {MailKind.REMINDER, MailKind.KNOWN, MailKind.MESSAGE, MailKind.ORGANISER}


def method_of(mail: OutboxMail, now: datetime.datetime) -> str:
    """Return whether a mail brings the entry (REQUEST), takes it away (CANCEL), or says nothing of it ("").

    Only who has a place has an entry. It is taken away by whatever mail tells her that she has none any more.
    """
    registration = mail.registration
    if registration is None:
        return ""
    state = mail.event.state(now)
    if registration.state in IN and state not in OFF:
        return REQUEST if mail.kind in BRING and state != State.PAST else ""
    return CANCEL if mail.kind in TAKE and _had_entry(mail, registration) else ""


def _had_entry(mail: OutboxMail, registration: Registration) -> bool:
    """Tell whether an earlier mail brought her the entry, or tried to."""
    earlier = OutboxMail.objects.filter(registration=registration, attempts__gt=0, payload__state__in=sorted(IN))
    return earlier.exclude(pk=mail.pk).exists()


def entry_of(registration: Registration, page: EventPage, sequence: int, at: datetime.datetime) -> Entry:
    """Return somebody's own entry, in the words of the page and the active language.

    Its UID is the registration's, not the event's: who also subscribes to the public calendar has two entries, and
    neither overwrites the other. It holds neither the personal link nor the one to join: calendars are shared.
    """
    event = page.event
    announced = event.calendar_entries.filter(is_row=False).first() or CalendarEntry(modified_at=at)
    entry = event_entry(page, announced)
    place = _("Online") if registration.mode == Mode.ONLINE else ", ".join(event.venue_parts)
    how_to = _("How to join online is on your personal page; the link to it is in our mails.")
    parts = [page.status_reason if event.state(at) in OFF else "", how_to if registration.mode == Mode.ONLINE else ""]
    return dataclasses.replace(
        entry,
        uid=str(registration.key),
        sequence=sequence,
        modified_at=at,
        created_at=registration.created_at,
        location=place,
        description="\n\n".join(filter(None, parts)),
    )
