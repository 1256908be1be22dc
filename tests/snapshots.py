"""Databases that are made once and copied: one with all migrations, and one with the demo and its uploads.

Migrating takes half a minute, and loading the demo as long again. The name of a snapshot contains a digest of its source
files, so that a changed file leads to a new snapshot. SQLite files are in `.cache` (`make clean` removes them); on
PostgreSQL a snapshot is a template database of the server in DATABASE_URL, and is dropped when a newer one is made.
Processes that need the same snapshot at the same time wait for the first of them to make it. `python -m tests.snapshots`
makes them in advance.
"""

import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / ".cache"
MIGRATIONS = ("*/migrations/*.py", "site/*/migrations/*.py", "requirements-dev.txt", "site/config/**/*.py")
CODE = tuple(f"{app}/**/*" for app in ("home", "events", "factsheets", "news", "locale", "site"))
IGNORED = {".pyc", ".mo"}
# Each working copy has its own templates on a server, with this prefix.
PREFIX = f"site_template_{hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]}_"


def server() -> str:
    """Return the address of the PostgreSQL server that the suite runs on, or an empty string."""
    url = os.environ.get("DATABASE_URL", "")
    return url if url.startswith("postgres") else ""


def database_url(name: str) -> str:
    """Return the address of a database on the server."""
    return urlunsplit(urlsplit(server())._replace(path=f"/{name}"))


def digest(patterns: Iterable[str]) -> str:
    """Return a short digest of the files that match, by name and content."""
    found = hashlib.sha256()
    for file in sorted({file for pattern in patterns for file in ROOT.glob(pattern)}):
        if file.is_file() and file.suffix not in IGNORED:
            found.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    return found.hexdigest()[:16]


def manage(command: list[str], variables: dict[str, str]) -> str:
    """Run one of the site's commands and return what it printed. Raises with the output where it fails."""
    result = subprocess.run(
        [sys.executable, "manage.py", *command], cwd=ROOT, env=variables, capture_output=True, text=True, check=False
    )
    if result.returncode:
        raise RuntimeError(f"manage.py {' '.join(command)} failed:\n{result.stdout}\n{result.stderr}")
    return result.stdout


def environment(folder: Path, url: str, settings: str) -> dict[str, str]:
    """Return the variables of a site whose files are in `folder`."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": settings,
        "DATA_DIR": str(folder),
        "DATABASE_URL": url,
        # The suite's own "warnings are errors" is for its process; a server only reports them.
        "PYTHONWARNINGS": "default",
    }


def migrated_file() -> Path:
    """Return an SQLite database with all migrations, to be copied."""

    def make(folder: Path) -> None:
        file = folder / "site.sqlite3"
        manage(["migrate", "--verbosity", "0"], environment(folder, f"sqlite:///{file}", "config.settings.dev"))
        _finish(file)

    return _folder("migrated", digest(MIGRATIONS), make) / "site.sqlite3"


def migrated_template() -> str:
    """Return the name of a PostgreSQL database with all migrations, to be used as a template."""

    def make(url: str) -> None:
        with tempfile.TemporaryDirectory() as folder:
            manage(["migrate", "--verbosity", "0"], environment(Path(folder), url, "config.settings.dev"))

    return _template("migrated", digest(MIGRATIONS), "", make)


def loaded_demo() -> tuple[Path, str]:
    """Return the folder of a loaded demo (database and uploads), and on PostgreSQL the name of its template."""
    key = digest([*MIGRATIONS, *CODE])

    def load(folder: Path, url: str) -> None:
        manage(["load_demo"], environment(folder, url, "config.settings.dev"))

    if server():
        folder = FOLDER / f"demo-files-{key}"

        def make(url: str) -> None:
            shutil.rmtree(folder, ignore_errors=True)
            load(folder, url)

        return folder, _template("demo", key, migrated_template(), make, folder.exists)

    def make_files(folder: Path) -> None:
        file = folder / "site.sqlite3"
        shutil.copyfile(migrated_file(), file)
        load(folder, f"sqlite:///{file}")
        _finish(file)

    return _folder("demo", key, make_files), ""


def restore(connection: sqlite3.Connection) -> None:
    """Replace an SQLite database by the one with all migrations."""
    with closing(sqlite3.connect(f"file:{migrated_file()}?mode=ro", uri=True)) as snapshot:
        snapshot.backup(connection)


@contextmanager
def copied_database(folder: Path, name: str, template: str = "", file: Path | None = None) -> Iterator[str]:
    """Yield the address of a copy of a snapshot: a database `name` on PostgreSQL, else a file in `folder`.

    The snapshot is the one with all migrations, or `template` and `file` of a loaded demo.
    """
    if not server():
        shutil.copyfile(file or migrated_file(), folder / "site.sqlite3")
        yield f"sqlite:///{folder / 'site.sqlite3'}"
        return
    template = template or migrated_template()
    with _connected() as connection:
        _execute(connection, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        _execute(connection, "CREATE DATABASE {} TEMPLATE {}", name, template)
        try:
            yield database_url(name)
        finally:
            _execute(connection, "DROP DATABASE {} WITH (FORCE)", name)


def _folder(kind: str, key: str, make: Callable[[Path], None]) -> Path:
    """Return the folder of a snapshot, made where it is missing. Older ones of its kind are deleted."""
    target = FOLDER / f"{kind}-{key}"
    FOLDER.mkdir(exist_ok=True)
    with (FOLDER / f"{kind}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.exists():
            for old in FOLDER.glob(f"{kind}-*"):
                shutil.rmtree(old)
            unfinished = Path(tempfile.mkdtemp(prefix=f"{kind}-", dir=FOLDER))
            make(unfinished)
            unfinished.rename(target)
    return target


def _template(
    kind: str, key: str, template: str, make: Callable[[str], None], is_complete: Callable[[], bool] = lambda: True
) -> str:
    """Return the name of a template database, made where it is missing. Older ones of its kind are dropped."""
    prefix = f"{PREFIX}{kind}_"
    target, unfinished = f"{prefix}{key}", f"{prefix}unfinished"
    with _connected() as connection:
        connection.execute("SELECT pg_advisory_lock(hashtext(%s))", [prefix])
        rows = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix]).fetchall()
        names = {name for (name,) in rows}
        if target not in names or not is_complete():
            for name in names:
                _execute(connection, "DROP DATABASE {} WITH (FORCE)", name)
            _execute(connection, "CREATE DATABASE {} TEMPLATE {}", unfinished, template or "template0")
            make(database_url(unfinished))
            _execute(connection, "ALTER DATABASE {} RENAME TO {}", unfinished, target)
    return target


@contextmanager
def _connected() -> Iterator[psycopg.Connection]:
    with psycopg.connect(server(), autocommit=True) as connection:
        yield connection


def _execute(connection: psycopg.Connection, statement: str, *names: str) -> None:
    connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _finish(file: Path) -> None:
    """Write all data into the file itself, so that a copy of it is complete."""
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA journal_mode = DELETE")


if __name__ == "__main__":
    # On PostgreSQL no test needs the demo.
    migrated_template() if server() else loaded_demo()
