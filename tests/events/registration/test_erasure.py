"""Erasing a registration: personal data is deleted, the seat is offered, and a restored backup is erased again."""

import uuid

import pytest
from django.core import mail as django_mail
from django.core.files.base import ContentFile
from django.core.management import call_command

from events.enums import ConsentPurpose, MailKind, MailStatus
from events.models import Answer, Consent, ErasureRecord, HistoryEntry, OutboxMail, SensitiveAnswer
from events.registration import erasure_log
from events.registration.actor import PARTICIPANT
from events.registration.commands import Applicant, register, withdraw, withdraw_consent
from events.registration.encryption import encrypt
from events.registration.errors import NotPossibleError
from events.registration.mail import delivery
from events.registration.privacy import retention
from events.registration.privacy.data_export import personal_data
from events.registration.privacy.data_to_read import readable
from events.registration.privacy.erasure import erase, reapply_consent_withdrawals, reapply_erasures
from events.states import RegistrationStatus
from home.private_files import private_storage
from tests.factories import reload
from tests.factories.events import commit
from tests.factories.personal_data import days_after, make_full_registration
from tests.factories.registrations import (
    DAY,
    NOW,
    SEATS,
    make_open_event,
    make_registration,
    make_staff,
    status_of,
)

_S = RegistrationStatus
MODE = next(iter(SEATS))


@pytest.fixture
def event(db):
    return make_open_event(seats={MODE: (1, True)})


@pytest.fixture(autouse=True)
def empty_storage():
    """Delete files of the erasure log that another test left behind."""
    storage = private_storage()
    if storage.exists(erasure_log.FOLDER):
        for name in storage.listdir(erasure_log.FOLDER)[1]:
            storage.delete(f"{erasure_log.FOLDER}/{name}")


def erased_mails():
    return OutboxMail.objects.filter(kind=MailKind.ERASED)


def test_erasing_deletes_personal_data_and_offers_the_seat(event):
    registration = make_full_registration(event, "Anna", language="fi")
    waiting = make_registration(event, _S.WAITING)
    key = registration.key
    with commit():
        erase(registration.pk, PARTICIPANT, NOW)
    left = reload(registration)
    assert (left.name, left.email, left.email_key, left.token_hash, left.note) == ("",) * 5
    assert left.status == _S.WITHDRAWN
    assert left.anonymised_at is not None
    assert left.key != key
    for model in (Answer, SensitiveAnswer, Consent):
        assert not model.objects.filter(registration=registration).exists()
    assert status_of(waiting) == _S.OFFERED
    last = HistoryEntry.objects.filter(registration=registration).last()
    assert (last.actor, last.action, last.before, last.after) == ("participant", "erase", "confirmed", "withdrawn")


def test_one_email_is_sent_and_its_address_is_deleted_afterwards(event):
    registration = make_full_registration(event, "Anna", language="fi")
    email = registration.email
    with commit():
        erase(registration.pk, PARTICIPANT, NOW)
        erase(registration.pk, PARTICIPANT, NOW)
    mail = erased_mails().get()
    assert (mail.recipient, mail.language, mail.registration, mail.status) == (email, "fi", None, MailStatus.QUEUED)
    delivery.deliver_due()
    mail.refresh_from_db()
    assert (mail.recipient, mail.status) == ("", MailStatus.SENT)
    messages = [message for message in django_mail.outbox if message.to == [email]]
    assert len(messages) == 1
    assert "Anna" not in messages[0].body


def registered_twice(event, **values):
    """A participant who withdrew and registered again with the same address."""
    first = make_full_registration(event, "Anna")
    withdraw(first.pk, PARTICIPANT, NOW)
    second = make_registration(event, name="Anna Again", email=first.email, **values)
    return reload(first), second


def test_erasing_includes_earlier_registrations_of_the_participant_for_the_event(event):
    first, second = registered_twice(event)
    other = make_registration(make_open_event(), email=first.email)
    with commit():
        erase(second.pk, PARTICIPANT, NOW)
    for registration in (first, second):
        left = reload(registration)
        assert (left.name, left.email, left.email_key, left.token_hash) == ("",) * 4
        assert (left.status, left.anonymised_at is None) == (_S.WITHDRAWN, False)
        assert not Consent.objects.filter(registration=registration).exists()
    assert not OutboxMail.objects.filter(registration__event=event).exclude(recipient="").exists()
    assert set(ErasureRecord.objects.values_list("key", flat=True)) == {first.key, second.key}
    assert erased_mails().count() == 1
    assert reload(other).email == first.email


def test_erasing_without_an_address_leaves_others_without_an_address(event):
    one, other = (make_registration(event, email="", name=name) for name in ("One", "Other"))
    erase(one.pk, make_staff(), NOW)
    assert (reload(one).name, reload(other).name) == ("", "Other")


def test_withdrawing_consent_includes_earlier_registrations(event):
    first, second = registered_twice(event)
    withdraw_consent(second.pk, ConsentPurpose.PHOTOS, PARTICIPANT, NOW)
    assert not Consent.objects.filter(registration=first, purpose=ConsentPurpose.PHOTOS, withdrawn_at=None).exists()


def test_data_copy_includes_earlier_registrations(event):
    first, second = registered_twice(event)
    [earlier] = personal_data(second)["earlier_registrations"]
    assert earlier["registration"]["key"] == str(first.key)
    assert earlier["answers"] == personal_data(first)["answers"] != []
    assert any(first.name in str(section.lines) for section in readable(second))


def test_queued_emails_of_an_erased_registration_are_not_sent(event):
    registration = make_full_registration(event)
    with commit():
        erase(registration.pk, PARTICIPANT, NOW)
    delivery.deliver_due()
    assert [message.to for message in django_mail.outbox if message.to != [registration.email]] == []
    assert OutboxMail.objects.filter(registration=registration, status=MailStatus.QUEUED).count() == 0


def test_erasing_a_registration_without_an_address_sends_no_email(event):
    registration = make_registration(event, email="")
    erase(registration.pk, make_staff(), NOW)
    assert not erased_mails().exists()
    assert reload(registration).anonymised_at is not None
    assert HistoryEntry.objects.get().user.username == "organiser"


@pytest.mark.parametrize(
    ("status", "days", "after"),
    [
        (_S.PENDING, -40, _S.WITHDRAWN),
        (_S.OFFERED, -40, _S.WITHDRAWN),
        (_S.WAITING, -40, _S.WITHDRAWN),
        (_S.REJECTED, -40, _S.REJECTED),
        (_S.CANCELLED, -40, _S.CANCELLED),
        # Checked in before the event starts.
        (_S.ATTENDED, -40, _S.ATTENDED),
        (_S.CONFIRMED, 1, _S.CONFIRMED),
        (_S.ATTENDED, 1, _S.ATTENDED),
        (_S.ABSENT, 1, _S.ABSENT),
    ],
)
def test_status_after_erasing(event, status, days, after):
    registration = make_registration(event, status)
    erase(registration.pk, PARTICIPANT, days_after(event, days))
    assert status_of(registration) == after
    assert reload(registration).name == ""


def test_an_erased_participant_can_register_again(event):
    registration = make_full_registration(event, "Anna")
    erase(registration.pk, PARTICIPANT, NOW)
    outcome = register(event.pk, Applicant("Anna", registration.email, mode=MODE), [], [], uuid.uuid4(), NOW)
    assert outcome.registration.pk != registration.pk
    assert not outcome.is_known


def test_concurrent_erasures_have_one_effect(event, monkeypatch):
    registration = make_full_registration(event)
    original, recorded = erasure_log.record, []

    def record(key, now):
        recorded.append(key)
        original(key, now)

    monkeypatch.setattr(erasure_log, "record", record)
    from events.registration.privacy import erasure

    is_erased = erasure._is_erased
    first_answers = iter([False])

    def erase_in_between(pk):
        first = next(first_answers, None)
        if first is None:
            return is_erased(pk)
        erase(pk, PARTICIPANT, NOW)
        return first

    monkeypatch.setattr(erasure, "_is_erased", erase_in_between)
    erase(registration.pk, PARTICIPANT, NOW)
    assert len(recorded) == 1
    assert erased_mails().count() == 1


def test_an_error_while_erasing_changes_nothing(event, monkeypatch):
    registration = make_full_registration(event)

    def refuse(*args):
        raise NotPossibleError

    monkeypatch.setattr(erasure_log, "record", refuse)
    with pytest.raises(NotPossibleError):
        erase(registration.pk, PARTICIPANT, NOW)
    assert reload(registration).name == "Anna"


# The erasure log


def test_the_erasure_log_stores_key_and_time_and_is_exported(event):
    registration = make_full_registration(event)
    with commit():
        erase(registration.pk, PARTICIPANT, NOW)
    row = ErasureRecord.objects.get()
    assert (row.key, row.at, row.copied_at) == (registration.key, NOW, NOW)
    assert str(row) == str(registration.key)
    with private_storage().open(f"{erasure_log.FOLDER}/{row.key}") as file:
        assert file.read().decode() == NOW.isoformat()
    assert erasure_log.export_to_files(NOW) == 0


def test_a_failed_export_is_repeated(event, monkeypatch, caplog):
    def fail(*args, **kwargs):
        raise OSError("disk full of Anna")

    registration = make_full_registration(event)
    storage = private_storage()
    monkeypatch.setattr(type(storage), "save", fail)
    with commit():
        erase(registration.pk, PARTICIPANT, NOW)
    assert ErasureRecord.objects.get().copied_at is None
    assert "OSError" in caplog.text
    assert "Anna" not in caplog.text
    monkeypatch.undo()
    assert erasure_log.export_to_files(NOW) == 1
    assert storage.exists(f"{erasure_log.FOLDER}/{registration.key}")


def test_an_existing_file_is_not_exported_twice(event):
    ErasureRecord.objects.create(key=uuid.uuid4(), at=NOW)
    erasure_log.export_to_files(NOW)
    ErasureRecord.objects.update(copied_at=None)
    assert erasure_log.export_to_files(NOW) == 1
    assert len(private_storage().listdir(erasure_log.FOLDER)[1]) == 1


def test_reapply_erasures_erases_again_after_a_restore_without_an_email(event, capsys):
    """The backup is older than the erasure: the registration is restored without its record, but the log's file exists."""
    registration = make_full_registration(event, "Anna")
    with commit():
        erase(registration.pk, PARTICIPANT, NOW)
    key, email = registration.key, registration.email
    ErasureRecord.objects.all().delete()
    erased_mails().delete()
    registration.save()
    waiting = make_registration(event, _S.WAITING)
    other = make_registration(event, _S.WITHDRAWN)
    for name in ("notes.txt", "notes", f"{uuid.uuid4()}.photographs"):
        private_storage().save(f"{erasure_log.FOLDER}/{name}", ContentFile(b"mine"))

    with commit():
        call_command("reapply_erasures")

    assert "erased again: 1" in capsys.readouterr().out
    assert reload(registration).email == ""
    assert reload(other).email != ""
    assert status_of(waiting) == _S.OFFERED
    assert not OutboxMail.objects.filter(recipient=email).exists()
    assert ErasureRecord.objects.get().key == key
    assert HistoryEntry.objects.filter(registration=registration, action="erase", actor="scheduler").exists()
    assert reapply_erasures() == 0


def test_reapply_erasures_withdraws_consents_again_after_a_restore(event, capsys):
    registration = make_full_registration(event, "Anna")
    with commit():
        withdraw_consent(registration.pk, ConsentPurpose.SENSITIVE, PARTICIPANT, NOW)
    assert private_storage().exists(f"{erasure_log.FOLDER}/{registration.key}.sensitive")
    # After a restore, the answer and the consent are back, and the table of the erasure log has no record.
    ErasureRecord.objects.all().delete()
    Consent.objects.update(withdrawn_at=None)
    answer = {"registration": registration, "question_key": uuid.uuid4(), "kind": "text", "language": "en"}
    SensitiveAnswer.objects.create(label="Diet?", encrypted_value=encrypt("figs"), **answer)

    with commit():
        call_command("reapply_erasures")

    assert "registrations erased again: 0\nconsents withdrawn again: 1" in capsys.readouterr().out
    assert not SensitiveAnswer.objects.exists()
    not_withdrawn = Consent.objects.filter(withdrawn_at=None).values_list("purpose", flat=True)
    assert list(not_withdrawn) == [ConsentPurpose.PHOTOS]
    assert reload(registration).name == "Anna"
    assert HistoryEntry.objects.filter(action="withdraw_consent", actor="scheduler").exists()
    assert reapply_consent_withdrawals() == 0


def test_a_consent_given_again_after_its_withdrawal_stays_valid(event):
    registration = make_full_registration(event)
    for purpose in ConsentPurpose:
        with commit():
            withdraw_consent(registration.pk, purpose, PARTICIPANT, NOW)
    ErasureRecord.objects.filter(purpose=ConsentPurpose.PHOTOS).delete()
    Consent.objects.filter(purpose=ConsentPurpose.SENSITIVE).delete()
    later = NOW.replace(hour=23)
    given = {"is_given": True, "text": "I agree.", "text_version": "1", "language": "en", "at": later}
    for purpose in ConsentPurpose:
        Consent.objects.create(registration=registration, purpose=purpose, **given)
    assert reapply_consent_withdrawals(later) == 0
    # Withdrawn once more after that.
    with commit():
        withdraw_consent(registration.pk, ConsentPurpose.SENSITIVE, PARTICIPANT, later)
    assert erasure_log.withdrawn_consents()[registration.key, "sensitive"] == later
    ErasureRecord.objects.all().delete()
    assert erasure_log.withdrawn_consents()[registration.key, "sensitive"] == later
    assert erasure_log.erased_keys() == set()


def test_prune_deletes_records_older_than_every_backup(event, settings):
    settings.BACKUP_DAYS = 10
    old, fresh = uuid.uuid4(), uuid.uuid4()
    for key, purpose, at in (
        (old, "", NOW - 18 * DAY),
        (old, ConsentPurpose.PHOTOS, NOW - 18 * DAY),
        (fresh, "", NOW - 16 * DAY),
    ):
        ErasureRecord.objects.create(key=key, purpose=purpose, at=at)
    # A record without an exported file is deleted as well.
    ErasureRecord.objects.create(key=uuid.uuid4(), at=NOW - 18 * DAY, copied_at=NOW)
    erasure_log.export_to_files(NOW)
    assert [erasure_log.prune(NOW) for _time in range(2)] == [3, 0]
    assert ErasureRecord.objects.get().key == fresh
    assert private_storage().listdir(erasure_log.FOLDER)[1] == [str(fresh)]


def test_records_imported_from_files_are_pruned(event):
    keys = [uuid.uuid4() for _number in range(2)]
    ErasureRecord.objects.create(key=keys[0], at=NOW)
    ErasureRecord.objects.create(key=keys[1], purpose=ConsentPurpose.PHOTOS, at=NOW)
    erasure_log.export_to_files(NOW)
    ErasureRecord.objects.filter(key=keys[0]).delete()
    call_command("reapply_erasures")
    assert [erasure_log.import_from_files(), set(ErasureRecord.objects.values_list("key", "at"))] == [
        0,
        {(key, NOW) for key in keys},
    ]
    assert erasure_log.prune(NOW + 43 * DAY) == 2
    assert private_storage().listdir(erasure_log.FOLDER)[1] == []


def test_without_an_erasure_log_nothing_is_erased_again(event, monkeypatch):
    monkeypatch.setattr(erasure_log, "FOLDER", "not-there")
    make_registration(event)
    assert (erasure_log.erased_keys(), erasure_log.withdrawn_consents()) == (set(), {})
    assert reapply_erasures(NOW) == reapply_consent_withdrawals(NOW) == 0


def test_anonymising_adds_nothing_to_the_erasure_log(event):
    """After a restore, the scheduled task anonymises again what is due."""
    make_full_registration(event)
    assert retention.anonymise_due(days_after(event, 400)) == 1
    assert not ErasureRecord.objects.exists()
