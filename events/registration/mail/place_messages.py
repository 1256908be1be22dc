"""The content of the emails about a participant's place, from the registration to its end."""

from __future__ import annotations

from django.utils.translation import gettext as _

from events.models import OutboxMail
from events.registration.mail.context import EventDetails
from events.registration.mail.plain_text import subject_line
from events.registration.mail.snippets import (
    Button,
    MailContent,
    about_personal_page,
    after_expired_offer,
    confirmation_note,
    current_status,
    deadline,
    event_page,
    free_mode,
    group_people,
    how_to_join,
    if_not_you,
    nothing_to_do,
    others_wait,
    personal_page,
    please_withdraw,
    queue_position,
    reason_for_participant,
    registered_by,
    waiting_list_end,
)
from events.states import RegistrationStatus


def received(mail: OutboxMail, details: EventDetails) -> MailContent:
    return MailContent(
        subject=subject_line(_("Registration received: %(title)s"), details.title),
        heading=_("We have received your registration"),
        paragraphs=[
            *registered_by(mail),
            _("The organisers approve each registration. We are holding a place for you until then."),
            _("We will email you when the organisers have decided. You do not need to do anything."),
        ],
        button=personal_page(details),
        closing=about_personal_page(details),
    )


def confirm_address(mail: OutboxMail, details: EventDetails) -> MailContent:
    return MailContent(
        subject=subject_line(_("Confirm your email address: %(title)s"), details.title),
        heading=_("Confirm your email address"),
        paragraphs=[
            _("Someone, probably you, has registered for this event with your email address."),
            _("Confirm your address on your personal page by %(moment)s. We are holding a place for you until then.")
            % {"moment": deadline(details)},
            _("After that, the place is available to others."),
        ],
        button=personal_page(details, _("Confirm your email address")),
        closing=[
            _("If this was not you, you do not need to do anything: you are not registered."),
            *about_personal_page(details),
        ],
    )


def group(mail: OutboxMail, details: EventDetails) -> MailContent:
    people = group_people(mail, details)
    shared = [
        _("Each link opens the personal page of one person. Give it to that person only."),
        _("To confirm your email address for all of them, open one of the links and confirm it there."),
    ]
    must_confirm = any(item.get("status") == RegistrationStatus.OFFERED for item in mail.payload.get("people", []))
    return MailContent(
        subject=subject_line(_("Registration of your group: %(title)s"), details.title),
        heading=_("We have received the registration of your group"),
        paragraphs=[
            _("You have registered these people. Those with an email address of their own get an email with a link."),
            *(shared[: 1 + must_confirm] if any(person.url for person in people) else []),
        ],
        people=people,
        button=event_page(details),
        closing=[_("If this was not you, you do not need to do anything.")],
    )


def waiting(mail: OutboxMail, details: EventDetails) -> MailContent:
    return MailContent(
        subject=subject_line(_("Waiting list: %(title)s"), details.title),
        heading=_("You are on the waiting list"),
        paragraphs=[
            *registered_by(mail),
            _("All places are taken. You do not have a place yet."),
            *(queue_position(details.registration) if details.registration else []),
            _("When a place becomes free, we will email you an offer. You then have limited time to accept it."),
            *_end_of_waiting_list(details),
            *free_mode(details),
        ],
        button=personal_page(details),
        closing=about_personal_page(details),
    )


def _end_of_waiting_list(details: EventDetails) -> list[str]:
    end = waiting_list_end(details)
    text = _("The waiting list ends on %(moment)s. If you have no offer by then, there is no place for you.")
    return [text % {"moment": end}] if end else []


def offered(mail: OutboxMail, details: EventDetails) -> MailContent:
    if others_wait(details):
        after = [
            _("After that, we will offer the place to the next person on the waiting list."),
            _("If you no longer want the place, decline it. Other people are waiting."),
        ]
    else:
        after = [
            _("After that, the place is available to others."),
            _("If you no longer want the place, decline it."),
        ]
    return MailContent(
        subject=subject_line(_("We can offer you a place: %(title)s"), details.title),
        heading=_("We can offer you a place"),
        paragraphs=[
            _("Accept the offer on your personal page by %(moment)s.") % {"moment": deadline(details)},
            *after,
        ],
        button=personal_page(details, _("Accept or decline the offer")),
        closing=about_personal_page(details),
    )


def offer_expired(mail: OutboxMail, details: EventDetails) -> MailContent:
    return MailContent(
        subject=subject_line(_("Your offer has expired: %(title)s"), details.title),
        heading=_("Your offer has expired"),
        paragraphs=[
            _("We offered you a place, but you did not accept it in time."),
            after_expired_offer(details),
        ],
        button=event_page(details),
    )


def no_place(mail: OutboxMail, details: EventDetails) -> MailContent:
    alternative = free_mode(details)
    end = waiting_list_end(details)
    if end:
        return MailContent(
            subject=subject_line(_("No place has become free yet: %(title)s"), details.title),
            heading=_("No place has become free for you yet"),
            paragraphs=[
                _("The event starts soon, and you do not have a place."),
                _("If a place becomes free by %(moment)s, we will email you an offer. Do not count on it.")
                % {"moment": end},
                *alternative,
            ],
            button=personal_page(details),
            closing=about_personal_page(details),
        )
    return MailContent(
        subject=subject_line(_("No place became free: %(title)s"), details.title),
        heading=_("We could not offer you a place"),
        paragraphs=[
            _("The waiting list has ended, and no place became free for you. We are sorry."),
            *alternative,
        ],
        button=personal_page(details) if alternative else event_page(details),
        closing=[] if alternative else [nothing_to_do()],
    )


def invited(mail: OutboxMail, details: EventDetails) -> MailContent:
    return MailContent(
        subject=subject_line(_("Invitation: %(title)s"), details.title),
        heading=_("You are invited"),
        paragraphs=[
            _("The organisers invite you to this event. They gave us your name and email address."),
            _("Complete the registration form by %(moment)s. We are holding a place for you until then.")
            % {"moment": deadline(details)},
            _("After that, the place is available to others."),
        ],
        button=Button(_("Complete the form"), details.completion_url) if details.completion_url else None,
        closing=[
            _("If you do not want to attend, you do not need to do anything. You can also decline on the same page."),
            *about_personal_page(details),
        ],
    )


def confirmed(mail: OutboxMail, details: EventDetails) -> MailContent:
    return MailContent(
        subject=subject_line(_("Registration confirmed: %(title)s"), details.title),
        heading=_("You have a place"),
        paragraphs=[
            *registered_by(mail),
            _("Your registration is confirmed. We look forward to meeting you."),
            *how_to_join(details),
            _("The event is attached for your calendar. Our emails keep the calendar entry up to date."),
        ],
        button=personal_page(details),
        closing=[please_withdraw(), *about_personal_page(details)],
        note=confirmation_note(details),
    )


def changed(mail: OutboxMail, details: EventDetails) -> MailContent:
    return MailContent(
        subject=subject_line(_("Registration changed: %(title)s"), details.title),
        heading=_("Your registration has changed"),
        paragraphs=[*current_status(details), *how_to_join(details)],
        button=personal_page(details, _("View your registration")),
        closing=[if_not_you(), *about_personal_page(details)],
    )


def withdrawn(mail: OutboxMail, details: EventDetails) -> MailContent:
    if mail.payload.get("declined"):
        subject, heading = _("You have declined the place: %(title)s"), _("You have declined the place")
    else:
        subject, heading = _("You have withdrawn: %(title)s"), _("You have withdrawn")
    if _had_place(mail):
        ended = _("You are no longer registered, and your place is free for someone else. Thank you for telling us.")
    else:
        ended = _("You are no longer on the waiting list. Thank you for telling us.")
    return MailContent(
        subject=subject_line(subject, details.title),
        heading=heading,
        paragraphs=[
            ended,
            _("If you change your mind, you can register again while registration is open."),
        ],
        button=event_page(details),
        closing=[if_not_you()],
    )


def _had_place(mail: OutboxMail) -> bool:
    """Return whether the registration held a place when it was closed."""
    return bool(mail.payload.get("had_place", True))


def rejected(mail: OutboxMail, details: EventDetails) -> MailContent:
    return MailContent(
        subject=subject_line(_("Registration not accepted: %(title)s"), details.title),
        heading=_("Your registration was not accepted"),
        paragraphs=[_("We are sorry that we cannot offer you a place. Thank you for your interest.")],
        button=event_page(details),
        note=reason_for_participant(mail),
    )


def cancelled(mail: OutboxMail, details: EventDetails) -> MailContent:
    return MailContent(
        subject=subject_line(_("Registration cancelled: %(title)s"), details.title),
        heading=_("Your registration has been cancelled"),
        paragraphs=[
            _("The organisers have cancelled your registration. You no longer have a place.")
            if _had_place(mail)
            else _("The organisers have cancelled your registration. You are no longer on the waiting list.")
        ],
        button=event_page(details),
        closing=[_("If you think this is a mistake, contact us.")],
        note=reason_for_participant(mail),
    )
