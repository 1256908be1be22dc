"""The content of the emails about a session that a participant has chosen."""

from __future__ import annotations

from django.utils.translation import gettext as _

from events.models import OutboxMail
from events.registration.mail.context import EventDetails
from events.registration.mail.plain_text import subject_line
from events.registration.mail.snippets import (
    Button,
    MailContent,
    about_personal_page,
    personal_page,
    please_leave_session,
    session_lines,
    sessions_at_once,
)


def session_place(mail: OutboxMail, details: EventDetails) -> MailContent:
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


def session_changed(mail: OutboxMail, details: EventDetails) -> MailContent:
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
