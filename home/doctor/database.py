"""Checks of the database and of what is in it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import DatabaseError, connection
from django.db.backends.utils import CursorWrapper
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from wagtail.models import Locale, Page, Site

from home.doctor.results import Result, error, warning
from home.models import HomePage, ProjectSettings

MINIMUM_POSTGRESQL = 14_00_00
# The number of connections that PostgreSQL must allow besides those of one process: for other processes, `tick` and backups.
SPARE_CONNECTIONS = 10
# Smaller differences between the clocks do no harm.
CLOCK_TOLERANCE = datetime.timedelta(seconds=30)


def database() -> Iterator[Result]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            if connection.vendor == "postgresql":
                yield from _postgresql(cursor)
    except DatabaseError as failure:
        yield error(
            f"The database does not respond ({type(failure).__name__}).",
            "Start the database server, and compare DATABASE_URL with its address, user and password. On SQLite, the file "
            "and its folder must belong to the user of the site.",
        )


def _postgresql(cursor: CursorWrapper) -> Iterator[Result]:
    version = connection.pg_version  # type: ignore[attr-defined]  # of PostgreSQL's wrapper
    if version < MINIMUM_POSTGRESQL:
        yield error(f"PostgreSQL {version // 10_000} is too old.", "Update it to version 14 or later.")
    cursor.execute("SELECT current_setting('server_encoding'), current_setting('max_connections')::int")
    encoding, connections = cursor.fetchone()
    if encoding != "UTF8":
        yield error(
            f"The database has the encoding {encoding}, which cannot hold all texts.",
            "Create a database with ENCODING 'UTF8' TEMPLATE template0 and load the data into it.",
        )
    pool = connection.settings_dict["OPTIONS"].get("pool", {}).get("max_size", 1)
    if connections < pool + SPARE_CONNECTIONS:
        yield warning(
            f"PostgreSQL accepts {connections} connections, and one process of the site may use {pool}.",
            "Raise max_connections of PostgreSQL, or lower DATABASE_POOL.",
        )


def migrations() -> Iterator[Result]:
    if pending := pending_migrations():
        yield error(
            f"There are new migrations. Not applied: {', '.join(pending[:5])}{' and more' if len(pending) > 5 else ''}.",
            "Run manage.py upgrade, which makes a backup first, and restart.",
        )
    if unknown := unknown_migrations():
        yield error(
            f"The database is of a later version of the site: it has {', '.join(unknown[:5])}.",
            "Install that version again, or restore the backup that was made before the update.",
        )


def pending_migrations() -> list[str]:
    """Return the migrations that are not applied, in the order in which they would be applied."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def unknown_migrations() -> list[str]:
    """Return the migrations that are applied to the database but do not exist in the code."""
    loader = MigrationExecutor(connection).loader
    unknown = set(loader.applied_migrations) - set(loader.disk_migrations)
    return sorted(f"{app}.{name}" for app, name in unknown if app in loader.migrated_apps)


def database_clock() -> Iterator[Result]:
    """Compare the clock of this machine with the clock of PostgreSQL. SQLite has no clock of its own."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        [there] = cursor.fetchone()
    difference = abs(timezone.now() - there)
    if difference > CLOCK_TOLERANCE:
        yield error(
            f"The clock of the database differs from this machine's by {difference.total_seconds():.0f} seconds.",
            "Synchronise the clocks of both machines (timedatectl set-ntp true, or chrony).",
        )


def public_site() -> Iterator[Result]:
    """Compare the site in the database, from which the addresses of pages are built, with BASE_URL."""
    site = Site.objects.filter(is_default_site=True).first()
    if site is None or not HomePage.objects.filter(pk=site.root_page_id).exists():
        yield error(
            "The site is not set up: there is no home page.",
            "Run manage.py setup_site --acronym NAME --hostname HOST --port 443.",
        )
        return
    wanted = urlsplit(settings.PUBLIC_BASE_URL)
    port = wanted.port or {"https": 443}.get(wanted.scheme, 80)
    if (site.hostname, site.port) != (wanted.hostname, port):
        yield error(
            f"The site in the database is {site.hostname}:{site.port}, but BASE_URL is {settings.PUBLIC_BASE_URL}: "
            "links in the sitemap, in feeds and for search engines lead elsewhere.",
            f"Run manage.py setup_site --hostname {wanted.hostname} --port {port}, or correct BASE_URL.",
        )
    known = set(Locale.objects.values_list("language_code", flat=True))
    missing = [code for code, _name in settings.LANGUAGES if code not in known]
    if missing:
        yield error(f"The languages {', '.join(missing)} have no page tree.", "Run manage.py setup_site.")
    codes = dict(settings.LANGUAGES)
    pages = Page.objects.exclude(locale__language_code__in=codes).order_by()
    if others := sorted(pages.values_list("locale__language_code", flat=True).distinct()):
        yield warning(
            f"There are pages in {', '.join(others)}, which LANGUAGES does not have: they have no addresses.",
            "Put the languages into LANGUAGES again, or delete their home pages in the admin.",
        )
    project = ProjectSettings.objects.filter(site=site).first()
    if project is None or not project.contact_email:
        yield warning(
            "The project has no contact address: security.txt and the privacy notice name nobody.",
            "Enter it in the admin at Settings > Project.",
        )


def accounts() -> Iterator[Result]:
    users = get_user_model().objects.filter(is_active=True, is_superuser=True)
    if not users.exists():
        yield error("There is no administrator.", "Run manage.py createsuperuser.")
    demo = users.filter(email__endswith="@example.org").count()
    if demo and not settings.DEBUG:
        yield warning(
            f"Administrators with an address at example.org: {demo}. Nobody receives its emails.",
            "Give them their own addresses, or delete accounts that came with the demo (Settings > Users).",
        )
