"""Deletion of sensitive answers and anonymisation of registrations at the end of their retention periods."""

import datetime
import logging

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db.utils import ConnectionHandler
from wagtail.models import ModelLogEntry

from config.settings import base
from events import timezones
from events.enums import EventStatus, MailStatus, Mode
from events.models import (
    Answer,
    CheckIn,
    Consent,
    Event,
    HistoryEntry,
    Message,
    OutboxMail,
    Registration,
    RegistrationSettings,
    SensitiveAnswer,
)
from events.registration import locking, seats
from events.registration.errors import BusyError
from events.registration.privacy import retention
from events.states import ADMITTED, RegistrationStatus
from tests.factories import reload
from tests.factories.events import change_event
from tests.factories.personal_data import MORNING, days_after, make_full_registration
from tests.factories.registrations import make_open_event, make_registration, make_staff


@pytest.fixture
def event(db) -> Event:
    return make_open_event(retention_days=60, sensitive_retention_days=10)


def is_named(registration) -> bool:
    return bool(reload(registration).name)


# Sensitive answers


def test_sensitive_answers_are_deleted_at_the_end_of_their_period(event):
    make_full_registration(event, "Anna")
    make_full_registration(event, "Eeva")
    assert retention.delete_sensitive_answers(days_after(event, 9.99)) == 0
    assert SensitiveAnswer.objects.count() == 2
    assert retention.delete_sensitive_answers(days_after(event, 10)) == 2
    assert SensitiveAnswer.objects.count() == 0
    assert Answer.objects.count() == 2
    assert HistoryEntry.objects.filter(action="delete_sensitive_answers", actor="scheduler", user=None).count() == 2
    assert RegistrationSettings.objects.get().sensitive_erased_at == days_after(event, 10)
    # A second run deletes nothing.
    assert retention.delete_sensitive_answers(days_after(event, 11)) == 0
    assert HistoryEntry.objects.filter(action="delete_sensitive_answers").count() == 2


def test_sensitive_answers_of_another_event_stay(event):
    other = make_open_event(event_fields={"first_day": event.first_day.replace(day=28)}, sensitive_retention_days=10)
    make_full_registration(event)
    make_full_registration(other)
    assert retention.delete_sensitive_answers(days_after(event, 10)) == 1
    assert SensitiveAnswer.objects.get().registration.event == other


# Registrations


def test_anonymising_deletes_personal_data_and_keeps_counts(event):
    staff = make_staff()
    registration = make_full_registration(event, mode=Mode.ONLINE, language="fi", status=RegistrationStatus.ATTENDED)
    HistoryEntry.objects.filter(registration=registration).update(user=staff.user)
    before = seats.all_seat_counts(event)
    key, mail_keys = registration.key, set(OutboxMail.objects.values_list("key", flat=True))

    assert retention.anonymise_due(days_after(event, 59.99)) == 0
    assert is_named(registration)
    assert retention.anonymise_due(days_after(event, 60)) == 1

    left = reload(registration)
    emptied = [left.name, left.email, left.email_key, left.organisation, left.note, left.token_hash]
    assert emptied == [""] * 6
    assert left.submission_key is None
    assert left.key != key
    assert (left.country, left.profession, left.mode, left.status, left.language) == (
        "FI",
        "nurse",
        "online",
        "attended",
        "fi",
    )
    assert seats.all_seat_counts(event) == before
    for model in (Answer, SensitiveAnswer, Consent):
        assert not model.objects.exists()
    assert CheckIn.objects.get().day == event.first_day
    history = HistoryEntry.objects.get()
    assert history.user == staff.user
    assert history.detail == {"from": "online", "to": "on_site"}
    for mail in OutboxMail.objects.all():
        assert (mail.recipient, mail.payload, mail.problem, mail.message, mail.next_try_at) == ("", {}, "", None, None)
        assert mail.key not in mail_keys
    assert sorted(OutboxMail.objects.values_list("status", flat=True)) == ["sent", "withheld"]
    assert Message.objects.get().texts == {}
    assert Message.objects.get().audience == {}
    assert RegistrationSettings.objects.get().anonymised_at == days_after(event, 60)


def test_anonymising_reduces_times_to_days(event):
    """With the log of a mail server, exact times could identify participants."""
    registration = make_full_registration(event)
    retention.anonymise_due(days_after(event, 60))
    left = reload(registration)
    moments = [left.created_at, left.status_since, HistoryEntry.objects.get().at, CheckIn.objects.get().at]
    moments += list(OutboxMail.objects.values_list("created_at", flat=True))
    moments += list(OutboxMail.objects.exclude(sent_at=None).values_list("sent_at", flat=True))
    midnight = timezones.instant(MORNING.date(), datetime.time(), event.zone)
    assert set(moments) == {midnight}
    anonymised_on = timezones.instant(
        days_after(event, 60).astimezone(timezones.zone_info(event.zone)).date(), datetime.time(), event.zone
    )
    assert left.anonymised_at == anonymised_on


def test_registrations_without_a_place_are_anonymised_after_30_days(event):
    statuses = [status for status in RegistrationStatus if status not in ADMITTED]
    without_place = [make_registration(event, status) for status in statuses]
    with_place = [make_registration(event, status) for status in sorted(ADMITTED)]
    assert retention.anonymise_due(days_after(event, 29.99)) == 0
    assert retention.anonymise_at(without_place[0]) == days_after(event, 30)
    assert retention.anonymise_at(with_place[0]) == days_after(event, 60)
    assert retention.anonymise_due(days_after(event, 30)) == len(statuses)
    assert not any(is_named(registration) for registration in without_place)
    assert all(is_named(registration) for registration in with_place)
    assert [reload(registration).status for registration in without_place] == statuses
    assert RegistrationSettings.objects.get().anonymised_at is None
    # Waiting registrations keep the day of `queued_at`, because a database constraint requires a value.
    assert Registration.objects.get(status="waiting").queued_at is not None


def test_a_shorter_period_applies_to_every_registration(db):
    event = make_open_event(retention_days=7, sensitive_retention_days=7)
    registration = make_registration(event, RegistrationStatus.WAITING)
    assert retention.anonymise_at(registration) == days_after(event, 7)
    assert retention.anonymise_due(days_after(event, 7)) == 1


def test_retention_dates_follow_a_rescheduled_event(event):
    registration = make_full_registration(event)
    due = days_after(event, 60)
    later = event.first_day.replace(month=event.first_day.month + 2)
    moved = change_event(event, first_day=later, last_day=later, status=EventStatus.RESCHEDULED)
    assert retention.anonymise_due(due) == retention.delete_sensitive_answers(due) == 0
    assert is_named(registration)
    assert retention.anonymise_due(days_after(moved, 60)) == 1


def test_new_registrations_after_anonymising_and_rescheduling_are_anonymised(event):
    make_full_registration(event)
    retention.anonymise_due(days_after(event, 60))
    later = event.first_day.replace(year=event.first_day.year + 1)
    moved = change_event(event, first_day=later, last_day=later)
    make_full_registration(moved, "Eeva")
    assert retention.anonymise_due(days_after(moved, 59)) == 0
    assert retention.delete_sensitive_answers(days_after(moved, 59)) == 1
    assert retention.anonymise_due(days_after(moved, 60)) == 1


def test_nothing_is_deleted_for_a_postponed_event_until_it_is_rescheduled(event):
    registration = make_full_registration(event)
    due = days_after(event, 400)
    postponed = change_event(event, status=EventStatus.POSTPONED)
    assert retention.anonymise_due(due) == retention.delete_sensitive_answers(due) == 0
    registration.event = postponed
    assert retention.anonymise_at(registration) is None
    assert retention.sensitive_answers_delete_at(postponed) is None
    change_event(event, status=EventStatus.RESCHEDULED)
    assert retention.delete_sensitive_answers(due) == retention.anonymise_due(due) == 1


def test_registrations_of_a_cancelled_event_are_anonymised(event):
    make_full_registration(event)
    change_event(event, status=EventStatus.CANCELLED)
    assert retention.anonymise_due(days_after(event, 60)) == 1


def test_default_periods_apply_without_settings(event):
    make_full_registration(event)
    RegistrationSettings.objects.all().delete()
    assert retention.delete_sensitive_answers(days_after(event, 13)) == 0
    assert retention.delete_sensitive_answers(days_after(event, 14)) == 1
    assert retention.anonymise_due(days_after(event, 179)) == 0
    assert retention.anonymise_due(days_after(event, 180)) == 1


def test_each_batch_has_its_own_transaction(event, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    for _number in range(5):
        make_registration(event)
    seen = []
    original = locking.locked
    monkeypatch.setattr(locking, "locked", lambda pk: seen.append(pk) or original(pk))
    assert retention.anonymise_due(days_after(event, 60)) == 5
    assert seen == [event.pk] * 3
    assert RegistrationSettings.objects.get().anonymised_at is not None
    assert retention.anonymise_due(days_after(event, 61)) == 0


def test_anonymising_is_complete_when_the_last_batch_is_full(event, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    for name in ("Anna", "Eeva", "Maria", "Nikos"):
        make_full_registration(event, name)
    assert retention.anonymise_due(days_after(event, 60)) == 4
    assert RegistrationSettings.objects.get().anonymised_at is not None


def test_a_concurrent_run_has_no_further_effect(event, monkeypatch):
    """Another run does the work between the query for due events and the lock."""
    make_full_registration(event)
    now = days_after(event, 60)
    original, done = locking.locked, []

    def run_and_lock(pk):
        if not done:
            done.append(True)
            retention.delete_sensitive_answers(now)
            retention.anonymise_due(now)
        return original(pk)

    monkeypatch.setattr(locking, "locked", run_and_lock)
    assert retention.delete_sensitive_answers(now) == 0
    assert retention.anonymise_due(now) == 0
    assert HistoryEntry.objects.filter(action="delete_sensitive_answers").count() == 1


def test_an_event_rescheduled_before_the_lock_keeps_everything(event, monkeypatch):
    registration = make_full_registration(event)
    now = days_after(event, 60)
    original = locking.locked

    def reschedule_and_lock(pk):
        Event.objects.filter(pk=pk).update(ends_at=now)
        return original(pk)

    monkeypatch.setattr(locking, "locked", reschedule_and_lock)
    assert retention.delete_sensitive_answers(now) == retention.anonymise_due(now) == 0
    assert is_named(registration)


def test_a_busy_event_is_left_for_the_next_run_and_delays_no_other(event, monkeypatch):
    other = make_open_event(retention_days=60)
    for one in (event, other):
        make_full_registration(one)
    original = locking.locked

    def busy(pk):
        if pk == event.pk:
            raise BusyError
        return original(pk)

    monkeypatch.setattr(locking, "locked", busy)
    assert retention.anonymise_due(days_after(event, 60)) == 1
    monkeypatch.undo()
    assert retention.anonymise_due(days_after(event, 60)) == 1


def test_the_log_contains_only_counts(event, caplog):
    make_full_registration(event, "Anna")
    with caplog.at_level(logging.DEBUG):
        retention.delete_sensitive_answers(days_after(event, 60))
        retention.anonymise_due(days_after(event, 60))
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("events")]
    assert ours == [
        "Deleted 1 sensitive answers at the end of their retention period.",
        "Anonymised 1 registrations at the end of their retention period.",
    ]
    assert "Anna" not in caplog.text


def test_a_large_event_is_anonymised_in_several_runs(event, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    monkeypatch.setattr(retention, "BATCHES_IN_A_RUN", 2)
    for number in range(5):
        make_full_registration(event, f"Person {number}")
    due = days_after(event, 61)
    assert retention.anonymise_due(due) == 4
    assert seats.settings_of(reload(event)).anonymised_at is None
    assert retention.anonymise_due(due) == 1
    assert not Registration.objects.exclude(name="").exists()
    assert seats.settings_of(reload(event)).anonymised_at == due
    assert retention.anonymise_due(due) == 0


def test_anonymising_twice_has_no_further_effect(event):
    registration = make_full_registration(event)
    now = days_after(event, 60)
    retention.anonymise(registration, now)
    key = reload(registration).key
    retention.anonymise(reload(registration), now)
    assert reload(registration).key == key


# Messages, logs and the database file


def test_a_message_keeps_its_text_until_its_last_recipient_is_anonymised(event):
    anna, eeva = make_full_registration(event, "Anna"), make_full_registration(event, "Eeva")
    message = Message.objects.create(
        event=event, texts={"en": {"subject": "Doors"}}, audience={"search": True}, recipient_count=2
    )
    for registration in (anna, eeva):
        OutboxMail.objects.create(
            event=event, registration=registration, message=message, kind="message", language="en"
        )
    retention.anonymise(anna, days_after(event, 0))
    message.refresh_from_db()
    assert message.texts == {"en": {"subject": "Doors"}}
    assert message.audience == {}
    retention.anonymise_due(days_after(event, 60))
    message.refresh_from_db()
    assert message.texts == {}


def test_a_test_email_does_not_preserve_the_text_of_a_message(event):
    anna = make_full_registration(event, "Anna")
    message = Message.objects.get()
    OutboxMail.objects.create(event=event, message=message, kind="message", language="en", recipient="o@example.org")
    retention.anonymise(anna, days_after(event, 0))
    message.refresh_from_db()
    assert message.texts == {}


def test_the_text_of_a_test_message_is_deleted_once_it_is_sent(event):
    anna = make_full_registration(event, "Anna")
    sent, unsent = (Message.objects.create(event=event, texts={"en": {"subject": "Anna"}}) for _number in range(2))
    OutboxMail.objects.create(event=event, message=sent, kind="message", language="en", status=MailStatus.SENT)
    OutboxMail.objects.create(event=event, message=unsent, kind="message", language="en")
    retention.anonymise(anna, days_after(event, 0))
    assert Message.objects.get(pk=sent.pk).texts == {}
    assert Message.objects.get(pk=unsent.pk).texts != {}


def test_names_are_deleted_from_the_log_of_wagtail(event):
    registration, other = make_full_registration(event, "Anna"), make_full_registration(event, "Eeva")
    for one in (registration, other):
        ModelLogEntry.objects.log_action(one, "wagtail.edit", data={"title": one.name})
    retention.anonymise(registration, days_after(event, 0))
    entries = ModelLogEntry.objects.filter(content_type=ContentType.objects.get_for_model(Registration))
    assert {(entry.object_id, entry.label, str(entry.data)) for entry in entries} == {
        (str(registration.pk), "", "{}"),
        (str(other.pk), "Eeva", "{'title': 'Eeva'}"),
    }


@pytest.fixture
def site_file(db, tmp_path):
    """A connection to an SQLite file with the options of the site, and the path of the file."""
    path = tmp_path / "site.sqlite3"
    one = ConnectionHandler({"default": base.database(f"sqlite:///{path}")})["default"]
    with one.cursor() as cursor:
        cursor.execute("CREATE TABLE people (name TEXT)")
        cursor.executemany("INSERT INTO people VALUES (%s)", [["canary-1"], ["canary-2"]])
    yield one, path
    one.close()


def test_deleted_data_is_overwritten_in_the_database_file(site_file, monkeypatch):
    one, path = site_file
    monkeypatch.setattr(retention, "connection", one)

    def found():
        return [name for name in ("canary-1", "canary-2") if any(name.encode() in f.read_bytes() for f in files)]

    files = [path, path.with_name(path.name + "-wal")]
    assert found() == ["canary-1", "canary-2"]
    with one.cursor() as cursor:
        cursor.execute("DELETE FROM people WHERE name = 'canary-1'")
        before = cursor.execute("PRAGMA busy_timeout").fetchone()
        retention.overwrite_deleted()
        assert cursor.execute("PRAGMA busy_timeout").fetchone() == before
    assert found() == ["canary-2"]
