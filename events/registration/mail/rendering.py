"""Makes a mail of a row of the outbox: text, HTML and calendar, in the language of the person."""

from __future__ import annotations

import dataclasses
import datetime
from email.utils import format_datetime

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from events.calendar.ics import invitation
from events.enums import MailKind
from events.models import OutboxMail
from events.registration.mail.calendar_invitation import CANCEL, entry_of, method_of, subject_of
from events.registration.mail.context import Facts
from events.registration.mail.messages import letter_of
from events.registration.mail.plain_text import plain_name, sender_name
from events.registration.mail.relevance import recipient_of


def render(mail: OutboxMail, now: datetime.datetime | None = None) -> EmailMultiAlternatives:
    """Return the mail as it is true now. Names, states and facts are read when it is sent, not when it was written."""
    now = now or timezone.now()
    with override(mail.language):
        facts = Facts(mail.event, mail.language, mail.registration, now)
        letter = letter_of(mail, facts)
        name = _name_of_the_reader(mail)
        context = {"letter": letter, "facts": facts, "name": name, "language": mail.language}
        message = EmailMultiAlternatives(
            subject=letter.subject,
            # Autoescaping is for markup: a text template says `autoescape off` itself.
            body=render_to_string("events/mail/letter.txt", context),
            from_email=_sender(facts),
            to=[recipient_of(mail)],
            reply_to=[facts.contact.email] if facts.contact else None,
            headers=_headers(mail),
        )
        message.attach_alternative(render_to_string("events/mail/letter.html", context), "text/html")
        _attach_calendar(message, mail, facts, now)
    return message


def _name_of_the_reader(mail: OutboxMail) -> str:
    """Return whom the mail greets; where an organiser tries a message, what stands for the name of each."""
    if mail.registration:
        return plain_name(mail.registration.name)
    return _("(name of the person)") if mail.kind == MailKind.MESSAGE else ""


def _sender(facts: Facts) -> str:
    """Return the From line: the project's name, and the site's own address."""
    name = sender_name(facts.project_name)
    return f"{name} <{sender_address()}>" if name else sender_address()


def sender_address() -> str:
    """Return the address that mails come from, without the name that the setting may give it."""
    return settings.DEFAULT_FROM_EMAIL.rpartition("<")[2].rstrip("> ")


def message_id(key: object) -> str:
    """Return the Message-ID of the mail with this key: the same each time it is sent."""
    return f"<{key}@{sender_address().rpartition('@')[2]}>"


def _headers(mail: OutboxMail) -> dict[str, str]:
    headers = {
        "Message-ID": message_id(mail.key),
        "Date": format_datetime(timezone.now().astimezone(datetime.UTC)),
        "Content-Language": mail.language,
        # RFC 3834, and what Exchange understands: no answer by machines. Reports of failure are welcome.
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
    }
    first = OutboxMail.objects.filter(registration=mail.registration_id).order_by("created_at", "pk").first()
    if mail.registration_id and first is not None and first.pk != mail.pk:
        # All mails about one registration stand together, below the first one.
        headers["In-Reply-To"] = headers["References"] = message_id(first.key)
    return headers


def _attach_calendar(message: EmailMultiAlternatives, mail: OutboxMail, facts: Facts, now: datetime.datetime) -> None:
    method = method_of(mail, now)
    registration = subject_of(mail)
    if not method or registration is None:
        return
    # The sequence of the moment when the mail was written: mails that overtake one another are told apart by it.
    sequence = int(mail.payload.get("sequence", registration.calendar_sequence))
    entry = entry_of(registration, facts.page, sequence, mail.created_at)
    if method == CANCEL:
        entry = dataclasses.replace(entry, is_cancelled=True)
    content = invitation(
        entry,
        method=method,
        organizer=sender_address(),
        organizer_name=sender_name(facts.project_name),
        attendee=recipient_of(mail),
        language=facts.page.locale.language_code,
        at=mail.created_at,
    ).decode()
    message.attach_alternative(content, f"text/calendar; method={method}")
    # For programs that do not read the part above; another type, so that those which do show one event, not two.
    message.attach("event.ics", content, "application/ics")
