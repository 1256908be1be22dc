"""The demo writes its mails into a folder: they go with the person they were sent to, and after a day."""

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

DAY = datetime.timedelta(days=1)


@pytest.fixture
def folder(settings, tmp_path):
    settings.EMAIL_BACKEND = folder_backend.FILE_BACKEND
    settings.EMAIL_FILE_PATH = tmp_path
    (tmp_path / "sub").mkdir()
    return tmp_path


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_her_mails_go_with_her_and_others_stay(folder, db):
    registration = make_full_registration(make_open_event(), "Anna")
    (folder / "hers.log").write_text(f"To: {registration.email.upper()}\n")
    (folder / "others.log").write_text("To: eeva@example.org\n")
    with commit():
        erase(registration.pk, PARTICIPANT, NOW)
        assert names(folder) == ["hers.log", "others.log", "sub"]
    assert names(folder) == ["others.log", "sub"]


def test_old_mails_go(folder):
    now = timezone.now()
    for name, age in [("old.log", 1.01), ("new.log", 0.99)]:
        path = folder / name
        path.write_text("To: anna@example.org\n")
        os.utime(path, times=((now - age * DAY).timestamp(),) * 2)
    assert folder_backend.prune(now) == 1
    assert names(folder) == ["new.log", "sub"]


def test_a_folder_that_is_not_there_holds_nothing(folder, settings):
    settings.EMAIL_FILE_PATH = folder / "none"
    assert folder_backend.prune(timezone.now()) == 0


def test_a_site_that_sends_its_mails_has_no_folder(settings, tmp_path):
    settings.EMAIL_FILE_PATH = tmp_path
    (tmp_path / "old.log").write_text("")
    assert folder_backend.folder() is None
    assert folder_backend.prune(timezone.now() + 2 * DAY) == 0
    folder_backend.delete_mails_to(["anna@example.org"])
    assert names(tmp_path) == ["old.log"]
