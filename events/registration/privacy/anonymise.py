"""What is left of a registration when the person has gone from it: the numbers that she is one of.

Event, state, mode, language, country, profession, days of attendance and what the staff did stay. Everything else goes,
and so does what would let somebody who holds one of her mails, or a mail server's log, find the row: keys and times of
day.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence

from django.contrib.contenttypes.models import ContentType
from wagtail.models import ModelLogEntry

from events import timezones
from events.enums import MailStatus, Mode
from events.models import (
    Answer,
    CheckIn,
    Consent,
    Event,
    HistoryEntry,
    Message,
    OutboxMail,
    Registration,
    SensitiveAnswer,
)
from events.registration.mail import folder_backend

# Of a registration itself.
EMPTIED = ("name", "email", "email_key", "organisation", "note", "token_hash")
# In the history and its details: words of the program, never of a person.
KEPT_IN_DETAILS = tuple(Mode.values)
BATCH = 500


def make_anonymous(event: Event, registrations: Sequence[Registration], now: datetime.datetime) -> None:
    """Take the persons out of these registrations of the event. Inside a transaction that holds the event's lock."""
    pks = [registration.pk for registration in registrations]
    addresses = [registration.email for registration in registrations if registration.email]
    for model in (Answer, SensitiveAnswer, Consent):
        model._default_manager.filter(registration__in=pks).delete()
    for registration in registrations:
        _empty(registration, event, now)
    Registration.objects.bulk_update(registrations, _CHANGED, batch_size=BATCH)
    _without_times_of_day(event, pks)
    _empty_messages(event, pks)
    _empty_mails(event, pks)
    _empty_log_of_editors(pks)
    folder_backend.forget(addresses)


def empty_messages_of(event: Event) -> None:
    """Take the words out of everything the organiser wrote to people of the event: nobody of them is left."""
    Message.objects.filter(event=event).update(texts={}, audience={})


_CHANGED = [
    *EMPTIED,
    "key",
    "submission_key",
    "token_version",
    "created_at",
    "status_since",
    "queued_at",
    "anonymised_at",
]


def _empty(registration: Registration, event: Event, now: datetime.datetime) -> None:
    for name in EMPTIED:
        setattr(registration, name, "")
    # The old key stands in calendars and mails, the new one nowhere.
    registration.key = uuid.uuid4()
    registration.submission_key = None
    registration.token_version = 1
    registration.created_at = _day_of(registration.created_at, event)
    registration.status_since = _day_of(registration.status_since, event)
    if registration.queued_at:
        registration.queued_at = _day_of(registration.queued_at, event)
    registration.anonymised_at = _day_of(now, event)


def _day_of(moment: datetime.datetime, event: Event) -> datetime.datetime:
    """Return the beginning of the day on the event's clocks."""
    day = moment.astimezone(timezones.zone_info(event.zone)).date()
    return timezones.instant(day, datetime.time(), event.zone)


def _without_times_of_day(event: Event, pks: list[int]) -> None:
    entries = list(HistoryEntry.objects.filter(registration__in=pks))
    for entry in entries:
        entry.at = _day_of(entry.at, event)
        entry.detail = {name: value for name, value in entry.detail.items() if value in KEPT_IN_DETAILS}
    HistoryEntry.objects.bulk_update(entries, ["at", "detail"], batch_size=BATCH)
    check_ins = list(CheckIn.objects.filter(registration__in=pks))
    for check_in in check_ins:
        check_in.at = _day_of(check_in.at, event)
    CheckIn.objects.bulk_update(check_ins, ["at"], batch_size=BATCH)


def _empty_mails(event: Event, pks: list[int]) -> None:
    mails = list(OutboxMail.objects.filter(registration__in=pks))
    for mail in mails:
        # The key was the Message-ID of a mail that lies in her mailbox.
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


def _empty_messages(event: Event, pks: list[int]) -> None:
    """Take the words out of messages that went to these people alone: they may be about them. So may trials."""
    theirs = list(
        Message.objects.filter(event=event, mails__registration__in=pks).values_list("pk", flat=True).distinct()
    )
    # What people were searched by may be a name.
    Message.objects.filter(pk__in=theirs).update(audience={})
    others = OutboxMail.objects.filter(message__in=theirs, registration__isnull=False).exclude(registration__in=pks)
    Message.objects.filter(pk__in=theirs).exclude(pk__in=others.values("message")).update(texts={})
    unsent = OutboxMail.objects.filter(event=event, status__in=[MailStatus.QUEUED, MailStatus.SENDING])
    trials = Message.objects.filter(event=event, recipient_count=0).exclude(pk__in=theirs)
    trials.exclude(pk__in=unsent.exclude(message=None).values("message")).update(texts={}, audience={})


def _empty_log_of_editors(pks: list[int]) -> None:
    """Take names out of Wagtail's own log, which labels an entry with what the object was called."""
    entries = ModelLogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(Registration), object_id__in=[str(pk) for pk in pks]
    )
    entries.update(label="", data={})
