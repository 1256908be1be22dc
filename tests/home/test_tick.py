"""`manage.py tick` runs the jobs that are due, each independently of the others."""

import logging
import time

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, OperationalError, connection
from django.test import TestCase
from django_tasks import task
from wagtail.models import Page

from events.enums import Mode
from events.states import RegistrationStatus
from home.management.commands import tick
from home.models import RateLimitCounter, SchedulerRun
from home.tasks.scheduled import ScheduledJob, scheduled_jobs
from tests.factories.registrations import NOW, make_open_event, make_registration, status_of

pytestmark = pytest.mark.django_db

notes: list[str] = []


@task()
def note_slowly() -> None:
    time.sleep(0.2)
    notes.append("done")


def run(capsys, **options) -> str:
    call_command("tick", **options)
    return capsys.readouterr().out


@pytest.fixture
def at_noon(monkeypatch):
    monkeypatch.setattr("home.management.commands.tick.timezone.now", lambda: NOW)


def test_tick_runs_due_jobs_and_reports_each_once(capsys, at_noon, mailoutbox):
    event = make_open_event({Mode.ON_SITE: (1, True)})
    expired = make_registration(event, RegistrationStatus.OFFERED, offer_expires_at=NOW)
    waiting = make_registration(event, RegistrationStatus.WAITING)
    RateLimitCounter.objects.create(scope="client", client_hash="x", starts_at="2020-01-01T00:00Z", count=1)
    output = run(capsys)
    assert [status_of(expired), status_of(waiting)] == ["expired", "offered"]
    assert "offers expired: 1" in output.splitlines()
    assert "rate limit counters deleted: 1" in output.splitlines()
    assert run(capsys, verbosity=0) == ""
    assert "offers expired" not in run(capsys)


def test_tick_records_its_run(capsys, at_noon):
    for _time in range(2):
        run(capsys)
    assert SchedulerRun.objects.get().at == NOW


def test_tick_publishes_scheduled_pages(capsys, home_page):
    page = home_page.add_child(instance=type(home_page)._meta.get_field("page_ptr").related_model(title="x", slug="x"))
    page = Page.objects.get(pk=page.pk)
    page.live = False
    page.go_live_at = "2020-01-01T00:00Z"
    page.save()
    page.save_revision(approved_go_live_at=page.go_live_at)
    run(capsys)
    assert Page.objects.get(pk=page.pk).live


def test_the_jobs_of_all_apps_run_in_order():
    labels = [job.label for job in scheduled_jobs()]
    assert len(set(labels)) == len(labels)
    assert labels.index("scheduled pages published") < labels.index("offers expired") < labels.index("places offered")
    # Jobs that change registrations run before those that send email about it.
    assert labels.index("reminders queued") < labels.index("emails sent")
    assert labels.index("emails sent") < labels.index("file validations enqueued again")
    assert labels[-1] == "attempts to sign in without a result deleted"


def test_failing_job_does_not_stop_others_and_logs_no_personal_data(monkeypatch, capsys, caplog):
    done = []

    def fails(now):
        raise IntegrityError("Key (email_key)=(anna@example.org) already exists.")

    jobs = [ScheduledJob("first", fails), ScheduledJob("second", done.append)]
    monkeypatch.setattr(tick, "scheduled_jobs", lambda: jobs)
    with caplog.at_level(logging.ERROR), pytest.raises(CommandError, match=r"These jobs failed: first\."):
        call_command("tick")
    assert len(done) == 1
    assert f"tick: first: IntegrityError in {__file__}, line " in caplog.text
    assert "anna" not in caplog.text


def test_tick_waits_for_the_tasks_of_its_jobs(monkeypatch, settings):
    settings.TASKS = {"default": {"BACKEND": "home.tasks.backend.ThreadBackend"}}
    job = ScheduledJob("job", lambda now: note_slowly.enqueue() and None)
    monkeypatch.setattr(tick, "scheduled_jobs", lambda: [job])
    notes.clear()
    with TestCase.captureOnCommitCallbacks(execute=True):
        job.run(NOW)
    call_command("tick")
    assert notes == ["done"]


def test_tick_gives_up_at_once_without_the_database(monkeypatch, caplog):
    def fail():
        raise OperationalError("the password is hunter2")

    done = []
    monkeypatch.setattr(connection, "ensure_connection", fail)
    monkeypatch.setattr(tick, "scheduled_jobs", lambda: [ScheduledJob("job", done.append)])
    with pytest.raises(CommandError, match="the database does not respond"):
        call_command("tick")
    assert done == []
    assert "hunter2" not in caplog.text


def test_tick_repeats_until_stopped(monkeypatch, capsys):
    pauses, runs = [], []
    monkeypatch.setattr(tick, "scheduled_jobs", lambda: [ScheduledJob("job", runs.append)])
    monkeypatch.setattr(tick, "close_old_connections", lambda: None)

    def sleep(seconds):
        pauses.append(seconds)
        if len(pauses) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(tick.time, "sleep", sleep)
    call_command("tick", every=5)
    assert (pauses, len(runs)) == ([5, 5, 5], 3)
