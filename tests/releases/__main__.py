"""Write the database of the present code, for later tests: `python -m tests.releases 0.9.0`.

It is one of SQLite, or with DATABASE_URL on PostgreSQL the statements that make one there.
"""

import lzma
import os
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import psycopg

from tests import snapshots

FOLDER = Path(__file__).parent
# What the site makes again, or does not need.
EMPTIED = (
    "wagtailsearch_indexentry",
    "wagtailcore_referenceindex",
    "wagtailcore_pagelogentry",
    "django_session",
)
REGISTRATIONS = """
from events.models import Event
from tests.factories.mail import make_registration, queue_mail
event = Event.objects.filter(registration_settings__isnull=False).first()
for number in range(12):
    queue_mail(make_registration(event, name=f"Participant {number}", email=f"participant{number}@example.org"))
"""
# Statements that a connection can execute by itself, without psql.
DUMP = ["pg_dump", "--no-owner", "--no-privileges", "--rows-per-insert=500"]


def main(name: str) -> None:
    demo, template = snapshots.loaded_demo()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        copied = snapshots.copied_database(folder, f"release_{os.getpid()}", template, demo / "site.sqlite3")
        with copied as url:
            variables = snapshots.environment(folder, url, "config.settings.dev")
            command = [sys.executable, "manage.py", "shell", "--no-imports", "--command", REGISTRATIONS]
            subprocess.run(command, cwd=snapshots.ROOT, env=variables | {"PYTHONPATH": str(snapshots.ROOT)}, check=True)
            if snapshots.server():
                target, content = FOLDER / f"{name}.postgresql.sql.xz", dumped(url)
            else:
                target, content = FOLDER / f"{name}.sqlite3.xz", emptied(folder / "site.sqlite3")
        target.write_bytes(lzma.compress(content, preset=9))
        print(f"{target}: {target.stat().st_size} bytes")  # noqa: T201


def dumped(url: str) -> bytes:
    """Return the statements that make this database of PostgreSQL."""
    with psycopg.connect(url, autocommit=True) as connection:
        for table in EMPTIED:
            connection.execute(f"DELETE FROM {table}")  # noqa: S608  (the names above)
    lines = subprocess.run([*DUMP, url], capture_output=True, check=True).stdout.splitlines(keepends=True)
    # Newer versions of pg_dump also write commands for psql.
    return b"".join(line for line in lines if not line.startswith((b"\\restrict ", b"\\unrestrict ")))


def emptied(file: Path) -> bytes:
    """Return the content of this file of SQLite."""
    with closing(sqlite3.connect(file)) as database:
        for table in EMPTIED:
            database.execute(f"DELETE FROM {table}")  # noqa: S608  (the names above)
        database.commit()
        database.execute("PRAGMA journal_mode = DELETE")
        database.execute("VACUUM")
    return file.read_bytes()


if __name__ == "__main__":
    main(*sys.argv[1:])
