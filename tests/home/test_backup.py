"""Backups: encryption and verification, and a whole site that is lost and restored, on both databases."""

import io
import json
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.utils import timezone

from events.enums import MailStatus
from events.models import MailHold, OutboxMail
from events.registration.mail import delivery, hold
from events.registration.mail.queue import outbox_status
from home.backup import archive, creation
from home.backup.encryption import CHUNK_SIZE, EncryptedReader, EncryptedWriter
from home.backup.errors import BackupError
from tests import snapshots
from tests.factories.mail import NOW, make_registration, queue_mail
from tests.factories.registrations import make_open_event

KEY = Fernet.generate_key().decode()
OTHER = Fernet.generate_key().decode()


# Encryption


def encrypted(data: bytes, key: str = KEY) -> bytes:
    target = io.BytesIO()
    with EncryptedWriter(target, key) as writer:
        for start in range(0, len(data), 50_000):
            writer.write(data[start : start + 50_000])
    return target.getvalue()


def decrypted(data: bytes, *keys: str) -> bytes:
    return EncryptedReader(io.BytesIO(data), keys or [KEY]).read()


@pytest.mark.any_database
@pytest.mark.parametrize("size", [0, 1, CHUNK_SIZE - 1, CHUNK_SIZE, CHUNK_SIZE + 1, 3 * CHUNK_SIZE, 200_001])
def test_what_is_encrypted_can_be_decrypted(size):
    data = os.urandom(size)
    assert decrypted(encrypted(data)) == data
    assert decrypted(encrypted(data), OTHER, KEY) == data


@pytest.mark.any_database
def test_two_files_with_the_same_content_look_different():
    assert encrypted(b"x" * 100) != encrypted(b"x" * 100)
    assert b"participant" not in encrypted(b"participant")


@pytest.mark.any_database
@pytest.mark.parametrize(
    "change",
    [
        lambda data: data[:-1],
        lambda data: data[:-16],
        lambda data: data[: 49 + CHUNK_SIZE + 16],
        lambda data: data[:-5] + bytes([data[-5] ^ 1]) + data[-4:],
        lambda data: data[:30] + bytes([data[30] ^ 1]) + data[31:],
        lambda data: data[:49] + data[49 + CHUNK_SIZE + 16 :],
        lambda data: data + b"more",
    ],
    ids=["shorter", "without tag", "without chunks", "other byte", "other header", "first chunk left out", "longer"],
)
def test_changed_file_is_refused(change):
    data = encrypted(os.urandom(3 * CHUNK_SIZE + 5))
    with pytest.raises(BackupError):
        decrypted(change(data))


@pytest.mark.any_database
def test_other_key_and_other_file_are_refused():
    with pytest.raises(BackupError, match="made with another key"):
        decrypted(encrypted(b"x"), OTHER)
    with pytest.raises(BackupError, match="not a backup"):
        decrypted(b"PK\x03\x04" * 100)


# The archive


def write_archive(file: Path, manifest: dict | None = None) -> None:
    with file.open("wb") as target, archive.written(target, KEY) as writer:
        writer.add_bytes(archive.ABOUT, b"{}")
        writer.add_stream(archive.DATABASE, io.BytesIO(b"rows" * 10))
        found = {"checksums": dict(writer.checksums), "tables": {}}
        writer.add_bytes(archive.MANIFEST, json.dumps(manifest or found).encode())


@pytest.mark.any_database
def test_archive_is_verified_against_its_own_list(tmp_path):
    write_archive(tmp_path / "good")
    assert list(archive.verify(tmp_path / "good", [KEY]).checksums) == ["about.json", "database/000000"]

    write_archive(tmp_path / "bad", {"checksums": {"about.json": "x"}, "tables": {}})
    with pytest.raises(BackupError, match="not complete"):
        archive.verify(tmp_path / "bad", [KEY])


@pytest.mark.any_database
def test_stream_is_divided_into_parts(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "PART_SIZE", 7)
    file = tmp_path / "x"
    write_archive(file)
    parts = [entry.content.read() for entry in archive.entries(file, [KEY]) if entry.name.startswith(archive.DATABASE)]
    assert (len(parts), b"".join(parts)) == (6, b"rows" * 10)


# Making backups


@pytest.mark.any_database
def test_backup_without_a_key_is_refused(settings, tmp_path):
    settings.BACKUP_KEY = []
    settings.BACKUP_DIR = tmp_path / "backups"
    with pytest.raises(CommandError, match=r"BACKUP_KEY is not set\. Make a key with "):
        call_command("backup")
    assert not settings.BACKUP_DIR.exists()


@pytest.mark.any_database
def test_old_backups_are_deleted_but_never_the_last_one(settings, tmp_path):
    settings.BACKUP_DIR, settings.BACKUP_DAYS = tmp_path, 35
    names = ["a-20200101T000000Z.backup", "a-20200102T000000Z.backup"]
    for name in [*names, "notes.txt", "a.backup", "a-20200101T000000Z.unfinished"]:
        (tmp_path / name).touch()
    assert creation.prune() == 1
    assert sorted(path.name for path in tmp_path.glob("a-*.backup")) == names[1:]

    (tmp_path / f"a-{timezone.now():%Y%m%dT%H%M%SZ}.backup").touch()
    assert creation.prune() == 1
    assert len(creation.backups()) == 1
    assert (tmp_path / "notes.txt").exists()


@pytest.mark.any_database
def test_failed_backup_leaves_no_file(settings, tmp_path, monkeypatch):
    settings.BACKUP_DIR, settings.BACKUP_KEY = tmp_path, [KEY]

    def fail(*args):
        raise BackupError("pg_dump failed: no space")

    monkeypatch.setattr(creation, "_write", fail)
    with pytest.raises(CommandError, match="no space"):
        call_command("backup")
    assert list(tmp_path.iterdir()) == []


# Emails after a restore


@pytest.fixture
def waiting_mail(db):
    return queue_mail(make_registration(make_open_event()))


def test_no_email_is_sent_while_email_is_held_back(waiting_mail, mailoutbox, caplog):
    assert hold.hold() == 1
    assert hold.hold() == 1
    assert MailHold.objects.count() == 1
    assert delivery.deliver_due(NOW) == 0
    assert mailoutbox == []
    assert "run manage.py release_mail" in caplog.text
    assert outbox_status(NOW).is_throttled

    call_command("release_mail")
    assert delivery.deliver_due(NOW) == 1
    assert len(mailoutbox) == 1


def test_email_that_waits_can_be_discarded(waiting_mail, mailoutbox, capsys):
    hold.hold()
    call_command("release_mail", discard=True)
    assert delivery.deliver_due(NOW) == 0
    assert OutboxMail.objects.get().status == MailStatus.WITHHELD
    assert "no longer needed: 1" in capsys.readouterr().out
    with pytest.raises(CommandError, match="No email is held back"):
        call_command("release_mail")


# A whole site


SCRIPT = """
import datetime, json, uuid
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.utils import timezone
from events.models import ErasureRecord, MailHold, OutboxMail, Registration
from events.registration.privacy.erasure import erase
from home.private_files import private_storage
"""
ADD_ROWS = """
from tests.factories.registrations import make_registration
from events.models import Event
Session.objects.create(session_key='x', session_data='x', expire_date=timezone.now())
print(make_registration(Event.objects.latest('pk'), 'confirmed', name='Anna').pk)
"""
STATE = """
from home.backup import databases, stored_files
left_out = ('django_session', 'accounts_usersession', 'events_mailhold', 'events_erasurerecord')
files = {f'{kind}/{name}': stored_files.digest(kind, name) for kind in ('uploads', 'private')
    for name in stored_files.stored_files(kind)}
print(json.dumps({
    'tables': {name: values for name, values in databases.tables().items() if name not in left_out},
    'files': files,
}))
"""
ERASE_ONE = """
one = Registration.objects.get(pk=%s)
key = one.key
erase(one.pk)
from events.registration import erasure_log
erasure_log.export_to_files(timezone.now())
print(key)
"""
AFTER = """
print(json.dumps({
    'held': MailHold.objects.count(),
    'sessions': Session.objects.count(),
    'erased': Registration.objects.filter(key='%s', anonymised_at=None).count(),
    'entries': ErasureRecord.objects.count(),
}))
"""


def shell(code: str, variables: dict[str, str]) -> str:
    return snapshots.manage(["shell", "-v", "0", "-c", SCRIPT + code], variables).strip().splitlines()[-1]


@pytest.mark.slow
def test_lost_site_is_restored(tmp_path):
    """A site is backed up twice, loses everything, and is restored from the older backup."""
    loaded, template = snapshots.loaded_demo()
    site, place = tmp_path / "site", tmp_path / "place"
    place.mkdir()
    shutil.copytree(loaded, site)
    backup_dir = tmp_path / "backups"
    name = f"backup_{os.getpid()}"
    with snapshots.copied_database(site, name, template, loaded / "site.sqlite3") as url:
        variables = snapshots.environment(site, url, "config.settings.dev") | {
            "BACKUP_DIR": str(backup_dir),
            "BACKUP_KEY": KEY,
        }
        registration = shell(ADD_ROWS, variables)
        before = json.loads(shell(STATE, variables))
        assert len(before["files"]) > 10
        snapshots.manage(["backup"], variables)
        erased = shell(ERASE_ONE % registration, variables)
        [first] = backup_dir.iterdir()
        first.rename(backup_dir / "site-20261101T000000Z.backup")
        snapshots.manage(["backup"], variables)
        text = snapshots.manage(["backup", "--verify", str(backup_dir / "site-20261101T000000Z.backup")], variables)
    assert json.loads(text)["files"] == len(before["files"])

    with snapshots.copied_database(place, f"{name}_restored", *empty_source(tmp_path)) as url:
        if url.startswith("sqlite"):
            leave_old_log(place)
        variables = snapshots.environment(place, url, "config.settings.dev") | {
            "BACKUP_DIR": str(backup_dir),
            "BACKUP_KEY": f"{OTHER},{KEY}",
        }
        command = ["restore", str(backup_dir / "site-20261101T000000Z.backup")]
        if url.startswith("sqlite"):
            with pytest.raises(RuntimeError, match=r"site\.sqlite3-wal of an earlier database"):
                snapshots.manage(command, variables)
            command.append("--set-aside")
        output = snapshots.manage(command, variables)
        after = json.loads(shell(STATE, variables))
        found = json.loads(shell(AFTER % erased, variables))
        with pytest.raises(RuntimeError, match="The database is not empty"):
            snapshots.manage(command[:2], variables)

    assert "as in the backup" in output
    assert "Registrations erased again: 1." in output
    assert found == {"held": 1, "sessions": 0, "erased": 0, "entries": 1}
    lost = {name for name in before["files"] if before["files"][name] != after["files"].get(name)}
    assert lost == set()
    # The erasure changed the tables of registrations; the others are as they were.
    changed = {name for name in before["tables"] if before["tables"][name] != after["tables"].get(name)}
    assert {name for name in changed if not name.startswith("events_")} <= {"sqlite_sequence"}


def empty_source(folder: Path) -> tuple[str, Path]:
    """Return an empty template of PostgreSQL and an empty file, as arguments of `copied_database`."""
    file = folder / "empty"
    file.touch()
    return "template0", file


def leave_old_log(place: Path) -> None:
    """Leave the write-ahead log of another database, as after a crash, and no database."""
    file = place / "site.sqlite3"
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE other (x)")
        database.commit()
        shutil.copy(place / "site.sqlite3-wal", place / "kept")
    (place / "kept").rename(place / "site.sqlite3-wal")
    file.unlink()
