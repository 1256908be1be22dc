"""All checks of `manage.py doctor`, in the order in which their findings are shown."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.db import DatabaseError, connection

from home.app_modules import app_modules
from home.doctor import backups, configuration, database, files, machine_translation, network, processes
from home.doctor.results import Check, Result, error, ok, skipped
from home.tasks.errors import describe_error

CHECKS = [
    Check("settings", configuration.settings_module, "The settings are those of a live site."),
    Check("variables", configuration.misspelled_variables, "No variable looks misspelled."),
    Check("hosts", configuration.hosts, "BASE_URL and ALLOWED_HOSTS fit together."),
    Check("keys", configuration.keys, "The keys are set."),
    Check("deployment", configuration.deployment, "Django's checks for a live site find nothing."),
    Check("packages", configuration.packages, "The installed packages are those of requirements.txt."),
    Check("database", database.database, "The database responds."),
    Check("migrations", database.migrations, "All migrations are applied.", needs_database=True),
    Check("database clock", database.database_clock, "The clock of the database is right.", needs_database=True),
    Check("site", database.public_site, "The site in the database is that of BASE_URL.", needs_database=True),
    Check("accounts", database.accounts, "There is an administrator.", needs_database=True),
    Check("cache", files.cache, "The cache keeps what is written."),
    Check("storage", files.storage, "Uploads, media and private files can be written and read."),
    Check(
        "permissions", files.permissions, "The folders belong to the user of the site, and private files are private."
    ),
    Check("static files", files.static_files, "The static files are collected."),
    Check("translations", files.catalogues, "The translations of the interface are compiled."),
    Check("disk", files.disk, "The disks have free space."),
    Check("scheduled tasks", processes.scheduled_tasks, "manage.py tick runs.", needs_database=True),
    Check("background tasks", processes.background_tasks, "Background tasks run.", needs_database=True),
    Check("upload checks", processes.upload_checks, "Uploaded files are checked without a network."),
    Check("backups", backups.backup_age, "There are backups."),
    Check("mail settings", configuration.mail_settings, "The settings for emails fit."),
    Check("mail server", network.mail_server, "The mail server accepts the connection.", needs_network=True),
    Check("certificate", network.certificate, "There is no certificate to check.", needs_network=True),
    Check(
        "public address",
        network.public_address,
        "The site answers through its public address.",
        needs_database=True,
        needs_network=True,
    ),
    Check(
        "machine translation",
        machine_translation.machine_translation,
        "The service for machine translation answers, or there is none.",
        needs_network=True,
    ),
    Check("media", network.media, "The proxy serves the media folder.", needs_network=True),
]


def all_checks() -> list[Check]:
    """Return the checks of this package and those in `CHECKS` of each app's module `doctor_checks`."""
    return [*CHECKS, *(check for module in app_modules("doctor_checks") for check in module.CHECKS)]


def examine(only: Collection[str] = (), *, offline: bool = False) -> Iterator[tuple[str, Result]]:
    """Run the checks and yield (name of the check, result). An exception in a check is a result, too."""
    has_database = _has_database()
    for check in all_checks():
        if only and check.name not in only:
            continue
        if offline and check.needs_network:
            yield check.name, skipped("Not checked, without a network.")
        elif check.needs_database and not has_database:
            yield check.name, skipped("Not checked, because the database does not respond.")
        else:
            yield from ((check.name, result) for result in _results(check))


def _results(check: Check) -> list[Result]:
    try:
        found = list(check.run())
    except Exception as failure:
        return [
            error(f"The check itself failed: {describe_error(failure)}.", "Correct what the other findings name first.")
        ]
    return found or [ok(check.fine)]


def _has_database() -> bool:
    try:
        connection.ensure_connection()
    except DatabaseError:
        return False
    return True
