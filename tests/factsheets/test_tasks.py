"""Validations of uploads whose task was lost."""

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from django_tasks import task_backends

from factsheets.models import FileVersion
from factsheets.tasks import GIVEN_UP_AFTER, LOST_AFTER, requeue_lost, validate_version
from factsheets.versions import store_version
from tests.factories.factsheets import add_file

NOW = timezone.now()


@pytest.fixture
def dummy(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
    return task_backends["default"]


def upload(sheet, age) -> FileVersion:
    """Store an upload whose validation task was lost, as when the process is killed."""
    version = store_version(
        sheet.publication, language="en", kind="pdf", extension="pdf", content=ContentFile(b"%PDF-1.7")
    )
    FileVersion.objects.filter(pk=version.pk).update(uploaded_at=NOW - age)
    return version


def test_a_lost_validation_is_enqueued_again(sheet, dummy):
    add_file(sheet)
    upload(sheet, LOST_AFTER / 2)
    lost = upload(sheet, LOST_AFTER)
    upload(sheet, GIVEN_UP_AFTER)
    assert requeue_lost(NOW) == 1
    assert [(result.task, result.args) for result in dummy.results] == [(validate_version, [lost.pk])]


def test_lost_validation_runs_after_it_is_enqueued_again(sheet):
    lost = upload(sheet, LOST_AFTER)
    assert requeue_lost(NOW) == 1
    assert FileVersion.objects.get(pk=lost.pk).status != FileVersion.Status.PENDING
    assert requeue_lost(NOW) == 0
