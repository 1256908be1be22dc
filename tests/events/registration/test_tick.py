"""`manage.py tick`: everything that is due, each part on its own."""

import logging

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from wagtail.models import Page

from events.enums import Mode
from events.management.commands import tick
from events.models import RateLimitCounter, SchedulerRun
from events.states import RegistrationStatus
from tests.factories.registrations import NOW, make_open_event, make_registration, status_of

pytestmark = pytest.mark.django_db


def run(capsys, **options) -> str:
    call_command("tick", **options)
    return capsys.readouterr().out


@pytest.fixture
def at_noon(monkeypatch):
    monkeypatch.setattr("events.management.commands.tick.timezone.now", lambda: NOW)


def test_it_does_what_is_due_and_says_so_once(capsys, at_noon, mailoutbox):
    event = make_open_event({Mode.ON_SITE: (1, True)})
    late = make_registration(event, RegistrationStatus.OFFERED, offer_expires_at=NOW)
    waits = make_registration(event, RegistrationStatus.WAITING)
    RateLimitCounter.objects.create(scope="client", who="x", starts_at="2020-01-01T00:00Z", count=1)
    said = run(capsys)
    assert [status_of(late), status_of(waits)] == ["expired", "offered"]
    assert said.splitlines()[0] == "offers ended: 1"
    assert "flood counters deleted: 1" in said
    assert run(capsys, verbosity=0) == ""
    assert "offers ended" not in run(capsys)


def test_it_notes_that_it_has_run(capsys, at_noon):
    for _time in range(2):
        run(capsys)
    assert SchedulerRun.objects.get().at == NOW


def test_it_publishes_what_is_scheduled(capsys, home_page):
    page = home_page.add_child(instance=type(home_page)._meta.get_field("page_ptr").related_model(title="x", slug="x"))
    page = Page.objects.get(pk=page.pk)
    page.live = False
    page.go_live_at = "2020-01-01T00:00Z"
    page.save()
    page.save_revision(approved_go_live_at=page.go_live_at)
    run(capsys)
    assert Page.objects.get(pk=page.pk).live


def test_a_part_that_fails_stops_no_other_and_tells_no_secret(monkeypatch, capsys, caplog):
    done = []

    def fails(now):
        raise IntegrityError("Key (email_key)=(anna@example.org) already exists.")

    monkeypatch.setattr(tick, "TASKS", {"first": fails, "second": done.append})
    with caplog.at_level(logging.ERROR), pytest.raises(CommandError, match=r"1 of 2 parts failed: first\."):
        call_command("tick")
    assert len(done) == 1
    assert "first: IntegrityError in" in caplog.text
    assert "anna" not in caplog.text


def test_it_can_repeat_itself_until_it_is_stopped(monkeypatch, capsys):
    pauses, runs = [], []
    monkeypatch.setattr(tick, "TASKS", {"part": runs.append})
    monkeypatch.setattr(tick, "close_old_connections", lambda: None)

    def sleep(seconds):
        pauses.append(seconds)
        if len(pauses) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(tick.time, "sleep", sleep)
    call_command("tick", every=5)
    assert (pauses, len(runs)) == ([5, 5, 5], 3)
