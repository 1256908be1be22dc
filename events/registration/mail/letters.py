"""What each kind of mail says. The words are here once: text and HTML are two ways to show the same letter.

Everything is plain text. Nothing that a person typed is put into it but her name, which the templates show.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.enums import MailKind, Mode, Status
from events.models import OutboxMail, Registration
from events.registration import seats
from events.registration.mail.facts import Fact, Facts
from events.registration.mail.plain import one_line, subject_line
from events.states import IN, RegistrationState
from events.when import moment_in_words


@dataclass(frozen=True)
class Button:
    label: str
    url: str


@dataclass(frozen=True)
class Letter:
    subject: str
    heading: str
    paragraphs: list[str]
    button: Button | None = None
    # In the organiser's words, in a language of their own where the mail's is missing.
    note: str = ""
    note_heading: str = ""
    note_language: str = ""
    heading_language: str = ""
    # What to do if something is not so, below the facts.
    closing: list[str] = field(default_factory=list)
    facts: list[Fact] | None = None


def letter_of(mail: OutboxMail, facts: Facts) -> Letter:
    """Return what a mail says, in the active language."""
    letter = LETTERS[mail.kind](mail, facts)
    return letter if letter.facts is not None else replace(letter, facts=facts.event_facts())


# Sentences that several kinds share


def _how_to_join(facts: Facts) -> list[str]:
    """Return how somebody who has a place gets in. The link itself is on the personal page alone (decision 0044)."""
    registration = facts.registration
    if registration is None or registration.state not in IN or registration.mode != Mode.ONLINE:
        return []
    return [_("You take part online. Shortly before it begins, you find the way in on your personal page.")]


def _look_after_it(facts: Facts) -> list[str]:
    return [
        _("On your personal page you can change your answers or withdraw, and see or erase your data."),
        _("The link to it is yours alone. Please do not pass this mail on."),
    ]


def _give_it_back() -> str:
    return _("If you cannot take part after all, please withdraw on your personal page, so that somebody else can have your place.")


def _own_page(facts: Facts, label: str = "") -> Button | None:
    return Button(label or _("Open your personal page"), facts.personal_url) if facts.personal_url else None


def _event_page(facts: Facts) -> Button | None:
    return Button(_("See the page of the event"), facts.event_url) if facts.event_url else None


def _note(facts: Facts) -> dict[str, str]:
    return _words_of_the_page(_("Good to know"), facts.page.confirmation_note, facts)


def _reason(facts: Facts) -> dict[str, str]:
    return _words_of_the_page(_("From the organiser"), facts.page.status_reason, facts)


def _words_of_the_page(heading: str, text: str, facts: Facts) -> dict[str, str]:
    text = text.strip()
    return {"note_heading": heading, "note": text, "note_language": facts.foreign_language} if text else {}


def _place_in_queue(registration: Registration) -> list[str]:
    ahead = Registration.objects.filter(
        event=registration.event_id, mode=registration.mode, state=RegistrationState.WAITING
    ).filter(queued_at__lt=registration.queued_at or datetime.datetime.max.replace(tzinfo=datetime.UTC))
    count = ahead.count()
    if not count:
        return [_("You are the first on the list.")]
    return [ngettext("%(count)d person is before you.", "%(count)d people are before you.", count) % {"count": count}]


def _deadline(facts: Facts) -> str:
    """Return until when an offer stands, on the event's clocks."""
    expires_at = facts.registration.offer_expires_at if facts.registration else None
    return moment_in_words(expires_at, facts.event.zone) if expires_at else ""


def _where_it_stands(facts: Facts) -> list[str]:
    """Return in a sentence what a registration has come to."""
    registration = facts.registration
    if registration is None:
        return []
    if registration.state == RegistrationState.PENDING:
        return [_("Your registration waits for the organiser's approval. Your place is kept until then.")]
    if registration.state == RegistrationState.WAITING:
        return [_("You are on the waiting list."), *_place_in_queue(registration)]
    if registration.state == RegistrationState.OFFERED:
        return [
            _("A place is kept for you until %(moment)s. Please accept or decline it.") % {"moment": _deadline(facts)}
        ]
    return [_("You have a place.")]


# One for each kind


def _received(mail: OutboxMail, facts: Facts) -> Letter:
    return Letter(
        subject=subject_line(_("Registration received: %(title)s"), facts.title),
        heading=_("We have received your registration"),
        paragraphs=[
            _("The organiser approves each registration. Your place is kept until then."),
            _("You will get a mail as soon as it is decided; there is nothing more to do."),
        ],
        button=_own_page(facts),
        closing=_look_after_it(facts),
    )


def _waiting(mail: OutboxMail, facts: Facts) -> Letter:
    return Letter(
        subject=subject_line(_("Waiting list: %(title)s"), facts.title),
        heading=_("You are on the waiting list"),
        paragraphs=[
            _("All places are taken at the moment. You do not have a place yet."),
            *(_place_in_queue(facts.registration) if facts.registration else []),
            _("As soon as a place is free, we offer it to you by mail. You then have some time to accept it."),
        ],
        button=_own_page(facts),
        closing=_look_after_it(facts),
    )


def _offered(mail: OutboxMail, facts: Facts) -> Letter:
    return Letter(
        subject=subject_line(_("A place is free for you: %(title)s"), facts.title),
        heading=_("A place is free for you"),
        paragraphs=[
            _("It is kept for you until %(moment)s.") % {"moment": _deadline(facts)},
            _("Please accept it on your personal page by then. After that, it goes to the next on the waiting list."),
            _("If you do not want it any more, please decline it: somebody else is waiting for it."),
        ],
        button=_own_page(facts, _("Accept or decline the place")),
        closing=_look_after_it(facts),
    )


def _offer_expired(mail: OutboxMail, facts: Facts) -> Letter:
    return Letter(
        subject=subject_line(_("The offered place is gone: %(title)s"), facts.title),
        heading=_("The place that we offered you is gone"),
        paragraphs=[
            _(
                "We kept it for you as long as we could, and had no answer. It has gone to the next on the waiting list."
            ),
            _("You are not registered any more. If you would still like to come, please register again."),
        ],
        button=_event_page(facts),
    )


def _confirmed(mail: OutboxMail, facts: Facts) -> Letter:
    return Letter(
        subject=subject_line(_("Confirmed: %(title)s"), facts.title),
        heading=_("You have a place"),
        paragraphs=[
            _("Your registration is confirmed. We look forward to meeting you."),
            *_how_to_join(facts),
            _("The event is attached for your calendar. Your entry is kept up to date by our mails."),
        ],
        button=_own_page(facts),
        closing=[_give_it_back(), *_look_after_it(facts)],
        **_note(facts),
    )


def _changed(mail: OutboxMail, facts: Facts) -> Letter:
    return Letter(
        subject=subject_line(_("Registration changed: %(title)s"), facts.title),
        heading=_("Your registration has been changed"),
        paragraphs=[*_where_it_stands(facts), *_how_to_join(facts)],
        button=_own_page(facts, _("See your registration")),
        closing=[_("If this was not you, please write to us."), *_look_after_it(facts)],
    )


def _reminder(mail: OutboxMail, facts: Facts) -> Letter:
    return Letter(
        subject=subject_line(_("Soon: %(title)s"), facts.title),
        heading=_("The event begins soon"),
        paragraphs=[_("You have a place, and we look forward to meeting you."), *_how_to_join(facts)],
        button=_own_page(facts),
        closing=[_give_it_back(), *_look_after_it(facts)],
        **_note(facts),
    )


def _event_changed(mail: OutboxMail, facts: Facts) -> Letter:
    return Letter(
        subject=subject_line(_("Time or place changed: %(title)s"), facts.title),
        heading=_("Time or place have changed"),
        paragraphs=[
            _("Below is what is true from now on. Your registration stays as it is."),
            *_where_it_stands(facts),
            *_how_to_join(facts),
        ],
        button=_own_page(facts),
        closing=[_give_it_back(), *_look_after_it(facts)],
        **_reason(facts),
    )


def _withdrawn(mail: OutboxMail, facts: Facts) -> Letter:
    return Letter(
        subject=subject_line(_("You have withdrawn: %(title)s"), facts.title),
        heading=_("You have withdrawn"),
        paragraphs=[
            _("Your registration has ended, and your place is free for somebody else. Thank you for telling us."),
            _("If you change your mind, you can register again as long as registration is open."),
        ],
        button=_event_page(facts),
        closing=[_("If this was not you, please write to us.")],
    )


def _rejected(mail: OutboxMail, facts: Facts) -> Letter:
    reason = str(mail.payload.get("reason") or "").strip()
    return Letter(
        subject=subject_line(_("Registration not accepted: %(title)s"), facts.title),
        heading=_("We cannot offer you a place"),
        paragraphs=[_("Thank you for your interest. We are sorry that your registration could not be accepted.")],
        note_heading=_("From the organiser") if reason else "",
        note=reason,
        button=_event_page(facts),
    )


def _cancelled(mail: OutboxMail, facts: Facts) -> Letter:
    return Letter(
        subject=subject_line(_("Registration cancelled: %(title)s"), facts.title),
        heading=_("Your registration has been cancelled"),
        paragraphs=[_("The organiser has cancelled your registration. You do not have a place any more.")],
        button=_event_page(facts),
        closing=[_("If you think that this is a mistake, please write to us.")],
    )


def _event_off(mail: OutboxMail, facts: Facts) -> Letter:
    if facts.event.status == Status.POSTPONED:
        return Letter(
            subject=subject_line(_("Postponed: %(title)s"), facts.title),
            heading=_("The event is postponed"),
            paragraphs=[
                _("It does not take place on the day that was announced. A new day is not known yet."),
                _("Your registration stays as it is; you will get a mail when there is a new day."),
            ],
            button=_own_page(facts),
            facts=[Fact(_("Was planned for"), facts.when)],
            closing=_look_after_it(facts),
            **_reason(facts),
        )
    return Letter(
        subject=subject_line(_("Cancelled: %(title)s"), facts.title),
        heading=_("The event is cancelled"),
        paragraphs=[_("It does not take place. We are sorry.")],
        button=_event_page(facts),
        facts=[Fact(_("Was planned for"), facts.when)],
        closing=[_("There is nothing more to do. Your data are deleted when their time has come.")],
        **_reason(facts),
    )


def _known(mail: OutboxMail, facts: Facts) -> Letter:
    return Letter(
        subject=subject_line(_("Your registration: %(title)s"), facts.title),
        heading=_("You are registered already"),
        paragraphs=[
            _("Somebody has just sent the registration form with your address, most likely you."),
            _("Your registration is as it was; here is the link to it again."),
            *_where_it_stands(facts),
        ],
        button=_own_page(facts, _("See your registration")),
        closing=[_("If this was not you, there is nothing to do."), *_look_after_it(facts)],
    )


def _message(mail: OutboxMail, facts: Facts) -> Letter:
    language, written = _written(mail, facts)
    foreign = "" if language == facts.language else language
    subject = written.get("subject") or facts.title
    return Letter(
        subject=subject_line("%(title)s", subject),
        heading=one_line(subject),
        paragraphs=[],
        note=written.get("body", ""),
        note_language=foreign,
        heading_language=foreign,
        button=_own_page(facts),
        closing=[_("You get this mail because you have registered for this event.")],
    )


def _written(mail: OutboxMail, facts: Facts) -> tuple[str, dict[str, str]]:
    """Return a message in the language of its reader, else in the event's source language, else in any."""
    texts: dict[str, dict[str, str]] = mail.message.texts if mail.message else {}
    for language in (facts.language, facts.page.locale.language_code, *texts):
        if texts.get(language):
            return language, texts[language]
    return facts.language, {}


def _erased(mail: OutboxMail, facts: Facts) -> Letter:
    return Letter(
        subject=subject_line(_("Your data are erased: %(title)s"), facts.title),
        heading=_("Your data are erased"),
        paragraphs=[
            _("As you asked, we have erased what we knew of you in connection with this event."),
            _("If you had a place, it is free for somebody else. Your personal link does not work any more."),
            _("What remains are numbers that do not tell of you. This is the last mail about it."),
        ],
        facts=[],
    )


ORGANISER_NEWS: dict[str, Callable[[], str]] = {
    "registered": lambda: _("Somebody has registered."),
    "pending": lambda: _("Somebody has registered and waits for your approval."),
    "waiting": lambda: _("Somebody has joined the waiting list."),
    "withdrawn": lambda: _("Somebody has withdrawn."),
    "mail_failed": lambda: _("At least one mail could not be sent. You can see whom to call, and send it again."),
}


def _organiser(mail: OutboxMail, facts: Facts) -> Letter:
    news = ORGANISER_NEWS.get(str(mail.payload.get("news", "")))
    return Letter(
        subject=subject_line(_("Registrations: %(title)s"), facts.title),
        heading=_("News of the registrations"),
        paragraphs=[news() if news else _("The registrations have changed.")],
        button=Button(_("See the registrations"), facts.desk_url),
        facts=[Fact(str(count.mode.label), [_seats(count)]) for count in seats.seat_counts(facts.event).values()],
        closing=[_("You get this mail because your address is in the settings of the registration.")],
    )


def _seats(count: seats.SeatCount) -> str:
    if count.capacity is None:
        taken = ngettext("%(held)d registered", "%(held)d registered", count.held) % {"held": count.held}
    else:
        taken = _("%(held)d of %(capacity)d places taken") % {"held": count.held, "capacity": count.capacity}
    if not count.waiting:
        return taken
    waiting = ngettext("%(count)d waiting", "%(count)d waiting", count.waiting) % {"count": count.waiting}
    return f"{taken}, {waiting}"


LETTERS: dict[str, Callable[[OutboxMail, Facts], Letter]] = {
    MailKind.RECEIVED: _received,
    MailKind.WAITING: _waiting,
    MailKind.OFFERED: _offered,
    MailKind.OFFER_EXPIRED: _offer_expired,
    MailKind.CONFIRMED: _confirmed,
    MailKind.CHANGED: _changed,
    MailKind.REMINDER: _reminder,
    MailKind.EVENT_CHANGED: _event_changed,
    MailKind.WITHDRAWN: _withdrawn,
    MailKind.REJECTED: _rejected,
    MailKind.CANCELLED: _cancelled,
    MailKind.EVENT_OFF: _event_off,
    MailKind.KNOWN: _known,
    MailKind.MESSAGE: _message,
    MailKind.ERASED: _erased,
    MailKind.ORGANISER: _organiser,
}
