"""Sensitive answers are read in one place, which records the reading first."""

import ast
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied

from events.models import DataAccess
from events.registration import sensitive_answers
from tests.factories.personal_data import make_full_registration
from tests.factories.registrations import make_open_event
from tests.factories.users import make_organiser, make_user

pytestmark = pytest.mark.slow

# Reads and records; decrypts.
READERS = {
    "events/registration/sensitive_answers.py",
    "events/registration/encryption.py",
    # Tries whether the keys fit, and looks at no text.
    "events/doctor_checks.py",
}


def decrypting_modules() -> set[str]:
    found = set()
    for path in (settings.BASE_DIR / "events").rglob("*.py"):
        names = {
            getattr(node, "attr", getattr(node, "id", getattr(node, "name", "")))
            for node in ast.walk(ast.parse(path.read_text()))
        }
        if names & {"decrypt", "decrypt_or_none"}:
            found.add(Path(path).relative_to(settings.BASE_DIR).as_posix())
    return found


def test_one_module_decrypts_answers():
    assert decrypting_modules() == READERS


def test_staff_read_after_the_record_is_written(db):
    event = make_open_event()
    registration = make_full_registration(event, "Anna")
    user = make_organiser(event, sees_sensitive=True)
    found = sensitive_answers.read_for_staff(event, user, registration.sensitive_answers.all(), "sensitive", {})
    # Nothing was read yet.
    assert [(row.user, row.action) for row in DataAccess.objects.all()] == [(user, "sensitive")]
    assert [value for _row, value in found] == ["Anna eats figs"]


@pytest.mark.parametrize("rights", [None, {"sees_sensitive": False}, {"sees_sensitive": True, "only_checks_in": True}])
def test_staff_without_the_right_read_nothing(db, rights):
    event = make_open_event()
    registration = make_full_registration(event, "Anna")
    user = make_user("nobody") if rights is None else make_organiser(event, **rights)
    with pytest.raises(PermissionDenied):
        sensitive_answers.read_for_staff(event, user, registration.sensitive_answers.all(), "sensitive", {})
    assert not DataAccess.objects.exists()
