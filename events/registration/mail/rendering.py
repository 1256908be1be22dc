"""Turns a row of the outbox into an email: text, HTML and calendar entry, in the participant's language."""

from __future__ import annotations

import dataclasses
import datetime
from email.mime.image import MIMEImage
from email.utils import format_datetime

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from events.enums import MailKind
from events.models import OutboxMail
from events.registration.mail.calendar_invitation import CANCEL, entry_of, method_of, subject_of
from events.registration.mail.context import EventDetails
from events.registration.mail.messages import content_for
from events.registration.mail.plain_text import plain_name, sender_name
from events.registration.mail.relevance import recipient_of
from events.registration.mail.snippets import TicketPart


def render(mail: OutboxMail, now: datetime.datetime | None = None) -> EmailMultiAlternatives:
    """Return the email with the names, statuses and event details as they are now, not as they were when it was queued."""
    now = now or timezone.now()
    with override(mail.language):
        details = EventDetails(mail.event, mail.language, mail.registration, now)
        content = content_for(mail, details)
        name = _name_of_recipient(mail)
        context = {"content": content, "details": details, "name": name, "language": mail.language}
        message = EmailMultiAlternatives(
            subject=content.subject,
            body=_plain_text(context),
            from_email=_sender(details),
            to=[recipient_of(mail)],
            reply_to=[details.contact.email] if details.contact else None,
            headers=_headers(mail),
        )
        message.attach_alternative(render_to_string("events/mail/message.html", context), "text/html")
        if content.ticket:
            message.attach(_picture(content.ticket))
        _attach_calendar(message, mail, details, now)
    return message


def _picture(ticket: TicketPart) -> MIMEImage:
    """Return the picture as a part that the HTML shows. Programs that do not show it offer it as a file."""
    picture = MIMEImage(ticket.png, "png")
    picture.add_header("Content-ID", f"<{ticket.picture}>")
    picture.add_header("Content-Disposition", "inline", filename="ticket.png")
    return picture


def _plain_text(context: dict[str, object]) -> str:
    """Return the text part.

    The template turns autoescaping off, because it would escape the text as HTML, but Django marks the result as safe.
    It is converted to an ordinary string, so that pages that show it escape it.
    """
    return "".join([render_to_string("events/mail/message.txt", context)])


def _name_of_recipient(mail: OutboxMail) -> str:
    """Return the name for the greeting. A test of a message has a placeholder."""
    if mail.registration:
        return plain_name(mail.registration.name)
    return _("(name of the participant)") if mail.kind == MailKind.MESSAGE else ""


def _sender(details: EventDetails) -> str:
    """Return the From header: the project's name and the site's address."""
    name = sender_name(details.project_name)
    return f"{name} <{sender_address()}>" if name else sender_address()


def sender_address() -> str:
    """Return the address of `DEFAULT_FROM_EMAIL` without its display name."""
    return settings.DEFAULT_FROM_EMAIL.rpartition("<")[2].rstrip("> ")


def message_id(key: object) -> str:
    """Return the Message-ID for the key of an email. It stays the same when the email is sent again."""
    return f"<{key}@{sender_address().rpartition('@')[2]}>"


def _headers(mail: OutboxMail) -> dict[str, str]:
    headers = {
        "Message-ID": message_id(mail.key),
        "Date": format_datetime(timezone.now().astimezone(datetime.UTC)),
        "Content-Language": mail.language,
        # RFC 3834, and the equivalent header for Exchange: no automatic replies. Delivery failures are still reported.
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
    }
    first = OutboxMail.objects.filter(registration=mail.registration_id).order_by("created_at", "pk").first()
    if mail.registration_id and first is not None and first.pk != mail.pk:
        # Mail programs show all emails about one registration as a thread.
        headers["In-Reply-To"] = headers["References"] = message_id(first.key)
    return headers


def _attach_calendar(
    message: EmailMultiAlternatives, mail: OutboxMail, details: EventDetails, now: datetime.datetime
) -> None:
    method = method_of(mail, now)
    registration = subject_of(mail)
    if not method or registration is None:
        return
    # The SEQUENCE from when the email was queued, so that calendars ignore an older email that arrives later.
    sequence = int(mail.payload.get("sequence", registration.calendar_sequence))
    entry = entry_of(registration, details.page, sequence, mail.created_at)
    if method == CANCEL:
        entry = dataclasses.replace(entry, is_cancelled=True)
    from events.calendar.ics import invitation  # noqa: PLC0415  (memory: processes that send no email)

    content = invitation(
        entry,
        method=method,
        organizer=sender_address(),
        organizer_name=sender_name(details.project_name),
        attendee=recipient_of(mail),
        language=details.page.locale.language_code,
        at=mail.created_at,
    ).decode()
    message.attach_alternative(content, f"text/calendar; method={method}")
    # For programs that ignore the alternative part. It has another media type, so that other programs do not show the
    # event twice.
    message.attach("event.ics", content, "application/ics")
