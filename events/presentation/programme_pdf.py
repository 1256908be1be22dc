"""The timetable of an event to print: a tagged PDF in the page's language, with the funding emblem."""

from __future__ import annotations

from pathlib import Path

from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from events.dates import format_day, format_days, when_of
from events.enums import EventStatus, RowKind
from events.models import EventPage
from events.models.timetable import Speaker
from events.timetable.schedule import Session, schedule_of
from home.languages import language_name
from home.layout import Layout
from home.links import public_page_url
from home.pdf import typeset

TEMPLATE = Path(__file__).parent / "typst" / "programme.typ"
GATHERINGS = frozenset({RowKind.PANEL, RowKind.WORKSHOP, RowKind.QA})


def programme_pdf(page: EventPage, layout: Layout) -> bytes:
    """Return the PDF in the page's language. Equal data give equal bytes."""
    with override(page.locale.language_code):
        data = _data(page, layout)
    made_at = page.last_published_at
    return typeset(TEMPLATE, data, made_at=made_at.replace(microsecond=0) if made_at else None)


def _data(page: EventPage, layout: Layout) -> dict[str, object]:
    event, when = page.event, when_of(page)
    venue = ", ".join(event.venue_parts) if event.is_on_site else ""
    summary = [format_days(when), " · ".join(filter(None, [str(event.mode.label), venue]))]
    return {
        "title": page.title,
        "language": page.locale.language_code,
        "author": layout.site_name,
        "foot": public_page_url(page),
        "summary": summary,
        "notice": str(event.get_status_display()) if event.status != EventStatus.SCHEDULED else "",
        "zone": _("All times are local times of the event: %(name)s (%(offset)s).")
        % {"name": when.zone_name, "offset": when.offset},
        "days": [
            {
                "date": format_day(day.date),
                "sessions": [_session(session, page) for session in day.sessions],
            }
            for day in schedule_of(page, page.sessions).days
        ],
        "statement": layout.texts.funding_statement if layout.texts else "",
        "disclaimer": layout.texts.disclaimer if layout.texts else "",
        "labels": {
            "timetable": _("Timetable"),
            "page": _("Page {number} of {total}"),
            "chair": _("Chair:"),
            "columns": [_("Time"), "", _("Session")],
        },
    }


def _session(session: Session, page: EventPage) -> dict[str, object]:
    notes = [
        _("This session is cancelled.") if session.is_cancelled else "",
        str(session.kind.label),
        session.track,
        session.room,
        _("includes questions") if session.has_qa else "",
        language_name(session.language) if session.language else "",
    ]
    return {
        "start": time_format(session.starts_at),
        "end": time_format(session.ends_at) if session.ends_at else "",
        "title": session.title,
        "language": session.foreign_language or page.locale.language_code,
        "abstract": session.abstract,
        "notes": [note for note in notes if note],
        "speakers": _people(session.speakers),
        "chairs": _people(session.chairs),
        "pause": session.is_break,
        "panel": session.kind in GATHERINGS,
    }


def _people(people: list[Speaker]) -> list[list[str]]:
    return [[person.name, person.affiliation] for person in people]
