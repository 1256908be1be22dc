"""What each kind of mail says. The words are here once: text and HTML are two ways to show the same letter.

Everything is plain text. Nothing that a person typed is put into it but her name, which the templates show.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.enums import EventStatus, MailKind
from events.models import OutboxMail
from events.registration import seats
from events.registration.mail.calendar_invitation import FAREWELL
from events.registration.mail.context import Fact, Facts
from events.registration.mail.plain_text import one_line, subject_line
from events.registration.mail.snippets import (
    Button,
    Letter,
    Note,
    after_the_offer,
    deadline,
    event_page,
    give_it_back,
    good_to_know,
    how_to_join,
    look_after_it,
    other_way,
    own_page,
    place_in_queue,
    reason_of_change,
    reason_to_one,
    where_it_stands,
)


def letter_of(mail: OutboxMail, facts: Facts) -> Letter:
    """Return what a mail says, in the active language."""
    letter = LETTERS[mail.kind](mail, facts)
    return letter if letter.facts is not None else replace(letter, facts=facts.event_facts())


def _received(mail: OutboxMail, facts: Facts) -> Letter:
    return Letter(
        subject=subject_line(_("Registration received: %(title)s"), facts.title),
        heading=_("We have received your registration"),
        paragraphs=[
            _("The organiser approves each registration. Your place is kept until then."),
            _("You will get a mail as soon as it is decided; there is nothing more to do."),
        ],
        button=own_page(facts),
        closing=look_after_it(facts),
    )


def _waiting(mail: OutboxMail, facts: Facts) -> Letter:
    return Letter(
        subject=subject_line(_("Waiting list: %(title)s"), facts.title),
        heading=_("You are on the waiting list"),
        paragraphs=[
            _("All places are taken at the moment. You do not have a place yet."),
            *(place_in_queue(facts.registration) if facts.registration else []),
            _("As soon as a place is free, we offer it to you by mail. You then have some time to accept it."),
        ],
        button=own_page(facts),
        closing=look_after_it(facts),
    )


def _offered(mail: OutboxMail, facts: Facts) -> Letter:
    return Letter(
        subject=subject_line(_("A place is free for you: %(title)s"), facts.title),
        heading=_("A place is free for you"),
        paragraphs=[
            _("It is kept for you until %(moment)s.") % {"moment": deadline(facts)},
            _("Please accept it on your personal page by then. After that, it goes to the next on the waiting list."),
            _("If you do not want it any more, please decline it: somebody else is waiting for it."),
        ],
        button=own_page(facts, _("Accept or decline the place")),
        closing=look_after_it(facts),
    )


def _offer_expired(mail: OutboxMail, facts: Facts) -> Letter:
    return Letter(
        subject=subject_line(_("The offered place is gone: %(title)s"), facts.title),
        heading=_("The place that we offered you is gone"),
        paragraphs=[_("We kept it for you as long as we could, and had no answer."), after_the_offer(facts)],
        button=event_page(facts),
    )


def _no_place(mail: OutboxMail, facts: Facts) -> Letter:
    way_out = other_way(facts)
    return Letter(
        subject=subject_line(_("No place became free: %(title)s"), facts.title),
        heading=_("No place has become free for you"),
        paragraphs=[
            _("You were on the waiting list until it ended. We are sorry that we could not offer you a place."),
            *way_out,
        ],
        button=own_page(facts) if way_out else event_page(facts),
        closing=[] if way_out else [_("There is nothing more to do. Your data are deleted when their time has come.")],
    )


def _confirmed(mail: OutboxMail, facts: Facts) -> Letter:
    return Letter(
        subject=subject_line(_("Confirmed: %(title)s"), facts.title),
        heading=_("You have a place"),
        paragraphs=[
            _("Your registration is confirmed. We look forward to meeting you."),
            *how_to_join(facts),
            _("The event is attached for your calendar. Your entry is kept up to date by our mails."),
        ],
        button=own_page(facts),
        closing=[give_it_back(), *look_after_it(facts)],
        note=good_to_know(facts),
    )


def _changed(mail: OutboxMail, facts: Facts) -> Letter:
    return Letter(
        subject=subject_line(_("Registration changed: %(title)s"), facts.title),
        heading=_("Your registration has been changed"),
        paragraphs=[*where_it_stands(facts), *how_to_join(facts)],
        button=own_page(facts, _("See your registration")),
        closing=[_("If this was not you, please write to us."), *look_after_it(facts)],
    )


def _reminder(mail: OutboxMail, facts: Facts) -> Letter:
    return Letter(
        subject=subject_line(_("Soon: %(title)s"), facts.title),
        heading=_("The event begins soon"),
        paragraphs=[_("You have a place, and we look forward to meeting you."), *how_to_join(facts)],
        button=own_page(facts),
        closing=[give_it_back(), *look_after_it(facts)],
        note=good_to_know(facts),
    )


def _event_changed(mail: OutboxMail, facts: Facts) -> Letter:
    if _was_off(mail):
        subject, heading = _("It takes place: %(title)s"), _("The event takes place after all")
    else:
        subject, heading = _("Time or place changed: %(title)s"), _("Time or place have changed")
    return Letter(
        subject=subject_line(subject, facts.title),
        heading=heading,
        paragraphs=[
            _("Below is what is true from now on. Your registration stays as it is."),
            *where_it_stands(facts),
            *how_to_join(facts),
        ],
        button=own_page(facts),
        closing=[give_it_back(), *look_after_it(facts)],
        note=reason_of_change(facts),
    )


def _was_off(mail: OutboxMail) -> bool:
    """Tell whether the last thing that the person was told of the event itself is that it is off."""
    told = OutboxMail.objects.filter(
        registration=mail.registration_id, kind__in=[MailKind.EVENT_OFF, MailKind.EVENT_CHANGED], attempts__gt=0
    )
    last = told.exclude(pk=mail.pk).order_by("-pk").first()
    return last is not None and last.kind == MailKind.EVENT_OFF


def _withdrawn(mail: OutboxMail, facts: Facts) -> Letter:
    return Letter(
        subject=subject_line(_("You have withdrawn: %(title)s"), facts.title),
        heading=_("You have withdrawn"),
        paragraphs=[
            _("Your registration has ended, and your place is free for somebody else. Thank you for telling us."),
            _("If you change your mind, you can register again as long as registration is open."),
        ],
        button=event_page(facts),
        closing=[_("If this was not you, please write to us.")],
    )


def _rejected(mail: OutboxMail, facts: Facts) -> Letter:
    return Letter(
        subject=subject_line(_("Registration not accepted: %(title)s"), facts.title),
        heading=_("We cannot offer you a place"),
        paragraphs=[_("Thank you for your interest. We are sorry that your registration could not be accepted.")],
        button=event_page(facts),
        note=reason_to_one(mail),
    )


def _cancelled(mail: OutboxMail, facts: Facts) -> Letter:
    return Letter(
        subject=subject_line(_("Registration cancelled: %(title)s"), facts.title),
        heading=_("Your registration has been cancelled"),
        paragraphs=[_("The organiser has cancelled your registration. You do not have a place any more.")],
        button=event_page(facts),
        closing=[_("If you think that this is a mistake, please write to us.")],
        note=reason_to_one(mail),
    )


def _event_off(mail: OutboxMail, facts: Facts) -> Letter:
    if facts.event.status == EventStatus.POSTPONED:
        return Letter(
            subject=subject_line(_("Postponed: %(title)s"), facts.title),
            heading=_("The event is postponed"),
            paragraphs=[
                _("It does not take place on the day that was announced. A new day is not known yet."),
                _("Your registration stays as it is; you will get a mail when there is a new day."),
            ],
            button=own_page(facts),
            facts=[Fact(_("Was planned for"), facts.when)],
            closing=look_after_it(facts),
            note=reason_of_change(facts),
        )
    return Letter(
        subject=subject_line(_("Cancelled: %(title)s"), facts.title),
        heading=_("The event is cancelled"),
        paragraphs=[_("It does not take place. We are sorry.")],
        button=event_page(facts),
        facts=[Fact(_("Was planned for"), facts.when)],
        closing=[_("There is nothing more to do. Your data are deleted when their time has come.")],
        note=reason_of_change(facts),
    )


def _known(mail: OutboxMail, facts: Facts) -> Letter:
    if "form" in mail.payload:
        heading = _("You are registered already")
        paragraphs = [
            _("Somebody has just sent the registration form with your address, most likely you."),
            _("Your registration is as it was; here is the link to it again."),
        ]
    else:
        heading = _("Here is your personal link")
        paragraphs = [_("The links in earlier mails do not work any more; please use this one.")]
    return Letter(
        subject=subject_line(_("Your registration: %(title)s"), facts.title),
        heading=heading,
        paragraphs=[*paragraphs, *where_it_stands(facts)],
        button=own_page(facts, _("See your registration")),
        closing=[_("If this was not you, there is nothing to do."), *look_after_it(facts)],
    )


def _message(mail: OutboxMail, facts: Facts) -> Letter:
    language, written = _written(mail, facts)
    foreign = "" if language == facts.language else language
    subject = written.get("subject") or facts.title
    return Letter(
        subject=subject_line("%(title)s", subject),
        heading=one_line(subject),
        paragraphs=[],
        note=Note(written.get("body", ""), language=foreign),
        heading_language=foreign,
        button=own_page(facts),
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
            _("The attached entry takes the event out of your calendar. If it stays there, please delete it yourself.")
            if FAREWELL in mail.payload
            else _("If the event is in your calendar, please delete it there yourself."),
            _("What remains are numbers that do not tell of you. This is the last mail about it."),
        ],
        facts=[],
    )


ORGANISER_NEWS: dict[str, Callable[[], str]] = {
    "registrations": lambda: _("People have registered, changed or withdrawn. This is how it stands now:"),
    "mail_failed": lambda: _("At least one mail could not be sent. You can see whom to call, and send it again."),
}


def _organiser(mail: OutboxMail, facts: Facts) -> Letter:
    return Letter(
        subject=subject_line(_("Registrations: %(title)s"), facts.title),
        heading=_("News of the registrations"),
        paragraphs=[ORGANISER_NEWS[mail.payload.get("news", "registrations")]()],
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
    MailKind.NO_PLACE: _no_place,
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
