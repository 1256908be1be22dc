"""The ticket of a participant as a tagged PDF of one page, in their language."""

from __future__ import annotations

import datetime
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from events.models import Registration
from events.registration import tickets
from events.registration.mail.context import EventDetails
from home import qr
from home.layout import Layout
from home.pdf import typeset

TEMPLATE = Path(__file__).parent / "typst" / "ticket.typ"


def ticket_pdf(
    registration: Registration, details: EventDetails, layout: Layout, *, made_at: datetime.datetime | None = None
) -> bytes:
    """Return the ticket in the active language. A ticket code is made if the participant has none yet."""
    ticket = tickets.ticket_of(registration)
    code = tickets.shown(ticket)
    data = {
        "title": _("Ticket: %(title)s") % {"title": details.title},
        "heading": details.title,
        "heading_language": details.foreign_language or details.language,
        "language": details.language,
        "author": layout.site_name,
        "rows": [[row.label, row.lines] for row in details.rows()],
        "name": registration.name,
        "organisation": registration.organisation,
        "code": code,
        "picture": qr.svg_file(ticket.code),
        "picture_text": _("QR code with the letters %(code)s") % {"code": code},
        "statement": layout.texts.funding_statement if layout.texts else "",
        "disclaimer": layout.texts.disclaimer if layout.texts else "",
        "labels": {
            "ticket": _("Ticket"),
            "name": pgettext("person", "Name"),
            "advice": _("Show the picture or the code at the entrance, on your phone or on paper."),
            "page": _("Page {number} of {total}"),
        },
    }
    return typeset(TEMPLATE, data, made_at=(made_at or timezone.now()).replace(microsecond=0))
