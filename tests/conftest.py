"""Fixtures of all tests: a site that is set up, in English, without data from earlier tests."""

import gc
import shutil
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.cache import caches
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection, transaction
from django.test import client
from django.utils import translation
from wagtail.signals import page_published
from xdist.scheduler import LoadScopeScheduling

from accounts import sessions
from events.registration.mail.queue import mail_queued
from home.models import HomePage
from tests import snapshots


def stay_connected(**kwargs: object) -> None:
    """Replaces Django's closing of connections around a request, which would end the transaction of a test.

    Django's test client does the same, except if a test closes a response without reading it.
    """


for signal in (request_started, request_finished):
    signal.disconnect(close_old_connections)
client.close_old_connections = stay_connected

# Tasks run immediately here, so email would be sent at each commit. Tests deliver email explicitly.
mail_queued.disconnect(dispatch_uid="deliver-mail")
# Drawing takes a quarter of a second for each published page. `tests/home/test_share_pictures.py` connects it again.
page_published.disconnect(dispatch_uid="share-pictures")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        marker = item.get_closest_marker("django_db")
        if "transactional_db" in getattr(item, "fixturenames", ()) or (marker and marker.kwargs.get("transaction")):
            raise pytest.UsageError(
                f"{item.nodeid} would leave empty tables to the tests after it: "
                "use `db` with `django_capture_on_commit_callbacks`."
            )
    if connection.vendor == "postgresql":
        return
    for item in items:
        if item.get_closest_marker("postgres"):
            item.add_marker(pytest.mark.skip(reason="needs PostgreSQL: set DATABASE_URL"))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Collect garbage seldom: the collector takes a fifth of the time if it reads the loaded application again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def pytest_unconfigure() -> None:
    # With other settings than those of the tests, the folder may contain a real site.
    if getattr(settings, "TEMPORARY_DATA_DIR", None) == settings.DATA_DIR:
        shutil.rmtree(settings.DATA_DIR, ignore_errors=True)


# Each of these browser tests has its own site; the others share the demo.
OWN_SITE = (
    "test_editor",
    "test_editing_story",
    "test_frozen",
    "test_fact_sheet_editor",
    "test_registration_admin",
    "test_attendance_story",
    "test_door_offline",
)
# The slowest files start first, so that the workers end at about the same time.
FIRST = [
    "demo",
    "tests/system",
    *(f"tests/e2e/{name}.py" for name in OWN_SITE),
    "tests/events/registration/races/test_races.py",
    "tests/home/test_backup.py",
]


class ByFile(LoadScopeScheduling):
    """Assigns the tests of a file to one worker, and those of several files that share a site to one worker."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        shares_demo = file.startswith("tests/e2e/") and not file.endswith(tuple(f"/{name}.py" for name in OWN_SITE))
        if file.startswith("tests/system/"):
            return "tests/system"
        return "demo" if shares_demo else file

    def _assign_work_unit(self, node) -> None:
        for scope in reversed(FIRST):
            if scope in self.workqueue:
                self.workqueue.move_to_end(scope, last=False)
        super()._assign_work_unit(node)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log) -> ByFile | None:
    # xdist's groups (`--dist=loadgroup`) do not work with pytest 9, which ignores the changed node ids.
    return ByFile(config, log) if config.getoption("dist") == "loadscope" else None


@pytest.fixture(scope="session", autouse=True)
def catalogues() -> None:
    call_command("compile_catalogues")


@pytest.fixture(scope="session")
def django_db_use_migrations() -> bool:
    """Take the tables from a snapshot: on PostgreSQL the migrations find nothing to do, on SQLite they are left out."""
    return connection.vendor == "postgresql"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    if connection.vendor == "postgresql":
        connection.settings_dict["TEST"]["TEMPLATE"] = snapshots.migrated_template()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker) -> None:
    """Set up the site once. Each test changes it in its own transaction."""
    from django.contrib.contenttypes.models import ContentType

    from accounts import append_only
    from home.setup import set_up_site

    with django_db_blocker.unblock():
        if connection.vendor == "sqlite":
            connection.ensure_connection()
            snapshots.restore(connection.connection)
            ContentType.objects.clear_cache()
        # Tests delete entries of today. `tests/accounts` installs the triggers again.
        append_only.remove(connection)
        set_up_site("Beacon")


@pytest.fixture(autouse=True)
def activity_is_written_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write the activity of a session once: on a slow machine a minute can end while a test counts queries."""
    monkeypatch.setattr(sessions, "WRITE_SECONDS", 86_400)


@pytest.fixture(autouse=True)
def isolated_state() -> Iterator[None]:
    """Activate the source language, and clear the caches, which may contain rows that the test rolls back."""
    with translation.override(settings.LANGUAGE_CODE):
        yield
    for cache in caches.all(initialized_only=True):
        cache.clear()


@pytest.fixture
def home_pages(db) -> dict:
    """The home page of each language, by language code."""
    return {page.locale.language_code: page for page in HomePage.objects.select_related("locale")}


@pytest.fixture(scope="module")
def module_home_page(django_db_setup: None, django_db_blocker) -> Iterator[HomePage]:
    """The home page in the source language, in a transaction around all tests of a module.

    What a fixture of the module makes below it is made once, and each test finds it as it was made: its changes are rolled
    back. Making and publishing an event takes a fifth of a second.
    """
    with django_db_blocker.unblock(), translation.override(settings.LANGUAGE_CODE), transaction.atomic():
        yield HomePage.objects.get(locale__language_code=settings.LANGUAGE_CODE)
        transaction.set_rollback(True)


@pytest.fixture
def home_page(home_pages):
    """The home page in the source language."""
    return home_pages[settings.LANGUAGE_CODE]
