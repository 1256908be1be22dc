"""Emails in the folder of the demo are deleted when their recipient is erased, and after a day."""

import datetime
import os

import pytest
from django.utils import timezone

from events.registration.actor import PARTICIPANT
from events.registration.mail import folder_backend
from events.registration.privacy.erasure import erase
from tests.factories.events import commit
from tests.factories.personal_data import make_full_registration
from tests.factories.registrations import NOW, make_open_event

pytestmark = pytest.mark.any_database

DAY = datetime.timedelta(days=1)


@pytest.fixture
def folder(settings, tmp_path):
    settings.EMAIL_BACKEND = folder_backend.FILE_BACKEND
    settings.EMAIL_FILE_PATH = tmp_path
    (tmp_path / "sub").mkdir()
    return tmp_path


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_erasing_deletes_emails_to_the_participant_and_no_others(folder, db):
    registration = make_full_registration(make_open_event(), "Anna")
    (folder / "anna.log").write_text(f"To: {registration.email.upper()}\n")
    (folder / "others.log").write_text("To: eeva@example.org\n")
    with commit():
        erase(registration.pk, PARTICIPANT, NOW)
        assert names(folder) == ["anna.log", "others.log", "sub"]
    assert names(folder) == ["others.log", "sub"]


def test_prune_deletes_emails_older_than_a_day(folder):
    now = timezone.now()
    for name, age in [("old.log", 1.01), ("new.log", 0.99)]:
        path = folder / name
        path.write_text("To: anna@example.org\n")
        os.utime(path, times=((now - age * DAY).timestamp(),) * 2)
    assert folder_backend.prune(now) == 1
    assert names(folder) == ["new.log", "sub"]


def test_prune_ignores_a_missing_folder(folder, settings):
    settings.EMAIL_FILE_PATH = folder / "none"
    assert folder_backend.prune(timezone.now()) == 0


def test_a_site_that_sends_emails_has_no_folder(settings, tmp_path):
    settings.EMAIL_FILE_PATH = tmp_path
    (tmp_path / "old.log").write_text("")
    assert folder_backend.folder() is None
    assert folder_backend.prune(timezone.now() + 2 * DAY) == 0
    folder_backend.delete_mails_to(["anna@example.org"])
    assert names(tmp_path) == ["old.log"]
