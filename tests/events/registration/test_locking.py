"""The lock of an event in one process. Tests with several processes are in `races/`."""

import pytest
from django.db import OperationalError, connection

from events.models import Event
from events.registration import errors, locking
from tests.factories.registrations import make_open_event, register_person

pytestmark = pytest.mark.django_db


class DriverError(Exception):
    def __init__(self, **values):
        super().__init__()
        self.__dict__.update(values)


def database_error(**values) -> OperationalError:
    found = OperationalError()
    found.__cause__ = DriverError(**values)
    return found


def failing(error):
    def lock(event_pk):
        raise error

    return lock


@pytest.mark.parametrize("cause", [{"sqlstate": "55P03"}, {"sqlite_errorname": "SQLITE_BUSY"}])
def test_a_lock_timeout_raises_busy_error_and_writes_nothing(monkeypatch, cause):
    event = make_open_event()
    monkeypatch.setattr(locking, "_lock", failing(database_error(**cause)))
    with pytest.raises(errors.BusyError):
        register_person(event)
    monkeypatch.undo()
    assert register_person(event).status == "confirmed"


def test_other_database_errors_are_not_hidden(monkeypatch):
    event = make_open_event()
    monkeypatch.setattr(locking, "_lock", failing(database_error(sqlstate="53300")))
    with pytest.raises(OperationalError):
        register_person(event)


def test_the_event_is_reloaded_under_the_lock():
    event = make_open_event()
    Event.objects.filter(pk=event.pk).update(venue_town="Tartu")
    with locking.locked(event.pk) as locked:
        assert locked.venue_town == "Tartu"


def test_an_unknown_event_cannot_be_locked():
    with pytest.raises(Event.DoesNotExist), locking.locked(0):
        pass


def test_an_error_under_the_lock_rolls_back():
    event = make_open_event()

    def change_and_fail():
        with locking.locked(event.pk):
            Event.objects.filter(pk=event.pk).update(venue_town="Tartu")
            raise ValueError("x")

    with pytest.raises(ValueError, match="x"):
        change_and_fail()
    assert Event.objects.get(pk=event.pk).venue_town == "Turku"


def busy_timeout() -> int:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        return cursor.fetchone()[0]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite sets the timeout for a connection")
def test_sqlite_waits_three_seconds_for_the_lock_and_resets_the_timeout():
    default_timeout = busy_timeout()
    with locking.short_lock_timeout():
        assert busy_timeout() == default_timeout  # a transaction is open and holds its lock
    # As if no transaction were open.
    connection.in_atomic_block = False
    try:
        with locking.short_lock_timeout():
            assert busy_timeout() == 3000
    finally:
        connection.in_atomic_block = True
    assert busy_timeout() == default_timeout == 20_000


@pytest.mark.postgres
def test_postgresql_waits_three_seconds_for_locks_of_this_transaction():
    event = make_open_event()
    with locking.locked(event.pk), connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone()[0] == "3s"
