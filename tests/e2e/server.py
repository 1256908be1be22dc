"""A running demo site of its own for the tests: database, uploads and server in a temporary folder."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parents[2]
START_LIMIT = 60  # seconds


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(folder: Path, database_url: str, settings: str) -> dict[str, str]:
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": settings,
        "DATA_DIR": str(folder),
        "DATABASE_URL": database_url,
        # The suite's own "warnings are errors" is for its process; a server only reports them.
        "PYTHONWARNINGS": "default",
    }


@contextmanager
def demo_database(folder: Path, name: str) -> Iterator[str]:
    """Yield the address of an empty database: PostgreSQL where DATABASE_URL names one, else a file in `folder`."""
    server = os.environ.get("DATABASE_URL", "")
    if not server.startswith("postgres"):
        yield f"sqlite:///{folder / 'site.sqlite3'}"
        return
    identifier = sql.Identifier(name)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(identifier))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(identifier))
        try:
            yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(identifier))


def manage(command: list[str], variables: dict[str, str]) -> str:
    """Run one of the site's commands and return what it printed. Raises with the output where it fails."""
    result = subprocess.run(
        [sys.executable, "manage.py", *command], cwd=ROOT, env=variables, capture_output=True, text=True, check=False
    )
    if result.returncode:
        raise RuntimeError(f"manage.py {' '.join(command)} failed:\n{result.stdout}\n{result.stderr}")
    return result.stdout


def load(variables: dict[str, str], port: int) -> None:
    """Do what `make demo` does, without serving. The catalogues are compiled already."""
    manage(["migrate", "--verbosity", "0"], variables)
    manage(["load_demo", "--port", str(port)], variables)


@contextmanager
def demo_site(folder: Path) -> Iterator[str]:
    """Load the demo into `folder`, serve it while the block runs, and yield its address."""
    port = free_port()
    with demo_database(folder, f"demo_{os.getpid()}") as database_url:
        load(environment(folder, database_url, "config.settings.dev"), port)
        variables = environment(folder, database_url, "tests.e2e.settings")
        with serve(folder, variables, port) as address:
            yield address


@contextmanager
def made_site(folder: Path, name: str, script: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Set a site up in `folder`, run `script` in its shell, serve it, and yield its address and its variables."""
    with demo_database(folder, name) as database_url:
        variables = environment(folder, database_url, "tests.e2e.settings")
        manage(["migrate", "--verbosity", "0"], variables)
        manage(["setup_site"], variables)
        manage(["shell", "-c", script], variables)
        with serve(folder, variables, free_port()) as address:
            yield address, variables


@contextmanager
def serve(folder: Path, variables: dict[str, str], port: int) -> Iterator[str]:
    address = f"http://127.0.0.1:{port}"
    log = folder / "server.log"
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--config",
        str(ROOT / "gunicorn.conf.py"),
        "--bind",
        f"127.0.0.1:{port}",
    ]
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=variables, stdout=output, stderr=subprocess.STDOUT)
    try:
        wait_for(address, process, log)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)
    if "Traceback" in log.read_text():
        raise RuntimeError(f"The demo's server met errors:\n{log.read_text()[-8000:]}")


def wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    limit = time.monotonic() + START_LIMIT
    while time.monotonic() < limit:
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{address}/en/", timeout=START_LIMIT).close()  # noqa: S310  (our own server)
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"The demo's home page answers {error.code}:\n{log.read_text()}") from error
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"The demo's server did not start:\n{log.read_text()}")
