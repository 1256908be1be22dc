"""All data about one participant as a file (GDPR Art. 20), in their language. `data_to_read` shows them on a page."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from events.enums import (
    AttendanceSource,
    ConsentPurpose,
    LegalBasis,
    MailKind,
    MailStatus,
    Mode,
    Profession,
    SeatStatus,
)
from events.models import (
    AddressChange,
    Agreement,
    Answer,
    Consent,
    HistoryEntry,
    OutboxMail,
    Registration,
    SensitiveAnswer,
    SurveyParticipation,
    Ticket,
)
from events.registration.actions import ACTIONS
from events.registration.chosen_sessions import seats_of
from events.registration.labels import answer_text
from events.registration.mail.context import page_in
from events.registration.privacy.retention import anonymise_at, sensitive_answers_delete_at
from events.registration.seats import settings_of
from events.registration.sensitive_answers import read_for_participant
from events.registration.sessions import attended_sessions
from events.states import ADMITTED
from home.countries import countries

# The version of the format. Increase it when keys or meanings in the file change.
FORMAT = 6

# An object in the file. It contains only values that JSON can store.
Json = dict[str, object]


def personal_data(registration: Registration, now: datetime.datetime | None = None) -> Json:
    """Return all data about the participant at the event, ready for JSON. Times are ISO 8601 in UTC.

    Codes come with their labels. Names of staff are left out: they are personal data of staff.
    """
    with override(registration.language):
        return {
            "format": FORMAT,
            "made_at": _time(now or timezone.now()),
            "event": _event(registration),
            **_stored(registration),
            "earlier_registrations": [_stored(earlier) for earlier in earlier_registrations(registration)],
            "retention": {
                "sensitive_answers_are_deleted_at": _time(sensitive_answers_delete_at(registration.event)),
                "anonymous_from": _time(anonymise_at(registration)),
            },
            "legal_basis": _legal_basis(registration),
        }


def earlier_registrations(registration: Registration) -> Iterable[Registration]:
    """Return the participant's other registrations for the same event, such as withdrawn ones, newest first."""
    return Registration.objects.of_person(registration).exclude(pk=registration.pk).select_related("event")


def _event(registration: Registration) -> Json:
    event = registration.event
    return {
        "title": str(page_in(event, registration.language).title),
        "first_day": event.first_day.isoformat(),
        "last_day": event.last_day.isoformat(),
        "zone": event.zone,
    }


def _stored(registration: Registration) -> Json:
    sensitive = read_for_participant(registration.sensitive_answers.order_by("pk"))
    return {
        "registration": _registration(registration),
        "answers": [_answer(row, row.value) for row in registration.answers.order_by("pk")],
        "sensitive_answers": [_answer(row, value) for row, value in sensitive],
        "consents": [_consent(row) for row in registration.consents.all()],
        "agreements": [_agreement(row) for row in registration.agreements.all()],
        "tickets": [
            {
                "code": row.code,
                "made_at": _time(row.created_at),
                "replaced_at": _time(row.replaced_at),
                "is_valid": is_valid(row, registration),
            }
            for row in registration.tickets.all()
        ],
        "attendance": [
            {"day": row.day.isoformat(), "noted_at": _time(row.at), "minutes_online": row.minutes}
            for row in registration.check_ins.all()
        ],
        "chosen_sessions": [
            {
                "session": chosen.session.title,
                "starts_at": _time(chosen.session.starts_at),
                "takes_place": chosen.session.takes_place,
                "status": _coded(chosen.seat.status, SeatStatus(chosen.seat.status).label),
                "queued_at": _time(chosen.seat.queued_at),
            }
            for chosen in seats_of(registration)
        ],
        "sessions": _attended(registration),
        "certificates": [
            {
                "number": row.shown_number,
                "name": row.name,
                "issued_on": row.issued_on.isoformat(),
                "revoked_on": row.revoked_on.isoformat() if row.revoked_on else None,
                "content": row.content,
            }
            for row in registration.certificates.all()
        ],
        "has_answered_survey": SurveyParticipation.objects.filter(registration=registration).exists(),
        "history": [_history(row) for row in registration.history.all()],
        "mails": [_mail(row) for row in registration.mails.select_related("message")],
    }


def _attended(registration: Registration) -> list[Json]:
    return [
        {
            "session": session.title,
            "starts_at": _time(session.starts_at),
            "source": _coded(row.source, AttendanceSource(row.source).label),
            "noted_at": _time(row.at),
            "entered_at": _time(row.entered_at),
            "left_at": _time(row.left_at),
            "minutes": minutes,
        }
        for session, row, minutes in attended_sessions(registration)
    ]


def _registration(registration: Registration) -> Json:
    return {
        "key": str(registration.key),
        "status": _coded(registration.status, registration.status_label),
        "mode": _coded(registration.mode, Mode(registration.mode).label),
        "language": _coded(registration.language, language_label(registration)),
        "name": registration.name,
        "given_name": registration.given_name,
        "family_name": registration.family_name,
        "email": registration.email,
        "new_email": _new_email(registration),
        "organisation": registration.organisation,
        "profession": _coded(registration.profession, profession_label(registration)),
        "country": _coded(str(registration.country), country_label(registration)),
        "registered_at": _time(registration.created_at),
        "status_since": _time(registration.status_since),
        "queued_at": _time(registration.queued_at),
        "offer_expires_at": _time(registration.offer_expires_at),
        "added_by_organiser": registration.added_by_id is not None,
        "note": registration.note,
    }


def _new_email(registration: Registration) -> str:
    """Return a new address that the participant has entered but not confirmed; empty if there is none."""
    change = AddressChange.objects.filter(registration=registration).first()
    return change.email if change else ""


def _answer(row: Answer | SensitiveAnswer, value: object) -> Json:
    return {
        "question": row.label,
        "question_key": str(row.question_key),
        "language": row.language,
        "value": value,
        "text": answer_text(row.kind, value),
    }


def _consent(row: Consent) -> Json:
    return {
        "purpose": _coded(row.purpose, ConsentPurpose(row.purpose).label),
        "is_given": row.is_given,
        "text": row.text,
        "text_version": row.text_version,
        "language": row.language,
        "answered_at": _time(row.at),
        "withdrawn_at": _time(row.withdrawn_at),
    }


def _agreement(row: Agreement) -> Json:
    return {
        "question": row.label,
        "question_key": str(row.question_key),
        "language": row.language,
        "text": row.text,
        "text_version": row.text_version,
        "link": {"title": row.link_title, "address": row.link_url, "version": row.link_version},
        "agreed_at": _time(row.at),
    }


def _history(row: HistoryEntry) -> Json:
    return {
        "at": _time(row.at),
        "by": _coded(row.actor, actor_label(row)),
        "action": _coded(row.action, ACTIONS.get(row.action, row.action)),
        "before": row.before,
        "after": row.after,
        "detail": row.detail,
    }


def actor_label(row: HistoryEntry) -> str:
    """Return the name for the person or task that acted, as the participant reads it."""
    actor = HistoryEntry.Actor(row.actor)
    return pgettext("who did it", "you") if actor == HistoryEntry.Actor.PARTICIPANT else str(actor.label)


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
    basis = legal_basis_of(registration)
    return {
        "registration": _coded(basis, basis.label),
        "sensitive_answers": _coded("consent", _("your consent (Art. 9(2)(a) GDPR)")),
        "photographs": _coded("consent", _("your consent (Art. 6(1)(a) GDPR)")),
    }


def is_valid(ticket: Ticket, registration: Registration) -> bool:
    """Return whether the ticket admits its holder to the event. As at the door, it does not if they have no place."""
    return ticket.replaced_at is None and registration.status in ADMITTED


def legal_basis_of(registration: Registration) -> LegalBasis:
    found = settings_of(registration.event)
    return LegalBasis(found.legal_basis) if found else LegalBasis.CONTRACT


def _coded(code: str, label: object) -> Json:
    return {"code": str(code), "label": str(label)}


def _time(moment: datetime.datetime | None) -> str | None:
    return moment.astimezone(datetime.UTC).isoformat() if moment else None


def language_label(registration: Registration) -> str:
    return str(dict(settings.LANGUAGES).get(registration.language, registration.language))


def profession_label(registration: Registration) -> str:
    return str(dict(Profession.choices).get(registration.profession, ""))


def country_label(registration: Registration) -> str:
    return countries.name(str(registration.country)) if registration.country else ""
