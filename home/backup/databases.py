"""Dumps and loads the database: PostgreSQL with its own programs, SQLite as a file.

A dump is consistent while the site keeps running, and the row counts are from the same moment as the dump.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql

from home.backup.errors import BackupError

# Maps the names of psycopg's parameters to the environment variables of libpq.
PARAMETERS = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
OPTIONS = {"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY"}
# Makes rows have the same text form, and so the same checksum, in every session.
SESSION = "SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO'; SET LOCAL extra_float_digits = 1"


@dataclass(frozen=True)
class Dump:
    """A dump that is being read.

    `content` is its bytes; `tables` has the number of rows and the checksum of each table.
    """

    content: IO[bytes]
    tables: dict[str, list[str]]


@contextmanager
def dumped() -> Iterator[Dump]:
    """Create a dump of the database. Raises BackupError if that fails, when the block ends at the latest."""
    with _dumped_postgresql() if connection.vendor == "postgresql" else _dumped_sqlite() as dump:
        yield dump


def is_empty() -> bool:
    """Return whether the database has no tables. Closes the connection that it opens."""
    try:
        return not connection.introspection.table_names()
    finally:
        connection.close()


def load(parts: Iterable[bytes]) -> None:
    """Load a dump into the empty database. Raises BackupError if that fails; the database is still empty then."""
    if connection.vendor == "postgresql":
        _load_postgresql(parts)
    else:
        _load_sqlite(parts)


def tables() -> dict[str, list[str]]:
    """Return [number of rows, checksum of the content] as strings for each table. SQLite tables have no checksum."""
    if connection.vendor == "postgresql":
        with psycopg.connect(**_parameters()) as session:
            return _postgresql_tables(session)
    connection.close()
    with closing(sqlite3.connect(f"file:{sqlite_file()}?mode=ro", uri=True)) as database:
        return _sqlite_tables(database)


# PostgreSQL


def _parameters() -> dict[str, Any]:
    config = connection.settings_dict
    options = {name: config["OPTIONS"][name] for name in OPTIONS if name in config["OPTIONS"]}
    found = {
        "host": config["HOST"],
        "port": config["PORT"],
        "user": config["USER"],
        "password": config["PASSWORD"],
        "dbname": config["NAME"],
    }
    return {name: str(value) for name, value in found.items() if value} | options | {"connect_timeout": 10}


def _environment() -> dict[str, str]:
    names = PARAMETERS | OPTIONS
    given = {names[name]: value for name, value in _parameters().items() if name in names}
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | given


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise BackupError(f"The program {name} is missing: install the client of PostgreSQL (postgresql-client).")
    return found


@contextmanager
def _dumped_postgresql() -> Iterator[Dump]:
    command = [_program("pg_dump"), "--format=custom", "--compress=0", "--no-owner", "--no-privileges"]
    with psycopg.connect(**_parameters()) as session, tempfile.TemporaryFile() as errors:
        session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        row = session.execute("SELECT pg_export_snapshot()").fetchone()
        # The dump uses the same snapshot as the row counts.
        command.append(f"--snapshot={row[0] if row else ''}")
        found = _postgresql_tables(session)
        with subprocess.Popen(command, env=_environment(), stdout=subprocess.PIPE, stderr=errors) as process:  # noqa: S603
            try:
                yield Dump(process.stdout, found)  # type: ignore[arg-type]  # a pipe
            except BaseException:
                process.kill()
                raise
        _report(process.returncode, "pg_dump", errors)


def _report(status: int, name: str, errors: IO[bytes]) -> None:
    if status:
        errors.seek(0)
        # Log only the first line, which names the cause: further lines may quote data.
        first = errors.read(2000).decode(errors="replace").strip().partition("\n")[0]
        raise BackupError(f"{name} failed: {first}")


def _postgresql_tables(session: psycopg.Connection) -> dict[str, list[str]]:
    for statement in SESSION.split("; "):
        session.execute(statement)
    names = session.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"
    ).fetchall()
    found = {}
    for (name,) in names:
        # A sum, because the checksum must not depend on the order of the rows.
        query = sql.SQL(
            "SELECT count(*)::text, coalesce(sum(('x' || left(md5(t::text), 15))::bit(60)::bigint), 0)::text FROM {} t"
        ).format(sql.Identifier(name))
        found[name] = list(session.execute(query).fetchone() or [])
    return found


def _load_postgresql(parts: Iterable[bytes]) -> None:
    connection.close()
    command = [_program("pg_restore"), "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]
    command += ["--dbname", connection.settings_dict["NAME"]]
    with tempfile.TemporaryFile() as errors:
        with subprocess.Popen(command, env=_environment(), stdin=subprocess.PIPE, stderr=errors) as process:  # noqa: S603
            stdin = process.stdin
            assert stdin is not None  # noqa: S101  (a pipe)
            try:
                for part in parts:
                    stdin.write(part)
            except BrokenPipeError:
                # The program ended with an error, which the code below reports.
                pass
            except BaseException:
                process.kill()
                raise
        _report(process.returncode, "pg_restore", errors)


# SQLite


def sqlite_file() -> Path:
    return Path(connection.settings_dict["NAME"])


def companions(file: Path) -> list[Path]:
    """Return the files that SQLite may use beside a database file: the write-ahead log and its index."""
    return [file.with_name(f"{file.name}{ending}") for ending in ("-wal", "-shm", "-journal")]


@contextmanager
def _dumped_sqlite() -> Iterator[Dump]:
    # A folder in the data folder: the copy is not encrypted, and the system's temporary folder may be in memory.
    with tempfile.TemporaryDirectory(dir=settings.DATA_DIR, prefix="backup-") as folder:
        copy = Path(folder) / "site.sqlite3"
        with (
            closing(sqlite3.connect(f"file:{sqlite_file()}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            # Copy all pages in one step: a write between two steps would make SQLite start the copy again.
            source.backup(target, pages=-1)
            # Puts everything into one file, without a write-ahead log.
            target.execute("PRAGMA journal_mode = DELETE")
            found = _sqlite_tables(target)
        with copy.open("rb") as content:
            yield Dump(content, found)


def _sqlite_tables(database: sqlite3.Connection) -> dict[str, list[str]]:
    rows = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'")
    names = sorted(name for (name,) in rows)
    # The names come from the database itself. The checksum of the whole file covers the content, so no sum is needed here.
    return {
        name: [str(database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]), ""]  # noqa: S608
        for name in names
    }


def _load_sqlite(parts: Iterable[bytes]) -> None:
    connection.close()
    file = sqlite_file()
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = file.with_name(f"{file.name}.restoring")
    try:
        with unfinished.open("wb") as target:
            unfinished.chmod(0o600)
            for part in parts:
                target.write(part)
            target.flush()
            os.fsync(target.fileno())
        with closing(sqlite3.connect(unfinished)) as database:
            [result] = database.execute("PRAGMA integrity_check").fetchone()
        if result != "ok":
            raise BackupError("The database in the backup is damaged.")
        # SQLite would apply the write-ahead log of the earlier database to the restored one.
        for companion in companions(file):
            companion.unlink(missing_ok=True)
        unfinished.replace(file)
    except sqlite3.DatabaseError as failure:
        raise BackupError("The database in the backup is damaged.") from failure
    finally:
        unfinished.unlink(missing_ok=True)
