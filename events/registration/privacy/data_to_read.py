"""All data about one participant as text (GDPR Art. 15), in their language: the same data as in `data_export`."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from events import timezones
from events.enums import MailKind, Mode, SeatStatus
from events.models import Consent, Registration, Ticket
from events.registration.actions import ACTIONS
from events.registration.chosen_sessions import seats_of
from events.registration.labels import answer_text
from events.registration.privacy.data_export import (
    actor_label,
    country_label,
    earlier_registrations,
    is_valid,
    language_label,
    legal_basis_of,
    profession_label,
)
from events.registration.privacy.retention import anonymise_at, sensitive_answers_delete_at
from events.registration.sensitive_answers import read_for_participant
from events.registration.sessions import attended_sessions
from home.codes import grouped


@dataclass(frozen=True)
class Section:
    """A part of the data, as pairs of label and value."""

    heading: str
    lines: list[tuple[str, str]]


def readable(registration: Registration) -> list[Section]:
    """Return the data as text, in the participant's language and the event's time zone."""
    with override(registration.language):
        sections = [*_sections(registration), *_retention(registration)]
        for earlier in earlier_registrations(registration):
            day = _in_event_zone(earlier, earlier.created_at)
            sections += [
                (_("%(section)s (registration of %(time)s)") % {"section": heading, "time": day}, lines)
                for heading, lines in _sections(earlier)
            ]
        return [Section(str(heading), _filled(lines)) for heading, lines in sections]


def as_of(registration: Registration, now: datetime.datetime) -> str:
    """Return the time and the time zone of the data, as text."""
    with override(registration.language):
        values = {"time": _in_event_zone(registration, now), "zone": registration.event.zone}
        return _("As of %(time)s, time zone %(zone)s") % values


def _sections(registration: Registration) -> Iterable[tuple[str, Iterable[tuple[object, object]]]]:
    when = partial(_in_event_zone, registration)
    yield _("Your registration"), _about(registration, when(registration.created_at))
    answers = [(row.label, answer_text(row.kind, row.value)) for row in registration.answers.order_by("pk")]
    sensitive = read_for_participant(registration.sensitive_answers.order_by("pk"))
    answers += [(row.label, answer_text(row.kind, value)) for row, value in sensitive]
    yield _("Your answers"), answers
    yield _("Your consents"), ((row.text, _agreed(row, when)) for row in registration.consents.all())
    yield (
        _("What you agreed to"),
        (
            (" ".join(filter(None, [row.text, row.link_title])), _("agreed on %(time)s") % {"time": when(row.at)})
            for row in registration.agreements.all()
        ),
    )
    yield (
        _("Sessions chosen"),
        ((chosen.label, SeatStatus(chosen.seat.status).label) for chosen in seats_of(registration)),
    )
    yield _("Tickets"), ((_ticket_label(row, registration), grouped(row.code)) for row in registration.tickets.all())
    yield _("Attendance"), ((date_format(row.day), when(row.at)) for row in registration.check_ins.all())
    yield (
        _("Sessions attended"),
        (
            (session.title, _("%(count)d min, noted %(time)s") % {"count": minutes, "time": when(row.at)})
            for session, row, minutes in attended_sessions(registration)
        ),
    )
    yield (
        _("Certificates"),
        ((date_format(row.issued_on), row.shown_number) for row in registration.certificates.all()),
    )
    yield _("Emails to you"), ((when(row.sent_at), MailKind(row.kind).label) for row in registration.mails.all())
    yield (
        _("History"),
        (
            (when(row.at), f"{actor_label(row)}: {ACTIONS.get(row.action, row.action)}")
            for row in registration.history.all()
        ),
    )


def _retention(registration: Registration) -> Iterable[tuple[str, Iterable[tuple[object, object]]]]:
    when = partial(_in_event_zone, registration)
    yield (
        _("How long we keep your data, and our legal basis"),
        [
            (
                _("Answers about access needs and diet are deleted"),
                when(sensitive_answers_delete_at(registration.event)),
            ),
            (_("Your registration is anonymised"), when(anonymise_at(registration))),
            (_("Legal basis"), legal_basis_of(registration).label),
        ],
    )


def _in_event_zone(registration: Registration, moment: datetime.datetime | None) -> str:
    zone = timezones.zone_info(registration.event.zone)
    return date_format(moment.astimezone(zone), "DATETIME_FORMAT") if moment else "–"


def _about(registration: Registration, registered: str) -> list[tuple[str, str]]:
    return [
        (pgettext("person", "Name"), registration.name),
        (_("Email address"), registration.email),
        (_("Organisation"), registration.organisation),
        (_("Profession"), profession_label(registration)),
        (_("Country"), country_label(registration)),
        (_("How you attend"), str(Mode(registration.mode).label)),
        (_("Status"), registration.status_label),
        (_("Registered"), registered),
        (_("Language"), language_label(registration)),
        (_("Note by the organisers"), registration.note),
    ]


def _agreed(row: Consent, when: Callable[[datetime.datetime | None], str]) -> str:
    if row.withdrawn_at:
        return _("withdrawn on %(time)s") % {"time": when(row.withdrawn_at)}
    answer = _("yes") if row.is_given else _("no")
    return _("%(answer)s, on %(time)s") % {"answer": answer, "time": when(row.at)}


def _ticket_label(row: Ticket, registration: Registration) -> str:
    if row.replaced_at:
        return _("Replaced")
    return _("Valid") if is_valid(row, registration) else _("Not valid")


def _filled(pairs: Iterable[tuple[object, object]]) -> list[tuple[str, str]]:
    return [(str(label), str(value)) for label, value in pairs if value]
