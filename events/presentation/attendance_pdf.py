"""The attendance list to print: names with space to sign. A tagged PDF in the organiser's language."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO

from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from events import timezones
from events.dates import format_day
from events.enums import Mode
from events.models import Event, PreparedDownload, Registration
from events.registration.downloads import ProgressIterator
from events.registration.mail.context import EventDetails
from events.states import ADMITTED
from home.collation import sort_key
from home.pdf import typeset
from home.pdf.characters import breakable

TEMPLATE = Path(__file__).parent / "typst" / "attendance_list.typ"


# Lines without a name, for people who come without a registration.
BLANK_LINES = 10


def attendance_list_pdf(
    event: Event,
    *,
    day: datetime.date,
    mode: str = "",
    session: str = "",
    made_at: datetime.datetime | None = None,
    counted: Callable[[list[Registration]], Iterable[Registration]] = list,
) -> bytes:
    """Return the list of participants with a place, sorted by name. If `mode` is set, only participants in that mode.

    `session` is the time and title of the session for which they sign; empty for the whole day. `counted` yields the
    people that it gets, and may report their number as progress.
    """
    made_at = (made_at or timezone.now()).replace(microsecond=0)
    people = counted(people_of(event, mode))
    return typeset(TEMPLATE, _data(event, people, day, mode, session, made_at), made_at=made_at)


def write_attendance_list(download: PreparedDownload, target: IO[bytes], counted: ProgressIterator) -> None:
    """Write the attendance list for a prepared download."""
    wanted = download.parameters
    day = datetime.date.fromisoformat(wanted["day"])
    target.write(
        attendance_list_pdf(download.event, day=day, mode=wanted["mode"], session=wanted["session"], counted=counted)
    )


def count_by_mode(event: Event) -> dict[str, int]:
    """Return the number of participants with a place in each attendance mode. One query."""
    return dict(_people(event).order_by().values_list("mode").annotate(number=Count("*")))


def _people(event: Event) -> QuerySet[Registration]:
    return Registration.objects.filter(event=event, status__in=ADMITTED, anonymised_at=None)


def people_of(event: Event, mode: str = "") -> list[Registration]:
    """Return participants with a place, sorted by family name in the order of the active language."""
    people = _people(event)
    found = people.filter(mode=mode) if mode else people
    rows = found.only("name", "given_name", "family_name", "organisation", "mode")
    return sorted(rows, key=lambda person: (sort_key(person.sort_name), person.pk))


def _data(
    event: Event,
    people: Iterable[Registration],
    day: datetime.date,
    mode: str,
    session: str,
    made_at: datetime.datetime,
) -> dict[str, object]:
    details = EventDetails(event, get_language() or "en", None)
    place = ", ".join(event.venue_parts) if event.is_on_site and mode != Mode.ONLINE else ""
    mode_label = Mode(mode).label if mode else event.mode.label
    local = made_at.astimezone(timezones.zone_info(event.zone))
    return {
        "title": _("Attendance list: %(title)s") % {"title": event.title or str(event.first_day)},
        "heading": event.title or str(event.first_day),
        "language": get_language() or "en",
        "author": details.project_name,
        "details": [session, format_day(day), " · ".join(part for part in (str(mode_label), place) if part)],
        "people": [[breakable(person.name), breakable(person.organisation)] for person in people],
        "blank_lines": BLANK_LINES,
        "made": _(
            "As of %(moment)s. This list contains personal data. Keep it locked away for as long as the funder asks for "
            "proof of attendance, then destroy it. Without such a rule, destroy it after the event."
        )
        % {"moment": date_format(local, "DATETIME_FORMAT")},
        "empty": _("No participants have a place yet."),
        "statement": details.texts.funding_statement if details.texts else "",
        "disclaimer": details.texts.disclaimer if details.texts else "",
        "labels": {
            "list": _("Attendance list"),
            "page": _("Page {number} of {total}"),
            "columns": [_("No."), pgettext("person", "Name"), _("Organisation"), _("Signature")],
        },
    }
