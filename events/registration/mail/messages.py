"""The content of each kind of email. Text and HTML have the same content.

All of it is plain text. The only input of participants in it is their name, which the templates insert.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.enums import EventStatus, MailKind
from events.models import OutboxMail
from events.registration import seats
from events.registration.mail import place_messages, queue, session_messages
from events.registration.mail.calendar_invitation import ERASED_ENTRY
from events.registration.mail.context import DetailRow, EventDetails
from events.registration.mail.plain_text import one_line, subject_line
from events.registration.mail.snippets import (
    Button,
    MailContent,
    Note,
    about_personal_page,
    confirmation_note,
    current_status,
    earlier_time,
    event_page,
    how_to_join,
    if_not_you,
    nothing_to_do,
    personal_page,
    please_withdraw,
    reason_of_change,
    rows_before,
    ticket_part,
)

# Kinds of email that confirm a place, and those after which an earlier ticket may be invalid.
KINDS_WITH_TICKET = frozenset(
    {MailKind.CONFIRMED, MailKind.CHANGED, MailKind.REMINDER, MailKind.EVENT_CHANGED, MailKind.PERSONAL_LINK}
)


def content_for(mail: OutboxMail, details: EventDetails) -> MailContent:
    """Return the content of an email in the active language."""
    content = CONTENT_BY_KIND[mail.kind](mail, details)
    if mail.kind in KINDS_WITH_TICKET:
        content = replace(content, ticket=ticket_part(details))
    return content if content.rows is not None else replace(content, rows=details.rows())


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
    """Return whether the last email about the event announced that it is cancelled or postponed."""
    told = OutboxMail.objects.filter(
        registration=mail.registration_id, kind__in=[MailKind.EVENT_OFF, MailKind.EVENT_CHANGED], attempts__gt=0
    )
    last = told.exclude(pk=mail.pk).order_by("-pk").first()
    return last is not None and last.kind == MailKind.EVENT_OFF


def _event_off(mail: OutboxMail, details: EventDetails) -> MailContent:
    rows = [DetailRow(_("Originally planned for"), earlier_time(mail, details))]
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
        closing=[nothing_to_do()],
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
        closing=[if_not_you()],
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
    """Return the language and the texts of a message.

    The language is the recipient's, else that of the event's page, else any other. The texts are empty if there is no
    message.
    """
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
            _("If you had a place, others can have it now. Your personal link no longer works."),
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
    queue.CHANGES_WAIT_TOPIC: lambda: _(
        "The event has changed, and the emails that tell participants so are waiting. They are sent only after an organiser "
        "has looked at them."
    ),
}


def _organiser(mail: OutboxMail, details: EventDetails) -> MailContent:
    topic = mail.payload.get("topic", queue.REGISTRATIONS_TOPIC)
    if topic == queue.CHANGES_WAIT_TOPIC:
        return _changes_wait(details)
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


def _changes_wait(details: EventDetails) -> MailContent:
    return MailContent(
        subject=subject_line(_("Emails about a change are waiting: %(title)s"), details.title),
        heading=_("Emails about a change are waiting"),
        paragraphs=[ORGANISER_TOPICS[queue.CHANGES_WAIT_TOPIC]()],
        button=Button(_("View the emails"), details.change_notices_url),
        rows=details.rows(),
        closing=[_("You get this email because you organise this event or have changed it.")],
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
    MailKind.CONFIRM_ADDRESS: place_messages.confirm_address,
    MailKind.GROUP: place_messages.group,
    MailKind.RECEIVED: place_messages.received,
    MailKind.WAITING: place_messages.waiting,
    MailKind.INVITED: place_messages.invited,
    MailKind.OFFERED: place_messages.offered,
    MailKind.OFFER_EXPIRED: place_messages.offer_expired,
    MailKind.NO_PLACE: place_messages.no_place,
    MailKind.CONFIRMED: place_messages.confirmed,
    MailKind.CHANGED: place_messages.changed,
    MailKind.REMINDER: _reminder,
    MailKind.EVENT_CHANGED: _event_changed,
    MailKind.SESSION_PLACE: session_messages.session_place,
    MailKind.SESSION_CHANGED: session_messages.session_changed,
    MailKind.WITHDRAWN: place_messages.withdrawn,
    MailKind.REJECTED: place_messages.rejected,
    MailKind.CANCELLED: place_messages.cancelled,
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
