"""The content of each kind of email. Text and HTML show the same content.

Everything is plain text. The only input of participants in it is their name, which the templates show.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.enums import EventStatus, MailKind
from events.models import OutboxMail
from events.registration import seats
from events.registration.mail import queue
from events.registration.mail.calendar_invitation import ERASED_ENTRY
from events.registration.mail.context import DetailRow, EventDetails
from events.registration.mail.plain_text import one_line, subject_line
from events.registration.mail.snippets import (
    Button,
    MailContent,
    Note,
    about_personal_page,
    after_expired_offer,
    confirmation_note,
    current_status,
    deadline,
    event_page,
    free_mode,
    group_people,
    how_to_join,
    others_wait,
    personal_page,
    please_leave_session,
    please_withdraw,
    queue_position,
    reason_for_participant,
    reason_of_change,
    registered_by,
    rows_before,
    session_lines,
    sessions_at_once,
    ticket_part,
    waiting_list_end,
    when_told,
)
from events.states import RegistrationStatus

# The emails that say that a participant has a place, and those after which an earlier ticket may be invalid.
KINDS_WITH_TICKET = frozenset(
    {MailKind.CONFIRMED, MailKind.CHANGED, MailKind.REMINDER, MailKind.EVENT_CHANGED, MailKind.PERSONAL_LINK}
)


def content_for(mail: OutboxMail, details: EventDetails) -> MailContent:
    """Return what an email says, in the active language."""
    content = CONTENT_BY_KIND[mail.kind](mail, details)
    if mail.kind in KINDS_WITH_TICKET:
        content = replace(content, ticket=ticket_part(details))
    return content if content.rows is not None else replace(content, rows=details.rows())


def _received(mail: OutboxMail, details: EventDetails) -> MailContent:
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


def _confirm_address(mail: OutboxMail, details: EventDetails) -> MailContent:
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


def _group(mail: OutboxMail, details: EventDetails) -> MailContent:
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


def _waiting(mail: OutboxMail, details: EventDetails) -> MailContent:
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


def _offered(mail: OutboxMail, details: EventDetails) -> MailContent:
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


def _offer_expired(mail: OutboxMail, details: EventDetails) -> MailContent:
    return MailContent(
        subject=subject_line(_("Your offer has expired: %(title)s"), details.title),
        heading=_("Your offer has expired"),
        paragraphs=[
            _("We offered you a place, but you did not accept it in time."),
            after_expired_offer(details),
        ],
        button=event_page(details),
    )


def _no_place(mail: OutboxMail, details: EventDetails) -> MailContent:
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
        closing=[] if alternative else [_nothing_to_do()],
    )


def _nothing_to_do() -> str:
    return _("You do not need to do anything. We will delete your data when the retention period ends.")


def _invited(mail: OutboxMail, details: EventDetails) -> MailContent:
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


def _confirmed(mail: OutboxMail, details: EventDetails) -> MailContent:
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


def _changed(mail: OutboxMail, details: EventDetails) -> MailContent:
    return MailContent(
        subject=subject_line(_("Registration changed: %(title)s"), details.title),
        heading=_("Your registration has changed"),
        paragraphs=[*current_status(details), *how_to_join(details)],
        button=personal_page(details, _("View your registration")),
        closing=[_if_not_you(), *about_personal_page(details)],
    )


def _if_not_you() -> str:
    return _("If you did not do this, contact us.")


def _reminder(mail: OutboxMail, details: EventDetails) -> MailContent:
    return MailContent(
        subject=subject_line(_("Reminder: %(title)s"), details.title),
        heading=_("The event starts soon"),
        paragraphs=[_("You have a place. We look forward to meeting you."), *how_to_join(details)],
        button=personal_page(details),
        closing=[please_withdraw(), *about_personal_page(details)],
        note=confirmation_note(details),
    )


def _event_changed(mail: OutboxMail, details: EventDetails) -> MailContent:
    if _was_called_off(mail):
        subject, heading = _("Event goes ahead: %(title)s"), _("The event will take place after all")
    else:
        subject, heading = _("Time or place changed: %(title)s"), _("The time or place of the event has changed")
    return MailContent(
        subject=subject_line(subject, details.title),
        heading=heading,
        paragraphs=[
            _("You can find the new details below. Your registration stays as it is."),
            *current_status(details),
            *how_to_join(details),
        ],
        button=personal_page(details),
        rows=rows_before(mail, details),
        closing=[please_withdraw(), *about_personal_page(details)],
        note=reason_of_change(mail, details),
    )


def _was_called_off(mail: OutboxMail) -> bool:
    """Return whether the last email about the event itself said that it is cancelled or postponed."""
    told = OutboxMail.objects.filter(
        registration=mail.registration_id, kind__in=[MailKind.EVENT_OFF, MailKind.EVENT_CHANGED], attempts__gt=0
    )
    last = told.exclude(pk=mail.pk).order_by("-pk").first()
    return last is not None and last.kind == MailKind.EVENT_OFF


def _session_place(mail: OutboxMail, details: EventDetails) -> MailContent:
    return MailContent(
        subject=subject_line(_("You have a place in a session: %(title)s"), details.title),
        heading=_("A place became free for you"),
        paragraphs=[
            *session_lines(mail, details),
            _(
                "You were on the waiting list of this session. Now you have a place in it, and do not need to do anything."
            ),
        ],
        button=personal_page(details),
        closing=[please_leave_session(), *about_personal_page(details)],
    )


def _session_changed(mail: OutboxMail, details: EventDetails) -> MailContent:
    before = mail.payload.get("before")
    chosen = details.session(mail.payload.get("session", ""))
    if chosen is not None and not chosen.session.takes_place:
        subject, heading = _("Session cancelled: %(title)s"), _("A session that you chose is cancelled")
        ending = _("You can choose another session on your personal page.")
    elif not before or before.get("is_cancelled"):
        subject, heading = _("Session goes ahead: %(title)s"), _("A session that you chose will take place after all")
        ending = _("Your choice stays as it is. If the session no longer suits you, change it on your personal page.")
    else:
        subject, heading = _("Session changed: %(title)s"), _("Time or place of a session that you chose has changed")
        ending = _("Your choice stays as it is. If the session no longer suits you, change it on your personal page.")
    return MailContent(
        subject=subject_line(subject, details.title),
        heading=heading,
        paragraphs=[*session_lines(mail, details), *sessions_at_once(mail, details), ending],
        button=Button(_("Choose sessions"), details.sessions_url) if details.sessions_url else None,
        closing=about_personal_page(details),
    )


def _withdrawn(mail: OutboxMail, details: EventDetails) -> MailContent:
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
        closing=[_if_not_you()],
    )


def _had_place(mail: OutboxMail) -> bool:
    """Return whether the registration held a place when it was closed."""
    return bool(mail.payload.get("had_place", True))


def _rejected(mail: OutboxMail, details: EventDetails) -> MailContent:
    return MailContent(
        subject=subject_line(_("Registration not accepted: %(title)s"), details.title),
        heading=_("Your registration was not accepted"),
        paragraphs=[_("We are sorry that we cannot offer you a place. Thank you for your interest.")],
        button=event_page(details),
        note=reason_for_participant(mail),
    )


def _cancelled(mail: OutboxMail, details: EventDetails) -> MailContent:
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


def _event_off(mail: OutboxMail, details: EventDetails) -> MailContent:
    rows = [DetailRow(_("Originally planned for"), when_told(mail, details))]
    if details.event.status == EventStatus.POSTPONED:
        return MailContent(
            subject=subject_line(_("Postponed: %(title)s"), details.title),
            heading=_("The event is postponed"),
            paragraphs=[
                _("The event will not take place on the announced day. There is no new date yet."),
                _("Your registration stays as it is. We will email you when there is a new date."),
            ],
            button=personal_page(details),
            rows=rows,
            closing=about_personal_page(details),
            note=reason_of_change(mail, details),
        )
    return MailContent(
        subject=subject_line(_("Cancelled: %(title)s"), details.title),
        heading=_("The event is cancelled"),
        paragraphs=[_("The event will not take place. We are sorry.")],
        button=event_page(details),
        rows=rows,
        closing=[_nothing_to_do()],
        note=reason_of_change(mail, details),
    )


def _personal_link(mail: OutboxMail, details: EventDetails) -> MailContent:
    if "form" in mail.payload:
        heading = _("You are already registered")
        paragraphs = [
            _("Someone, probably you, has sent the registration form with your email address."),
            _("Your registration has not changed. Here is your personal link again."),
        ]
    else:
        heading = _("Your new personal link")
        paragraphs = [_("The links in earlier emails no longer work. Use the one in this email.")]
    return MailContent(
        subject=subject_line(_("Your registration: %(title)s"), details.title),
        heading=heading,
        paragraphs=[*paragraphs, *current_status(details)],
        button=personal_page(details, _("View your registration")),
        closing=[_("If this was not you, you do not need to do anything."), *about_personal_page(details)],
    )


def _certificate(mail: OutboxMail, details: EventDetails) -> MailContent:
    if "corrected" in mail.payload:
        subject, heading = _("Corrected certificate: %(title)s"), _("Your corrected certificate is ready")
        paragraphs = [_("It replaces the earlier one, which is no longer valid. Download it on your personal page.")]
    else:
        subject, heading = _("Certificate: %(title)s"), _("Your certificate of attendance is ready")
        paragraphs = [_("Thank you for taking part. Download the certificate on your personal page.")]
    return MailContent(
        subject=subject_line(subject, details.title),
        heading=heading,
        paragraphs=[
            *paragraphs,
            _(
                "Keep the file: we delete your name when the retention period ends. It can still be verified after that."
            ),
        ],
        button=personal_page(details),
        closing=[_("If your name is not right, contact us."), *about_personal_page(details)],
    )


def _new_address(mail: OutboxMail, details: EventDetails) -> MailContent:
    return MailContent(
        subject=subject_line(_("Confirm your new email address: %(title)s"), details.title),
        heading=_("Confirm your new email address"),
        paragraphs=[
            _("Someone, probably you, has entered this email address for a registration for this event."),
            _("Confirm the address within 48 hours. Until then our emails go to the earlier address."),
        ],
        button=Button(_("Confirm your email address"), details.new_address_url) if details.new_address_url else None,
        closing=[_("If this was not you, you do not need to do anything.")],
    )


def _old_address(mail: OutboxMail, details: EventDetails) -> MailContent:
    return MailContent(
        subject=subject_line(_("Your email address was changed: %(title)s"), details.title),
        heading=_("Your email address was changed"),
        paragraphs=[
            _("Your registration for this event now has another email address. This is our last email to this one."),
            _("The links in our earlier emails no longer work."),
        ],
        button=event_page(details),
        closing=[_if_not_you()],
    )


def _survey(mail: OutboxMail, details: EventDetails) -> MailContent:
    is_reminder = "reminder" in mail.payload
    return MailContent(
        subject=subject_line(_("How was it? %(title)s"), details.title),
        heading=_("Tell us what you think"),
        paragraphs=[
            _("Please answer four short questions about the event. It takes two minutes."),
            _("Your answers are anonymous: we store them without your name."),
        ],
        button=Button(_("Open the survey"), details.survey_url) if details.survey_url else None,
        closing=[_("This is the only reminder.")] if is_reminder else [],
    )


def _message(mail: OutboxMail, details: EventDetails) -> MailContent:
    language, written = _written(mail, details)
    foreign = "" if language == details.language else language
    subject = written.get("subject") or details.title
    return MailContent(
        subject=subject_line("%(title)s", subject),
        heading=one_line(subject),
        paragraphs=[],
        note=Note(written.get("body", ""), language=foreign),
        heading_language=foreign,
        button=personal_page(details),
        closing=[_("You get this email because you registered for this event.")],
    )


def _written(mail: OutboxMail, details: EventDetails) -> tuple[str, dict[str, str]]:
    """Return a message in the recipient's language, else in that of the event's page, else in any."""
    texts: dict[str, dict[str, str]] = mail.message.texts if mail.message else {}
    for language in (details.language, details.page.locale.language_code, *texts):
        if texts.get(language):
            return language, texts[language]
    return details.language, {}


def _erased(mail: OutboxMail, details: EventDetails) -> MailContent:
    return MailContent(
        subject=subject_line(_("Your data has been erased: %(title)s"), details.title),
        heading=_("Your data has been erased"),
        paragraphs=[
            _("As you requested, we have erased the personal data that we held about you for this event."),
            _("If you had a place, it is free for someone else. Your personal link no longer works."),
            _("The attachment removes the event from your calendar. If the event stays there, delete it yourself.")
            if ERASED_ENTRY in mail.payload
            else _("If the event is in your calendar, delete it there yourself."),
            _("We keep only anonymous statistics. This is our last email about this event."),
        ],
        rows=[],
    )


ORGANISER_TOPICS: dict[str, Callable[[], str]] = {
    queue.REGISTRATIONS_TOPIC: lambda: _("People have registered, changed their registration or withdrawn."),
    queue.DELIVERY_FAILED_TOPIC: lambda: _(
        "At least one email could not be sent. The list of emails shows which one. You can send it again there."
    ),
    queue.LIMIT_REACHED_TOPIC: lambda: _(
        "Very many emails were sent for this event within an hour. The rest will be sent automatically, but later. "
        "Check the list of registrations: someone may be misusing the registration form."
    ),
}


def _organiser(mail: OutboxMail, details: EventDetails) -> MailContent:
    topic = mail.payload.get("topic", queue.REGISTRATIONS_TOPIC)
    return MailContent(
        subject=subject_line(_("Registrations: %(title)s"), details.title),
        heading=_("Update on registrations"),
        paragraphs=[ORGANISER_TOPICS[topic]()],
        button=Button(_("View the registrations"), details.registrations_url),
        rows=[
            DetailRow(str(count.mode.label), [_places(count)]) for count in seats.seat_counts(details.event).values()
        ],
        closing=[_("You get this email because your address is in the registration settings of this event.")],
    )


def _places(count: seats.SeatCount) -> str:
    if count.capacity is None:
        taken = ngettext("%(held)d place taken", "%(held)d places taken", count.held) % {"held": count.held}
    else:
        taken = _("%(held)d of %(capacity)d places taken") % {"held": count.held, "capacity": count.capacity}
    if not count.waiting:
        return taken
    waiting = ngettext("%(count)d on the waiting list", "%(count)d on the waiting list", count.waiting)
    return f"{taken}, {waiting % {'count': count.waiting}}"


CONTENT_BY_KIND: dict[str, Callable[[OutboxMail, EventDetails], MailContent]] = {
    MailKind.CONFIRM_ADDRESS: _confirm_address,
    MailKind.GROUP: _group,
    MailKind.RECEIVED: _received,
    MailKind.WAITING: _waiting,
    MailKind.INVITED: _invited,
    MailKind.OFFERED: _offered,
    MailKind.OFFER_EXPIRED: _offer_expired,
    MailKind.NO_PLACE: _no_place,
    MailKind.CONFIRMED: _confirmed,
    MailKind.CHANGED: _changed,
    MailKind.REMINDER: _reminder,
    MailKind.EVENT_CHANGED: _event_changed,
    MailKind.SESSION_PLACE: _session_place,
    MailKind.SESSION_CHANGED: _session_changed,
    MailKind.WITHDRAWN: _withdrawn,
    MailKind.REJECTED: _rejected,
    MailKind.CANCELLED: _cancelled,
    MailKind.EVENT_OFF: _event_off,
    MailKind.PERSONAL_LINK: _personal_link,
    MailKind.CERTIFICATE: _certificate,
    MailKind.SURVEY: _survey,
    MailKind.NEW_ADDRESS: _new_address,
    MailKind.OLD_ADDRESS: _old_address,
    MailKind.MESSAGE: _message,
    MailKind.ERASED: _erased,
    MailKind.ORGANISER: _organiser,
}
