"""All that is held about one person: to take along (GDPR Art. 20) and to read (Art. 15), in her own language."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from events import timezones
from events.enums import ConsentPurpose, LegalBasis, MailKind, MailStatus, Mode, Profession
from events.models import Answer, Consent, HistoryEntry, OutboxMail, Registration, SensitiveAnswer
from events.registration.actions import ACTIONS
from events.registration.encryption import unseal_or_none
from events.registration.labels import answer_in_words
from events.registration.mail.context import page_in
from events.registration.privacy.retention import goes_at, sensitive_answers_go_at
from events.registration.seats import settings_of
from events.states import RegistrationStatus
from home.countries import countries

# Rises when names or meanings in the file change.
FORMAT = 1

# A value as the file holds it: JSON and nothing else.
Json = dict[str, object]


def personal_data(registration: Registration, now: datetime.datetime | None = None) -> Json:
    """Return all that is held about the person, ready for JSON. Times are ISO 8601 in UTC.

    What stands under a code has its label beside it. Who of the staff did something is not said: it is data of theirs.
    """
    with override(registration.language):
        return {
            "format": FORMAT,
            "made_at": _time(now or timezone.now()),
            "event": _event(registration),
            "registration": _registration(registration),
            "answers": [_answer(row, row.value) for row in registration.answers.order_by("pk")],
            "sensitive_answers": [
                _answer(row, unseal_or_none(row.sealed)) for row in registration.sensitive_answers.order_by("pk")
            ],
            "consents": [_consent(row) for row in registration.consents.all()],
            "attendance": [
                {"day": row.day.isoformat(), "noted_at": _time(row.at)} for row in registration.check_ins.all()
            ],
            "history": [_history(row) for row in registration.history.all()],
            "mails": [_mail(row) for row in registration.mails.select_related("message")],
            "retention": {
                "sensitive_answers_are_deleted_at": _time(sensitive_answers_go_at(registration.event)),
                "anonymous_from": _time(goes_at(registration)),
            },
            "legal_basis": _legal_basis(registration),
        }


@dataclass(frozen=True)
class Chapter:
    """A part of what is held, to read: what each thing is, and what is held of it."""

    heading: str
    lines: list[tuple[str, str]]


def readable(registration: Registration) -> list[Chapter]:
    """Return the same to read, in the person's language and the event's zone."""
    with override(registration.language):
        return [Chapter(heading, _filled(lines)) for heading, lines in _chapters(registration)]


def as_of(registration: Registration, now: datetime.datetime) -> str:
    """Say when the data were as they are shown, and on which clocks."""
    with override(registration.language):
        values = {"time": _on_clocks_of(registration, now), "zone": registration.event.zone}
        return _("As of %(time)s, time zone %(zone)s") % values


# The file


def _event(registration: Registration) -> Json:
    event = registration.event
    return {
        "title": str(page_in(event, registration.language).title),
        "first_day": event.first_day.isoformat(),
        "last_day": event.last_day.isoformat(),
        "zone": event.zone,
    }


def _registration(registration: Registration) -> Json:
    return {
        "key": str(registration.key),
        "status": _coded(registration.status, RegistrationStatus(registration.status).label),
        "mode": _coded(registration.mode, Mode(registration.mode).label),
        "language": _coded(registration.language, _language(registration)),
        "name": registration.name,
        "email": registration.email,
        "organisation": registration.organisation,
        "profession": _coded(registration.profession, _profession(registration)),
        "country": _coded(str(registration.country), _country(registration)),
        "registered_at": _time(registration.created_at),
        "in_this_state_since": _time(registration.status_since),
        "on_the_waiting_list_since": _time(registration.queued_at),
        "offer_runs_out_at": _time(registration.offer_expires_at),
        "added_by_the_organiser": registration.added_by_id is not None,
        "note_of_the_organiser": registration.note,
    }


def _answer(row: Answer | SensitiveAnswer, value: object) -> Json:
    return {
        "question": row.label,
        "question_key": str(row.question_key),
        "language": row.language,
        "value": value,
        "in_words": answer_in_words(row.kind, value),
    }


def _consent(row: Consent) -> Json:
    return {
        "purpose": _coded(row.purpose, ConsentPurpose(row.purpose).label),
        "is_given": row.is_given,
        "wording": row.wording,
        "wording_version": row.wording_version,
        "language": row.language,
        "answered_at": _time(row.at),
        "withdrawn_at": _time(row.withdrawn_at),
    }


def _history(row: HistoryEntry) -> Json:
    return {
        "at": _time(row.at),
        "by": _coded(row.actor, HistoryEntry.Actor(row.actor).label),
        "action": _coded(row.action, ACTIONS.get(row.action, row.action)),
        "before": row.before,
        "after": row.after,
        "detail": row.detail,
    }


def _mail(row: OutboxMail) -> Json:
    texts = row.message.texts if row.message else {}
    return {
        "kind": _coded(row.kind, MailKind(row.kind).label),
        "status": _coded(row.status, MailStatus(row.status).label),
        "language": row.language,
        "written_at": _time(row.created_at),
        "sent_at": _time(row.sent_at),
        "reason": row.payload.get("reason", ""),
        "message": texts.get(row.language) or next(iter(texts.values()), None),
    }


def _legal_basis(registration: Registration) -> Json:
    basis = _basis(registration)
    return {
        "taking_part": _coded(basis, basis.label),
        "sensitive_answers": _coded("consent", _("your consent (Art. 9(2)(a) GDPR)")),
        "photographs": _coded("consent", _("your consent (Art. 6(1)(a) GDPR)")),
    }


def _basis(registration: Registration) -> LegalBasis:
    found = settings_of(registration.event)
    return LegalBasis(found.legal_basis) if found else LegalBasis.CONTRACT


def _coded(code: str, label: object) -> Json:
    return {"code": str(code), "label": str(label)}


def _time(moment: datetime.datetime | None) -> str | None:
    return moment.astimezone(datetime.UTC).isoformat() if moment else None


def _language(registration: Registration) -> str:
    return str(dict(settings.LANGUAGES).get(registration.language, registration.language))


def _profession(registration: Registration) -> str:
    return str(dict(Profession.choices).get(registration.profession, ""))


def _country(registration: Registration) -> str:
    return countries.name(str(registration.country)) if registration.country else ""


# To read


def _chapters(registration: Registration) -> Iterable[tuple[str, Iterable[tuple[object, object]]]]:
    when = partial(_on_clocks_of, registration)
    yield _("Your registration"), _about(registration, when(registration.created_at))
    answers = [(row.label, answer_in_words(row.kind, row.value)) for row in registration.answers.order_by("pk")]
    sealed = registration.sensitive_answers.order_by("pk")
    answers += [(row.label, answer_in_words(row.kind, unseal_or_none(row.sealed))) for row in sealed]
    yield _("Your answers"), answers
    yield _("What you agreed to"), ((row.wording, _agreed(row, when)) for row in registration.consents.all())
    yield _("Attendance"), ((date_format(row.day), when(row.at)) for row in registration.check_ins.all())
    yield _("Mails to you"), ((when(row.sent_at), MailKind(row.kind).label) for row in registration.mails.all())
    yield (
        _("What was done"),
        (
            (when(row.at), f"{HistoryEntry.Actor(row.actor).label}: {ACTIONS.get(row.action, row.action)}")
            for row in registration.history.all()
        ),
    )
    yield (
        _("How long we keep this, and why we may"),
        [
            (_("Sensitive answers are deleted"), when(sensitive_answers_go_at(registration.event))),
            (_("Your registration becomes anonymous"), when(goes_at(registration))),
            (_("Legal basis"), _basis(registration).label),
        ],
    )


def _on_clocks_of(registration: Registration, moment: datetime.datetime | None) -> str:
    zone = timezones.zone_info(registration.event.zone)
    return date_format(moment.astimezone(zone), "DATETIME_FORMAT") if moment else "–"


def _about(registration: Registration, registered: str) -> list[tuple[str, str]]:
    return [
        (pgettext("person", "Name"), registration.name),
        (_("E-mail address"), registration.email),
        (_("Organisation"), registration.organisation),
        (_("Profession"), _profession(registration)),
        (_("Country"), _country(registration)),
        (_("How you take part"), str(Mode(registration.mode).label)),
        (_("Status"), str(RegistrationStatus(registration.status).label)),
        (_("Registered"), registered),
        (_("Language"), _language(registration)),
        (_("Note of the organiser"), registration.note),
    ]


def _agreed(row: Consent, when: Callable[[datetime.datetime | None], str]) -> str:
    if row.withdrawn_at:
        return _("taken back on %(time)s") % {"time": when(row.withdrawn_at)}
    answer = _("yes") if row.is_given else _("no")
    return _("%(answer)s, on %(time)s") % {"answer": answer, "time": when(row.at)}


def _filled(pairs: Iterable[tuple[object, object]]) -> list[tuple[str, str]]:
    return [(str(label), str(value)) for label, value in pairs if value]
