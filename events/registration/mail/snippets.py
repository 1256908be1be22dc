"""What a letter is made of, and the sentences that several kinds of mail share. Everything is plain text."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.dates import format_moment
from events.enums import Mode
from events.models import OutboxMail, Registration
from events.registration.availability import RegistrationAvailability, availability
from events.registration.detail import people_before, personal_view
from events.registration.mail.context import Fact, Facts
from events.states import ATTENDING, RegistrationStatus


@dataclass(frozen=True)
class Button:
    label: str
    url: str


@dataclass(frozen=True)
class Note:
    """Words of the organiser, in a language of their own where the mail's is missing."""

    text: str
    heading: str = ""
    language: str = ""


@dataclass(frozen=True)
class Letter:
    subject: str
    heading: str
    paragraphs: list[str]
    button: Button | None = None
    # The language of subject and heading where it is not the mail's.
    heading_language: str = ""
    note: Note | None = None
    # What to do if something is not so, below the facts.
    closing: list[str] = field(default_factory=list)
    facts: list[Fact] | None = None


def how_to_join(facts: Facts) -> list[str]:
    """Return how somebody who has a place gets in. The link itself is on the personal page alone (decision 0044)."""
    registration = facts.registration
    if registration is None or registration.status not in ATTENDING or registration.effective_mode != Mode.ONLINE:
        return []
    return [_("You take part online. Shortly before it begins, you find the way in on your personal page.")]


def look_after_it(facts: Facts) -> list[str]:
    return [
        _("On your personal page you can change your answers or withdraw, and see or erase your data."),
        _("The link to it is yours alone. Please do not pass this mail on."),
    ]


def give_it_back() -> str:
    return _(
        "If you cannot take part after all, please withdraw on your personal page, so that somebody else can have "
        "your place."
    )


def own_page(facts: Facts, label: str = "") -> Button | None:
    return Button(label or _("Open your personal page"), facts.personal_url) if facts.personal_url else None


def event_page(facts: Facts) -> Button | None:
    return Button(_("See the page of the event"), facts.event_url) if facts.event_url else None


def good_to_know(facts: Facts) -> Note | None:
    return _words_of_the_page(_("Good to know"), facts.page.confirmation_note, facts)


def reason_of_change(facts: Facts) -> Note | None:
    return _words_of_the_page(_("From the organiser"), facts.page.status_reason, facts)


def reason_to_one(mail: OutboxMail) -> Note | None:
    """Return what the organiser wrote to this person alone, in whatever language."""
    text = str(mail.payload.get("reason") or "").strip()
    return Note(text, _("From the organiser")) if text else None


def _words_of_the_page(heading: str, text: str, facts: Facts) -> Note | None:
    return Note(text.strip(), heading, facts.foreign_language) if text.strip() else None


def place_in_queue(registration: Registration) -> list[str]:
    count = people_before(registration)
    if not count:
        return [_("You are the first on the list.")]
    return [ngettext("%(count)d person is before you.", "%(count)d people are before you.", count) % {"count": count}]


def deadline(facts: Facts) -> str:
    """Return until when an offer stands, on the event's clocks."""
    expires_at = facts.registration.offer_expires_at if facts.registration else None
    return format_moment(expires_at, facts.event.zone) if expires_at else ""


def after_the_offer(facts: Facts) -> str:
    """Return what follows for somebody whose offer ran out."""
    starts_at = facts.event.starts_at
    if starts_at is not None and facts.now >= starts_at:
        return _("The event has begun. You are not registered any more.")
    if availability(facts.event, facts.now) in {RegistrationAvailability.OPEN, RegistrationAvailability.FULL}:
        return _(
            "It is free for others now, and you are not registered any more. If you would still like to come, please "
            "register again."
        )
    return _("You are not registered any more, and registration has ended.")


def other_way(facts: Facts) -> list[str]:
    """Return the way in which somebody can still take part who did not get a place in hers."""
    seats = personal_view(facts.registration, facts.now).other_modes if facts.registration else []
    free = [seat for seat in seats if not seat.is_full]
    return [
        _("You can still take part this way: %(mode)s. Change to it on your personal page.") % {"mode": seat.mode.label}
        for seat in free[:1]
    ]


def where_it_stands(facts: Facts) -> list[str]:
    """Return in a sentence what a registration has come to."""
    registration = facts.registration
    if registration is None:
        return []
    if registration.status == RegistrationStatus.PENDING:
        return [_("Your registration waits for the organiser's approval. Your place is kept until then.")]
    if registration.status == RegistrationStatus.WAITING:
        return [_("You are on the waiting list."), *place_in_queue(registration)]
    if registration.status == RegistrationStatus.OFFERED:
        return [
            _("A place is kept for you until %(moment)s. Please accept or decline it.") % {"moment": deadline(facts)}
        ]
    return [_("You have a place.")]
