"""Parts of emails, and sentences that several kinds of email share. All of it is plain text."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events import timezones
from events.dates import When, format_moment, format_short_day, format_when
from events.enums import Attendance, Mode
from events.models import OutboxMail, Registration
from events.registration import tickets
from events.registration.addresses import email_key
from events.registration.availability import RegistrationAvailability, availability
from events.registration.chosen_sessions import clashes
from events.registration.detail import participant_detail, people_ahead
from events.registration.mail.context import DetailRow, EventDetails
from events.registration.mail.queue import BY_GROUP, BY_ORGANISERS
from events.registration.seats import seat_counts, settings_of
from events.states import ATTENDING, RegistrationStatus
from events.timetable.venues import venue_lines
from home import qr


@dataclass(frozen=True)
class Button:
    label: str
    url: str


@dataclass(frozen=True)
class Note:
    """A text by the organisers. `language` is set if it differs from the language of the email."""

    text: str
    heading: str = ""
    language: str = ""


@dataclass(frozen=True)
class TicketPart:
    """The participant's ticket: its code as text and as a picture in the email."""

    code: str
    png: bytes
    # The Content-ID of the picture.
    picture: str = "ticket"


@dataclass(frozen=True)
class GroupPerson:
    """A person of a group. The personal link is set only for people who use the sender's address.

    `mode` is how they attend; it is empty if everyone attends in the same way.
    """

    name: str
    status: str
    url: str = ""
    mode: str = ""


@dataclass(frozen=True)
class MailContent:
    """The content of an email. `rows` are the event details; None shows the usual ones."""

    subject: str
    heading: str
    paragraphs: list[str]
    button: Button | None = None
    # The language of subject and heading, if it differs from the language of the email.
    heading_language: str = ""
    note: Note | None = None
    # Paragraphs in small print, shown below the event details.
    closing: list[str] = field(default_factory=list)
    rows: list[DetailRow] | None = None
    ticket: TicketPart | None = None
    # The people of a group, in the email to its sender.
    people: list[GroupPerson] = field(default_factory=list)


def how_to_join(details: EventDetails) -> list[str]:
    """Return a text about joining online. The joining link itself is only on the personal page (decision 0044)."""
    registration = details.registration
    if registration is None or registration.status not in ATTENDING or registration.effective_mode != Mode.ONLINE:
        return []
    return [_("You attend online. The link to join appears on your personal page shortly before the event starts.")]


def ticket_part(details: EventDetails) -> TicketPart | None:
    registration = details.registration
    if registration is None or not tickets.shows_ticket(registration):
        return None
    ticket = tickets.ticket_of(registration)
    return TicketPart(tickets.shown(ticket), qr.png(ticket.code))


def about_personal_page(details: EventDetails) -> list[str]:
    return [
        _("On your personal page you can change your answers, withdraw, and see or erase your data."),
        _("The link to it is only for you. Do not forward this email."),
    ]


def registered_by(mail: OutboxMail) -> list[str]:
    """Return a text about who registered the participant, if they did not do it themselves (GDPR Art. 14)."""
    if mail.payload.get(BY_GROUP):
        return [
            _("Someone has registered you together with others. They gave us your name and email address."),
            _("If you do not want to attend, withdraw on your personal page. You can erase your data there too."),
        ]
    if not mail.payload.get(BY_ORGANISERS):
        return []
    return [
        _("The organisers have registered you. They gave us your name and email address."),
        _(
            "Check your details on your personal page. Answer the questions there: nobody has answered or agreed for you."
        ),
    ]


GROUP_STATUSES: dict[str, Callable[[], str]] = {
    RegistrationStatus.CONFIRMED: lambda: _("has a place"),
    RegistrationStatus.PENDING: lambda: _("waits for the approval of the organisers"),
    RegistrationStatus.WAITING: lambda: _("is on the waiting list"),
    RegistrationStatus.OFFERED: lambda: _("has a place once the email address is confirmed"),
}


def group_people(mail: OutboxMail, details: EventDetails) -> list[GroupPerson]:
    """Return the people of a group as they were when it was registered, without those who have been erased since.

    Links are included for people who use the sender's address now. The email may be sent hours later, and someone may
    have entered another address in the meantime.
    """
    entries = mail.payload.get("people", [])
    registrations = Registration.objects.select_related("event").in_bulk([entry["registration"] for entry in entries])
    address = email_key(mail.recipient)
    has_modes = len({entry.get("mode", "") for entry in entries}) > 1
    found = []
    for entry in entries:
        registration = registrations.get(entry["registration"])
        if registration is None or registration.anonymised_at is not None:
            continue
        is_shared = registration.email_key == address
        url = EventDetails(details.event, details.language, registration).personal_url if is_shared else ""
        mode = str(Mode(entry["mode"]).label) if has_modes and entry.get("mode") else ""
        found.append(GroupPerson(entry["name"], GROUP_STATUSES[entry["status"]](), url, mode))
    return found


def please_withdraw() -> str:
    return _("If you cannot attend, withdraw on your personal page so that someone else can have your place.")


def please_leave_session() -> str:
    return _(
        "If you cannot come to the session, give up your place on your personal page. Others may be waiting for it."
    )


def session_lines(mail: OutboxMail, details: EventDetails) -> list[str]:
    """Return lines about the session of the email: time, place and day, and the values before a change."""
    chosen = details.session(mail.payload.get("session", ""))
    if chosen is None:
        return []
    session = chosen.session
    lines = [": ".join(filter(None, [session.label, session.place]))] if session.takes_place else [session.title]
    before = mail.payload.get("before")
    if before and session.takes_place:
        hours = "–".join(filter(None, [before["start"], before["end"]]))
        place = before["room"] or before["track"]
        day = format_short_day(details.event.day(before["day"])) if details.event.is_several_days else ""
        lines.append(_("Before: %(details)s") % {"details": ", ".join(filter(None, [day, hours, place]))})
    return lines


def sessions_at_once(mail: OutboxMail, details: EventDetails) -> list[str]:
    """Return sentences about other chosen sessions at the same time. A session that was moved may overlap them."""
    return [
        _("Now it is at the same time as another session that you chose: “%(title)s”.") % {"title": other.title}
        for pair in clashes([chosen.session for chosen in details.sessions])
        if mail.payload.get("session", "") in {str(session.key) for session in pair}
        for other in pair
        if str(other.key) != mail.payload.get("session", "")
    ]


def personal_page(details: EventDetails, label: str = "") -> Button | None:
    return Button(label or _("Open your personal page"), details.personal_url) if details.personal_url else None


def event_page(details: EventDetails) -> Button | None:
    return Button(_("View the event page"), details.event_url) if details.event_url else None


def confirmation_note(details: EventDetails) -> Note | None:
    return _page_note(_("Good to know"), details.page.confirmation_note, details)


def reason_of_change(mail: OutboxMail, details: EventDetails) -> Note | None:
    """Return the organisers' explanation of this change, in the recipient's language if it exists.

    Otherwise it is in the language of the page, or in any other.
    """
    texts: dict[str, str] = mail.payload.get("explanation") or {}
    for language in (details.language, details.page.locale.language_code, *texts):
        if texts.get(language):
            foreign = "" if language == details.language else language
            return Note(texts[language].strip(), _("From the organisers"), foreign)
    return _page_note(_("From the organisers"), details.page.status_reason, details)


def rows_before(mail: OutboxMail, details: EventDetails) -> list[DetailRow]:
    """Return the rows with the present time and place. Each is followed by its value before the change."""
    before = mail.payload.get("before")
    rows = details.rows()
    if not before:
        return rows
    old = {_("When"): _when_before(before, details), _("Where"): _where_before(before)}
    found = []
    for row in rows:
        found.append(row)
        lines = old.get(row.label)
        if lines and lines != row.lines:
            found.append(DetailRow(_("%(label)s, before") % {"label": row.label}, lines))
    return found


def earlier_time(mail: OutboxMail, details: EventDetails) -> list[str]:
    """Return the time of the event that participants were told last."""
    before = mail.payload.get("before")
    return _when_before(before, details) if before else details.when


def _when_before(before: dict[str, Any], details: EventDetails) -> list[str]:
    first_day, last_day = (datetime.date.fromisoformat(before[name]) for name in ("first_day", "last_day"))
    zone = before["zone"]
    hours = [datetime.time.fromisoformat(hour) for hour in before["hours"]]
    starts_at = timezones.instant(first_day, hours[0], zone) if hours else None
    anchor = starts_at or timezones.instant(first_day, datetime.time(12), zone)
    when = When(
        first_day=first_day,
        last_day=last_day,
        starts_at=starts_at,
        ends_at=timezones.instant(last_day, hours[1], zone) if len(hours) > 1 else None,
        zone=zone,
        zone_name=timezones.zone_name(anchor, zone, details.language),
        offset=timezones.offset_name(anchor, zone),
    )
    return format_when(when)


def _where_before(before: dict[str, Any]) -> list[str]:
    return [_("Online")] if before["mode"] == Attendance.ONLINE else venue_lines(before)


def reason_for_participant(mail: OutboxMail) -> Note | None:
    """Return the reason that the organisers gave to this participant, or None. It is not translated."""
    text = str(mail.payload.get("reason") or "").strip()
    return Note(text, _("From the organisers")) if text else None


def _page_note(heading: str, text: str, details: EventDetails) -> Note | None:
    return Note(text.strip(), heading, details.foreign_language) if text.strip() else None


def queue_position(registration: Registration) -> list[str]:
    count = people_ahead(registration)
    if not count:
        return [_("You are first on the list.")]
    return [
        ngettext("%(count)d person is ahead of you.", "%(count)d people are ahead of you.", count) % {"count": count}
    ]


def others_wait(details: EventDetails) -> bool:
    """Return whether people wait for a place in the participant's mode."""
    seat = seat_counts(details.event).get(Mode(details.registration.mode)) if details.registration else None
    return seat is not None and seat.waiting > 0


def waiting_list_end(details: EventDetails) -> str:
    """Return until when places are offered to people on the waiting list; empty if it has ended or no end is known."""
    settings = settings_of(details.event)
    end = settings.waiting_ends_at if settings else None
    return format_moment(end, details.event.zone) if end is not None and details.now < end else ""


def deadline(details: EventDetails) -> str:
    """Return the deadline for accepting an offer, in the event's time zone."""
    expires_at = details.registration.offer_expires_at if details.registration else None
    return format_moment(expires_at, details.event.zone) if expires_at else ""


def after_expired_offer(details: EventDetails) -> str:
    """Return a text about what a participant can do after their offer has expired."""
    starts_at = details.event.starts_at
    if starts_at is not None and details.now >= starts_at:
        return _("The event has started. You are no longer registered.")
    if availability(details.event, details.now) in {RegistrationAvailability.OPEN, RegistrationAvailability.FULL}:
        return _(
            "The place is available to others, and you are no longer registered. If you still want to attend, register "
            "again."
        )
    return _("You are no longer registered, and registration is closed.")


def free_mode(details: EventDetails) -> list[str]:
    """Return a text about another attendance mode with a free place, for a participant who got no place in theirs."""
    seats = participant_detail(details.registration, details.now).other_modes if details.registration else []
    free = [seat for seat in seats if not seat.is_full]
    return [
        _("You can still attend another way: %(mode)s. Switch to it on your personal page.") % {"mode": seat.mode.label}
        for seat in free[:1]
    ]


def current_status(details: EventDetails) -> list[str]:
    """Return the status of the registration in one or two sentences."""
    registration = details.registration
    if registration is None:
        return []
    if registration.status == RegistrationStatus.PENDING:
        return [_("The organisers have not approved your registration yet. We are holding a place for you until then.")]
    if registration.status == RegistrationStatus.WAITING:
        return [_("You are on the waiting list."), *queue_position(registration)]
    if registration.status == RegistrationStatus.OFFERED:
        if not registration.is_address_confirmed:
            return [
                _("We are holding a place for you until %(moment)s. Confirm your email address by then.")
                % {"moment": deadline(details)}
            ]
        return [
            _("We are holding a place for you until %(moment)s. Accept or decline it by then.")
            % {"moment": deadline(details)}
        ]
    return [_("You have a place.")]


def nothing_to_do() -> str:
    return _("You do not need to do anything. We will delete your data when the retention period ends.")


def if_not_you() -> str:
    return _("If you did not do this, contact us.")
