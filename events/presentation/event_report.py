"""The report of an event for funders: facts, timetable, participants, attendance, feedback, materials and certificates.

Small numbers of participants are suppressed, and so are numbers from which they could be computed by subtraction. The
report therefore has no personal data beyond the public timetable. Numbers are shown only after the event: before that,
the difference between two reports would reveal country and profession of everyone who registered in between.
"""

from __future__ import annotations

import datetime
from dataclasses import replace

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from events import timezones
from events.dates import format_day, format_when, when_of
from events.enums import EventPhase
from events.models import Certificate, CertificateRule, CheckIn, Event, EventPage, SessionAttendance
from events.presentation.page import organisers_of
from events.registration.mail.context import page_in
from events.registration.participants import Participants, participants_of
from events.registration.sessions import counted_sessions
from events.registration.statistics import SMALLEST_CELL
from events.survey.results import results_of
from events.timetable.schedule import sessions_of
from home.collation import sort_key
from home.languages import language_name
from home.links import public_page_url
from home.reports import Report, Section, Table, shown

WHEN_OVER = gettext_lazy("This is shown when the event is over.")


def event_report(event: Event, language: str, *, with_names: bool = False) -> Report:
    """Return the report in the active language. The texts of the event are in `language` if it has a page in it.

    With `with_names`, an annex has the names of those who were checked in. Use it only for users who may see the
    registrations.
    """
    page = page_in(event, language)
    page.event = event
    known = page if page.pk else None
    now = timezone.now()
    people = participants_of([event])[event.pk]
    remarks = [
        _(
            "Where participants are counted by country, profession, attendance, language, day or session, numbers below "
            "%(number)s are combined with others or left out, so that nobody can be recognised. The names of speakers are "
            "those of the public programme."
        )
        % {"number": SMALLEST_CELL}
    ]
    if with_names:
        remarks.append(
            _("The annex contains personal data. Keep it for as long as the funder asks for proof, then destroy it.")
        )
    return Report(
        title=_("Report: %(title)s") % {"title": page.title},
        summary=[*format_when(when_of(page)), event.place],
        made_at=now,
        sections=[
            Section(_("Facts"), [_facts(event, known, now)]),
            Section(_("Timetable"), [_programme(known)]),
            Section(_("Participants"), _participants(people), text=_population(people)),
            Section(_("Attendance"), _attendance(event, language, people)),
            Section(_("Feedback"), _feedback(event, known)),
            Section(_("Materials"), [_materials(known)]),
            Section(_("Certificates"), [_certificates(event)]),
            *([Section(_("Annex: list of participants"), _names(event))] if with_names else []),
        ],
        remarks=remarks,
    )


def _facts(event: Event, page: EventPage | None, now: datetime.datetime) -> Table:
    languages = event.pages.filter(live=True, alias_of=None).values_list("locale__language_code", flat=True)
    rows = [
        (_("Status"), _("Completed") if event.phase(now) == EventPhase.PAST else event.get_status_display()),
        (_("How people attend"), event.mode.label),
        (_("Venue"), ", ".join(event.venue_parts) if event.is_on_site else ""),
        (_("Time zone"), event.zone),
        (_("Organisers"), ", ".join(str(organiser) for organiser in organisers_of(page)) if page else ""),
        (_("Spoken languages"), _languages(event.languages_spoken)),
        (_("Interpretation into"), _languages(event.languages_interpreted)),
        (_("Published in"), _languages(sorted(languages))),
        (_("Page"), public_page_url(page) if page and page.live else ""),
    ]
    return Table(_("Facts"), [_("What"), _("Value")], [[label, str(value)] for label, value in rows if value])


def _languages(codes: list[str]) -> str:
    return ", ".join(language_name(code) for code in codes)


def _programme(page: EventPage | None) -> Table:
    rows = [
        [
            session.starts_at.date(),
            time_format(session.starts_at) + (f"–{time_format(session.ends_at)}" if session.ends_at else ""),
            session.title,
            ", ".join(person.name for person in [*session.chairs, *session.speakers]),
            " · ".join(
                part for part in (session.room, _("This session is cancelled.") if session.is_cancelled else "") if part
            ),
        ]
        for session in (sessions_of(page) if page else [])
    ]
    columns = [_("Day"), _("Time"), _("Session"), _("Chairs and speakers"), _("Room and notes")]
    return Table(_("Timetable"), columns, rows, empty=_("The event has no timetable."))


def _population(people: Participants) -> str:
    if people.are_attendees:
        return _("Who is counted below: people who attended.")
    return _("Who is counted below: people with a confirmed place. Nobody has been checked in.")


def _participants(people: Participants) -> list[Table]:
    numbers = Table(
        _("Registered, admitted, attended"),
        [_("What"), _("Number")],
        [
            [pgettext("people", "Registered"), people.registered],
            [_("Admitted"), people.admitted],
            [_("Attended"), people.attended],
        ],
    )
    headings = {
        "country": _("By country"),
        "profession": _("By profession"),
        "mode": _("On site or online"),
        "language": _("By language"),
    }
    return [
        numbers,
        *(
            Table(
                title,
                [title, _("Number")],
                [[cell.label, cell.count] for cell in people.by_field[name]],
                empty=_("There are too few participants to show this.") if people.is_over else str(WHEN_OVER),
                charted=1,
            )
            for name, title in headings.items()
        ),
    ]


def _attendance(event: Event, language: str, people: Participants) -> list[Table]:
    few = _("fewer than %(number)s") % {"number": SMALLEST_CELL}
    rows = [
        [item.day, ", ".join(f"{cell.label}: {cell.count}" for cell in item.cells), item.number or few]
        for item in people.by_day
    ]
    columns = [_("Day"), _("On site or online"), _("Number")]
    empty = _("Nobody has been checked in.") if people.is_over else str(WHEN_OVER)
    tables = [Table(_("Attendance by day"), columns, rows, empty=empty)]
    if not people.is_over:
        return tables
    counts = dict(
        SessionAttendance.objects.filter(session__event=event).values_list("session").annotate(Count("pk")).order_by()
    )
    if sessions := counted_sessions(event, language):
        numbers: list[list[object]] = [
            [session.label, number if (number := counts.get(session.pk, 0)) >= SMALLEST_CELL else few]
            for session in sessions
        ]
        tables.append(Table(_("Attendance by session"), [_("Session"), _("Number")], numbers))
    return tables


def _feedback(event: Event, page: EventPage | None) -> list[Table]:
    results = results_of(event, page)
    if results.is_hidden:
        empty = _("There are no survey results.")
        return [Table(_("Feedback"), [_("Answer"), _("Number")], [], empty=empty)]
    found = []
    for question in results.questions:
        if question.counts:
            note = _("Answers: %(number)s.") % {"number": question.total}
            if question.average is not None:
                note += " " + _("Average: %(number)s.") % {"number": shown(question.average)}
            rows = [[label, count] for label, count in question.counts]
            found.append(Table(question.label, [_("Answer"), _("Number")], rows, note=note, charted=1))
    return found


def _materials(page: EventPage | None) -> Table:
    rows: list[list[object]] = []
    if page:
        materials = page.materials.select_related("document")
        rows += [[material.title, material.get_kind_display(), material.href] for material in materials]
        for session in sessions_of(page):
            if session.slides_url:
                rows.append([session.title, _("Slides"), session.slides_url])
            if session.recording_url:
                rows.append([session.title, _("Recording"), session.recording_url])
    return Table(_("Materials"), [_("Title"), _("Kind"), _("Link")], rows, empty=_("The event has no materials."))


def _certificates(event: Event) -> Table:
    numbers = Certificate.objects.filter(event=event).aggregate(
        valid=Count("pk", filter=Q(revoked_on=None)), revoked=Count("pk", filter=~Q(revoked_on=None))
    )
    rule = CertificateRule.objects.filter(event=event).first()
    rows: list[list[object]] = [
        [_("Certificates issued"), numbers["valid"]],
        [_("Certificates revoked"), numbers["revoked"]],
    ]
    if rule:
        facts = [
            (_("Hours for each day attended"), rule.hours_per_day),
            (_("ECTS credits"), rule.ects),
            (_("EQF level"), rule.eqf_level),
            (_("CME points"), rule.cme_points),
        ]
        rows += [[capfirst(label), value] for label, value in facts if value is not None]
    return Table(
        _("Certificates"),
        [_("What"), _("Number")],
        rows if any(numbers.values()) else [],
        empty=_("No certificates have been issued."),
    )


def _names(event: Event) -> list[Table]:
    """Return a table for each day with the people who were checked in, and space to sign.

    Anonymised registrations are left out.
    """
    check_ins = CheckIn.objects.filter(registration__event=event, registration__anonymised_at=None)
    rows = sorted(check_ins.select_related("registration"), key=lambda item: sort_key(item.registration.sort_name))
    zone = timezones.zone_info(event.zone)
    columns = [
        _("No."), pgettext("person", "Name"), _("Organisation"), _("How they attend"), _("Checked in"), _("Signature"),
    ]  # fmt: skip
    tables = []
    for day in event.days:
        people = [item for item in rows if item.day == day]
        lines = [
            [
                number,
                item.registration.name,
                item.registration.organisation,
                item.registration.get_mode_display(),
                time_format(item.at.astimezone(zone)),
                "",
            ]
            for number, item in enumerate(people, 1)
        ]
        tables.append(Table(format_day(day), columns, lines, empty=_("Nobody has been checked in."), signed=True))
    signature = _("I confirm that these people took part. Name, date and signature of the organiser:")
    return [*tables[:-1], replace(tables[-1], note=signature)]
