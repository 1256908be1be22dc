"""The needs of participants to print, for the caterer and the venue. A tagged PDF in the organiser's language."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from events.dates import format_day
from events.models import Event
from events.registration.needs import Need, NeedsSummary
from home.layout import Layout
from home.pdf import typeset
from home.pdf.characters import breakable

TEMPLATE = Path(__file__).parent / "typst" / "needs.typ"


def needs_pdf(event: Event, layout: Layout, summary: NeedsSummary, note: str) -> bytes:
    """Return the PDF of the needs. It prints `note`, which states who was counted and when."""
    made_at = summary.counted_at.replace(microsecond=0)
    return typeset(TEMPLATE, _data(event, layout, summary, note), made_at=made_at)


def _data(event: Event, layout: Layout, summary: NeedsSummary, note: str) -> dict[str, object]:
    heading = event.title or str(event.first_day)
    place = ", ".join(event.venue_parts) if event.is_on_site else ""
    return {
        "title": _("Needs of participants: %(title)s") % {"title": heading},
        "heading": heading,
        "language": get_language() or "en",
        "author": layout.site_name,
        "details": [format_day(event.first_day), place],
        "needs": [_need(need) for need in summary.needs],
        "made": note,
        "empty": "" if summary.needs else _("No participants have a place yet."),
        "statement": layout.texts.funding_statement if layout.texts else "",
        "disclaimer": layout.texts.disclaimer if layout.texts else "",
        "labels": {
            "list": _("Needs of participants"),
            "page": _("Page {number} of {total}"),
            "columns": [_("Answer"), _("People")],
        },
    }


def _need(need: Need) -> dict[str, object]:
    rows = [*need.counts, *need.texts, (_("Not answered"), need.unanswered)]
    if need.unreadable:
        rows.append((_("Answer cannot be read"), need.unreadable))
    return {
        "label": need.label,
        "rows": [[breakable(text), str(number)] for text, number in rows],
        "total": _("Sum: %(total)s") % {"total": need.total} if need.total else "",
    }
