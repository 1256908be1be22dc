"""`manage.py upgrade`: the steps, what stops them, and databases of earlier releases that it brings up to date."""

import lzma
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command

from home import upgrade
from home.backup.errors import BackupError
from home.doctor.results import error
from home.upgrade import Step, UpgradeError
from tests import releases, snapshots

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
NAMES = ["checks", "backup", "migrate", "static files", "translations", "site", "doctor"]


@pytest.fixture
def done(monkeypatch) -> list[str]:
    """The names of the steps that have run. None of them does anything."""
    ran: list[str] = []

    def recorded(step: Step) -> Step:
        def run() -> str:
            ran.append(step.name)
            return "done"

        return Step(step.name, lambda: f"would {step.name}", run, step.way_back)

    real = upgrade.steps
    monkeypatch.setattr(
        "home.management.commands.upgrade.steps", lambda **options: [recorded(step) for step in real(**options)]
    )
    return ran


@pytest.mark.any_database
def test_steps_run_in_their_order(done, capsys):
    call_command("upgrade")
    assert done == NAMES
    assert capsys.readouterr().out.splitlines() == [f"{name}: done" for name in NAMES]


@pytest.mark.any_database
def test_a_dry_run_checks_and_changes_nothing(done, capsys):
    call_command("upgrade", dry_run=True)
    assert done == ["checks"]
    assert capsys.readouterr().out.splitlines() == ["checks: done", *(f"{name}: would {name}" for name in NAMES[1:])]


@pytest.mark.any_database
def test_a_backup_may_be_left_out(done):
    call_command("upgrade", without_backup=True)
    assert done == [name for name in NAMES if name != "backup"]


@pytest.mark.any_database
@pytest.mark.parametrize("name", NAMES)
def test_the_first_failure_stops_it_and_says_the_way_back(name, monkeypatch, capsys):
    def fail() -> str:
        raise UpgradeError("It does not work.")

    ran: list[str] = []
    before = NAMES[: NAMES.index(name)]
    monkeypatch.setattr(
        "home.management.commands.upgrade.steps",
        lambda **options: [
            Step(step.name, step.plan, fail if step.name == name else lambda: ran.append("x") or "", step.way_back)
            for step in upgrade.steps()
        ],
    )
    with pytest.raises(CommandError) as failure:
        call_command("upgrade")
    words = str(failure.value)
    assert len(ran) == len(before)
    assert words.startswith(f"The step {name!r} failed: It does not work.\n\n")
    assert ("Nothing in the site was changed." in words) is (name in {"checks", "backup"})
    assert ("restore the backup" in words) is (name not in {"checks", "backup"})


@pytest.fixture
def right(db, monkeypatch):
    """A site that passes the checks of the first step."""
    monkeypatch.setattr(upgrade, "wrong_packages", list)
    monkeypatch.setattr(upgrade, "examine", lambda names, *, offline: [])


@pytest.mark.any_database
def test_the_checks_pass_for_a_site_that_is_set_up(right):
    assert upgrade.check() == "Settings, packages, database and folders are right."


def other_packages(monkeypatch, **kwargs):
    monkeypatch.setattr(upgrade, "wrong_packages", lambda: ["django 5.1 instead of 5.2"])


def full_disk(monkeypatch, **kwargs):
    found = ("disk", error("The disk of /srv has 10 MB of free space.", "Make space."))
    monkeypatch.setattr(upgrade, "examine", lambda names, *, offline: [found])


def later_database(monkeypatch, **kwargs):
    monkeypatch.setattr(upgrade, "unknown_migrations", lambda: ["home.9999_later"])


def no_home_page(**kwargs):
    from wagtail.models import Page, Site

    Site.objects.all().delete()
    for page in Page.objects.filter(depth=2):
        page.delete()


def read_only_code(monkeypatch, settings, tmp_path, **kwargs):
    (tmp_path / "fi" / "LC_MESSAGES").mkdir(parents=True)
    (tmp_path / "fi" / "LC_MESSAGES" / "django.po").touch()
    settings.LOCALE_PATHS = [tmp_path]
    monkeypatch.setattr(upgrade.os, "access", lambda path, mode: False)


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("mistake", "words"),
    [
        (other_packages, "Installed packages are not those of requirements.txt: django 5.1 instead of 5.2."),
        (full_disk, "disk: The disk of /srv has 10 MB of free space. Make space."),
        (later_database, "The database is of a later version of the site: it has home.9999_later."),
        (no_home_page, "The site is not set up yet"),
        (read_only_code, "Run manage.py compile_catalogues as the owner of the code."),
    ],
)
def test_the_checks_name_what_would_stop_the_upgrade(right, mistake, words, monkeypatch, settings, tmp_path):
    mistake(monkeypatch=monkeypatch, settings=settings, tmp_path=tmp_path)
    with pytest.raises(UpgradeError) as failure:
        upgrade.check()
    assert words in str(failure.value)


@pytest.mark.any_database
@pytest.mark.parametrize("check", ["accounts", "mail settings"])
def test_an_error_that_was_there_before_does_not_stop_its_last_step(check, monkeypatch):
    """`install.sh`, run again before there is an administrator, would not start the site."""
    found = [(check, error("It is wrong.", "Correct it."))]
    monkeypatch.setattr(upgrade, "examine", lambda names, *, offline: [entry for entry in found if entry[0] in names])
    assert upgrade.examine_site().startswith("The doctor finds no error.")


@pytest.mark.any_database
def test_failures_of_other_commands_become_sentences(monkeypatch):
    def no_key():
        raise BackupError("BACKUP_KEY is not set.")

    def broken(name, *arguments, **options):
        raise ValueError("Key (email)=(anna@example.org)")

    monkeypatch.setattr(upgrade, "make_backup", no_key)
    with pytest.raises(UpgradeError, match="BACKUP_KEY is not set"):
        upgrade.back_up()
    monkeypatch.setattr(upgrade, "call_command", broken)
    monkeypatch.setattr(upgrade, "pending_migrations", list)
    with pytest.raises(UpgradeError, match=r"manage\.py migrate: ValueError in .*test_upgrade\.py") as failure:
        upgrade.migrate()
    assert "anna" not in str(failure.value)


# Earlier releases

KIND = ".postgresql.sql.xz" if snapshots.server() else ".sqlite3.xz"
RELEASES = sorted(Path(releases.__file__).parent.glob(f"*{KIND}"))
REGISTRATIONS = """
WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 100000)
INSERT INTO events_registration
  (key, status, mode, language, name, email, email_key, organisation, profession, country, token_hash, token_version,
   created_at, status_since, calendar_sequence, note, event_id, is_address_confirmed, calendar_key, family_name, given_name,
   searchable_details, searchable_name)
SELECT {key}, status, mode, language, name || ' ' || n, n || email, n || email_key, organisation,
   profession, country, {hash}, token_version, created_at, status_since, calendar_sequence, note,
   event_id, is_address_confirmed, {key}, family_name, given_name, searchable_details, searchable_name
FROM numbers, (SELECT * FROM events_registration ORDER BY id LIMIT 1) AS first
"""


@contextmanager
def database_of(release: Path, folder: Path) -> Iterator[str]:
    """Make the database of a release while the block runs, and yield its address."""
    content = lzma.decompress(release.read_bytes())
    if not snapshots.server():
        (folder / "site.sqlite3").write_bytes(content)
        yield f"sqlite:///{folder / 'site.sqlite3'}"
        return
    with snapshots.copied_database(folder, f"release_{os.getpid()}", "template0") as url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(content)
        yield url


@contextmanager
def connected(url: str) -> Iterator[psycopg.Connection | sqlite3.Connection]:
    """Open a database, and commit at the end of the block."""
    if snapshots.server():
        with psycopg.connect(url) as connection:
            yield connection
        return
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        yield connection
        connection.commit()


@pytest.mark.slow
@pytest.mark.parametrize("release", RELEASES, ids=lambda file: file.name.removesuffix(KIND))
def test_the_database_of_an_earlier_release_is_brought_up_to_date(release, tmp_path):
    with database_of(release, tmp_path) as url:
        bring_up_to_date(url, tmp_path)


@pytest.mark.any_database
def test_each_release_has_a_database_of_both_kinds():
    files = [file.name for file in Path(releases.__file__).parent.glob("*.xz")]
    names = [
        {name.removesuffix(kind) for name in files if name.endswith(kind)}
        for kind in (".sqlite3.xz", ".postgresql.sql.xz")
    ]
    assert names[0] == names[1] != set()


def bring_up_to_date(url: str, folder: Path) -> None:
    if snapshots.server():
        key, hash_ = "gen_random_uuid()", "md5(random()::text) || md5(random()::text)"
    else:
        key, hash_ = "lower(hex(randomblob(16)))", "lower(hex(randomblob(32)))"
    with connected(url) as database:
        database.execute(REGISTRATIONS.format(key=key, hash=hash_))
        before = counts(database)
    variables = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "SECRET_KEY": "a-key-for-this-test-alone-0123456789-abcdefghij-KLMNOPQRST",
        "ALLOWED_HOSTS": "www.example.org",
        "BASE_URL": "https://www.example.org",
        "EMAIL_URL": "smtp+tls://mail.example.org",
        "EMAIL_FROM": "noreply@beacon.test",
        "DATABASE_URL": url,
        "DATA_DIR": str(folder),
        "BACKUP_KEY": Fernet.generate_key().decode(),
    }
    result = subprocess.run(
        [sys.executable, "manage.py", "upgrade"], cwd=ROOT, env=variables, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert [line.partition(":")[0] for line in result.stdout.splitlines()] == NAMES
    assert len(list((folder / "backups").glob("*.backup"))) == 1
    with connected(url) as database:
        assert counts(database) == before
        # Each organisation gets a first version, to which editors can return.
        query = "SELECT name FROM home_organisation WHERE live_revision_id IS NULL"
        assert not database.execute(query).fetchall()
        assert database.execute("SELECT hostname, port FROM wagtailcore_site").fetchall() == [("www.example.org", 443)]

    check = [sys.executable, "manage.py", "shell", "--no-imports", "--command", PAGES]
    pages = subprocess.run(check, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    assert pages.stdout.split() == ["200"] * 5, pages.stderr
    shutil.rmtree(folder / "static")


PAGES = """
from django.test import Client
from events.models import EventPage
pages = [f"/{code}/" for code in ("en", "fi", "et", "el")] + [EventPage.objects.live().first().url]
for page in pages:
    print(Client().get(page, secure=True, headers={"host": "www.example.org"}).status_code)
"""


def counts(database: psycopg.Connection | sqlite3.Connection) -> dict[str, int]:
    """Return the number of rows of what people wrote."""
    of_pages = "JOIN django_content_type kind ON kind.id = base_content_type_id AND kind.model = 'page'"
    tables = ("wagtailcore_page", f"wagtailcore_revision {of_pages}", "events_event", "events_registration")
    return {
        table: database.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]  # noqa: S608
        for table in (*tables, "events_outboxmail")
    }
