"""Anonymises registrations: data that identify the participant are removed, data for statistics stay.

Event, status, mode, language, country, profession, days and sessions of attendance and the actions of staff stay.
Everything else is removed, including keys and times of day. With these, an old email or the log of a mail server would
show to which participant a row belonged.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence

from django.contrib.contenttypes.models import ContentType
from wagtail.models import ModelLogEntry

from events import timezones
from events.enums import MailKind, MailStatus, Mode
from events.models import (
    AddressChange,
    Agreement,
    Answer,
    Certificate,
    CheckIn,
    Consent,
    Event,
    HistoryEntry,
    Message,
    OfflineScan,
    OutboxMail,
    Registration,
    SensitiveAnswer,
    SessionAttendance,
    SessionSeat,
    SurveyParticipation,
)
from events.registration import downloads, tickets
from events.registration.mail import folder_backend
from events.registration.sessions import counted_sessions, minutes_of, records_leaving

# Text fields of a registration that are emptied.
EMPTIED_FIELDS = (
    "name",
    "given_name",
    "family_name",
    "email",
    "email_key",
    "address_name",
    "organisation",
    "searchable_name",
    "searchable_details",
    "note",
    "token_hash",
)
# Values that stay in the details of the history, because they describe no person.
NON_PERSONAL_VALUES = tuple(Mode.values)
BATCH = 500


def anonymise_registrations(event: Event, registrations: Sequence[Registration], now: datetime.datetime) -> None:
    """Anonymise these registrations of the event. Call it inside a transaction that holds the event's lock."""
    pks = [registration.pk for registration in registrations]
    addresses = [registration.email for registration in registrations if registration.email]
    addresses += AddressChange.objects.filter(registration__in=pks).values_list("email", flat=True)
    for model in (AddressChange, Agreement, Answer, SensitiveAnswer, Consent, OfflineScan, SessionSeat):
        model._default_manager.filter(registration__in=pks).delete()
    tickets.delete_tickets(pks)
    SurveyParticipation.objects.filter(registration__in=pks).delete()
    # Number, event, date and status stay. With them the certificate can still be verified, and they identify nobody.
    Certificate.objects.filter(registration__in=pks).update(registration=None, name="", content={})
    for registration in registrations:
        _clear(registration, event, now)
    Registration.objects.bulk_update(registrations, CHANGED_FIELDS, batch_size=BATCH)
    _remove_times_of_day(event, pks)
    _clear_messages(event, pks)
    _clear_mails(event, pks)
    _remove_from_groups(event, pks)
    _clear_wagtail_log(pks)
    folder_backend.delete_mails_to(addresses)
    # The prepared files may contain these people.
    downloads.delete_of_event(event)


def clear_messages(event: Event) -> None:
    """Empty all messages of the event. Call it when all its registrations are anonymised."""
    Message.objects.filter(event=event).update(texts={}, audience={}, pending=None)


CHANGED_FIELDS = [
    *EMPTIED_FIELDS,
    "key",
    "calendar_key",
    "submission_key",
    "group_key",
    "token_version",
    "created_at",
    "status_since",
    "queued_at",
    "anonymised_at",
]


def _clear(registration: Registration, event: Event, now: datetime.datetime) -> None:
    for name in EMPTIED_FIELDS:
        setattr(registration, name, "")
    # Calendars and emails contain the old keys. The new keys are unknown outside.
    registration.key, registration.calendar_key = uuid.uuid4(), uuid.uuid4()
    registration.submission_key = registration.group_key = None
    registration.token_version = 1
    registration.created_at = _day_of(registration.created_at, event)
    registration.status_since = _day_of(registration.status_since, event)
    if registration.queued_at:
        registration.queued_at = _day_of(registration.queued_at, event)
    registration.anonymised_at = _day_of(now, event)


def _day_of(moment: datetime.datetime, event: Event) -> datetime.datetime:
    """Return the start of the day in the event's time zone."""
    day = moment.astimezone(timezones.zone_info(event.zone)).date()
    return timezones.instant(day, datetime.time(), event.zone)


def _remove_times_of_day(event: Event, pks: list[int]) -> None:
    entries = list(HistoryEntry.objects.filter(registration__in=pks))
    for entry in entries:
        entry.at = _day_of(entry.at, event)
        entry.detail = {name: value for name, value in entry.detail.items() if value in NON_PERSONAL_VALUES}
    HistoryEntry.objects.bulk_update(entries, ["at", "detail"], batch_size=BATCH)
    check_ins = list(CheckIn.objects.filter(registration__in=pks))
    for check_in in check_ins:
        check_in.at = _day_of(check_in.at, event)
    CheckIn.objects.bulk_update(check_ins, ["at"], batch_size=BATCH)
    _keep_minutes(event, pks)


def _keep_minutes(event: Event, pks: list[int]) -> None:
    """Replace the times of entering and leaving sessions by the minutes that follow from them."""
    rows = list(SessionAttendance.objects.filter(registration__in=pks))
    sessions = {session.pk: session for session in counted_sessions(event, "")} if rows else {}
    leaving = records_leaving(event)
    for row in rows:
        session = sessions.get(row.session_id)
        row.minutes = minutes_of(row, session, records_leaving=leaving) if session else row.minutes
        row.entered_at = row.left_at = None
        row.earlier_minutes = 0
        row.at = _day_of(row.at, event)
    changed = ["minutes", "entered_at", "left_at", "earlier_minutes", "at"]
    SessionAttendance.objects.bulk_update(rows, changed, batch_size=BATCH)


def _clear_mails(event: Event, pks: list[int]) -> None:
    mails = list(OutboxMail.objects.filter(registration__in=pks))
    for mail in mails:
        # The key was the Message-ID of an email that the participant received.
        mail.key = uuid.uuid4()
        mail.recipient, mail.payload, mail.problem, mail.message = "", {}, "", None
        mail.created_at = _day_of(mail.created_at, event)
        mail.sent_at = _day_of(mail.sent_at, event) if mail.sent_at else None
        mail.next_try_at = mail.claimed_at = None
        if mail.status in {MailStatus.QUEUED, MailStatus.SENDING}:
            mail.status = MailStatus.WITHHELD
    OutboxMail.objects.bulk_update(
        mails,
        [
            "key",
            "recipient",
            "payload",
            "problem",
            "message",
            "created_at",
            "sent_at",
            "next_try_at",
            "claimed_at",
            "status",
        ],
        batch_size=BATCH,
    )


def _remove_from_groups(event: Event, pks: Sequence[int]) -> None:
    """Remove people from the emails to the senders of their groups.

    If nobody is left in an email, it is not sent.
    """
    waiting = OutboxMail.objects.filter(event=event, kind=MailKind.GROUP).exclude(payload={})
    erased = set(pks)
    for mail in waiting:
        people = [entry for entry in mail.payload["people"] if entry["registration"] not in erased]
        if len(people) == len(mail.payload["people"]):
            continue
        mail.payload["people"] = people
        if not people:
            mail.recipient, mail.payload = "", {}
        mail.save(update_fields=["recipient", "payload"])


def _clear_messages(event: Event, pks: list[int]) -> None:
    """Empty messages that were sent only to these registrations.

    Test messages are emptied too, because they may be about the same people.
    """
    own = list(Message.objects.filter(event=event, mails__registration__in=pks).values_list("pk", flat=True).distinct())
    # The filters may contain a name.
    Message.objects.filter(pk__in=own).update(audience={})
    others = OutboxMail.objects.filter(message__in=own, registration__isnull=False).exclude(registration__in=pks)
    # The texts of a message stay while other recipients are still to get it.
    sent = Message.objects.filter(pk__in=own, pending__isnull=True)
    sent.exclude(pk__in=others.values("message")).update(texts={})
    unsent = OutboxMail.objects.filter(event=event, status__in=[MailStatus.QUEUED, MailStatus.SENDING])
    tests = Message.objects.filter(event=event, recipient_count=0).exclude(pk__in=own)
    tests.exclude(pk__in=unsent.exclude(message=None).values("message")).update(texts={}, audience={})


def _clear_wagtail_log(pks: list[int]) -> None:
    """Remove names from Wagtail's own log, which labels an entry with the name of its object."""
    entries = ModelLogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(Registration), object_id__in=[str(pk) for pk in pks]
    )
    entries.update(label="", data={})
