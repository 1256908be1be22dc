"""Upgrades a site after new code was installed, step by step: `manage.py upgrade`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from home.backup import archive
from home.backup.creation import make_backup
from home.backup.errors import BackupError
from home.doctor.checks import all_checks, examine
from home.doctor.configuration import wrong_packages
from home.doctor.database import pending_migrations, unknown_migrations
from home.doctor.results import Level
from home.models import HomePage
from home.setup import set_up_site
from home.tasks.errors import describe_error

# Checks that must pass before anything is changed. Unapplied migrations are expected, so they are not among them.
CHECKS_BEFORE = ("settings", "hosts", "database", "disk", "storage", "permissions")
# Checks that are left out after the upgrade. The site, its worker and `tick` may be stopped, and a missing account or a
# wrong sender is not caused by the upgrade: the doctor, which runs afterwards, reports it.
NOT_CHECKED_AFTER = {"scheduled tasks", "background tasks", "backups", "emails", "accounts", "mail settings"}

UNCHANGED = (
    "Nothing in the site was changed. Correct this and run manage.py upgrade again, or install the earlier version "
    "again."
)
CHANGED = (
    "Correct this and run manage.py upgrade again: steps that are done are not repeated. To go back instead: stop the site, "
    "its worker and tick; install the earlier version and its packages; and restore the backup that was made above "
    "(docs/operations.md, Restore)."
)


class UpgradeError(Exception):
    """Raised when a step fails. Its text tells the operator why."""


@dataclass(frozen=True)
class Step:
    """A step of the upgrade: `plan` says what `run` does; `run` does it and returns what it did, or raises UpgradeError."""

    name: str
    plan: Callable[[], str]
    run: Callable[[], str]
    # What the operator must do if the step fails.
    way_back: str = CHANGED


def steps(*, makes_backup: bool = True) -> list[Step]:
    """Return the steps in order."""
    made = [
        Step("checks", lambda: "Look for what would stop the upgrade.", check, UNCHANGED),
        Step("backup", lambda: "Write a backup into BACKUP_DIR.", back_up, UNCHANGED),
        Step("migrate", lambda: _listed("Change the tables", pending_migrations()), migrate),
        Step("static files", lambda: "Collect the static files.", collect_static_files),
        Step("translations", lambda: "Compile the translations of the interface.", compile_translations),
        Step("site", lambda: "Make what is missing: languages, home pages, permissions of groups.", complete_site),
        Step("doctor", lambda: "Run the doctor, without the network.", examine_site),
    ]
    return [step for step in made if makes_backup or step.name != "backup"]


def check() -> str:
    """Raise UpgradeError for the first problem that would stop the upgrade or break the site."""
    if wrong := wrong_packages():
        raise UpgradeError(
            f"Installed packages are not those of requirements.txt: {', '.join(wrong[:5])}. "
            "Run pip install --require-hashes -r requirements.txt."
        )
    _refuse_errors(CHECKS_BEFORE)
    if later := unknown_migrations():
        raise UpgradeError(f"The database is of a later version of the site: it has {', '.join(later[:5])}.")
    if not connection.introspection.table_names() or not HomePage.objects.exists():
        raise UpgradeError("The site is not set up yet: see docs/operations.md, First start.")
    for folder in settings.LOCALE_PATHS:
        for source in Path(folder).glob("*/LC_MESSAGES/*.po"):
            compiled = source.with_suffix(".mo")
            is_old = not compiled.exists() or compiled.stat().st_mtime <= source.stat().st_mtime
            if is_old and not os.access(source.parent, os.W_OK):
                raise UpgradeError(
                    f"This account may not write into {source.parent}. Run manage.py compile_catalogues as the owner of "
                    "the code."
                )
    return "Settings, packages, database and folders are right."


def back_up() -> str:
    try:
        file, contents = make_backup()
    except BackupError as failure:
        raise UpgradeError(str(failure)) from failure
    files = sum(name.startswith(archive.FILES) for name in contents.checksums)
    return f"{file}: {len(contents.manifest['tables'])} tables and {files} files, verified."


def migrate() -> str:
    pending = pending_migrations()
    _call("migrate", "--noinput", verbosity=0)
    return _listed("Applied", pending)


def collect_static_files() -> str:
    return _call("collectstatic", "--noinput", verbosity=1).strip().splitlines()[-1].strip()


def compile_translations() -> str:
    return "; ".join(_call("compile_catalogues").split("\n")[:-1]) or "They are compiled already."


def complete_site() -> str:
    address = urlsplit(settings.PUBLIC_BASE_URL)
    made: list[str] = []
    port = address.port or (443 if address.scheme == "https" else 80)
    try:
        set_up_site("", address.hostname or "", port, made.append)
    except Exception as failure:
        raise UpgradeError(describe_error(failure)) from failure
    return f"Made: {'; '.join(made)}." if made else "Nothing was missing."


def examine_site() -> str:
    _refuse_errors({check.name for check in all_checks()} - NOT_CHECKED_AFTER)
    return "The doctor finds no error. Restart the site, its worker and tick, then run manage.py doctor."


def _refuse_errors(names: Iterable[str]) -> None:
    for name, result in examine(list(names), offline=True):
        if result.level == Level.ERROR:
            raise UpgradeError(f"{name}: {result.text} {result.remedy}")


def _call(name: str, *arguments: str, **options: object) -> str:
    """Run a command and return what it printed. Raises UpgradeError if it fails for any reason."""
    output = StringIO()
    try:
        call_command(name, *arguments, stdout=output, **options)
    except CommandError as failure:
        raise UpgradeError(str(failure)) from failure
    except Exception as failure:  # of a migration: anything
        raise UpgradeError(f"manage.py {name}: {describe_error(failure)}. Its own output says more.") from failure
    return output.getvalue()


def _listed(what: str, names: list[str]) -> str:
    return f"{what}: {', '.join(names)}." if names else "The tables are up to date."
