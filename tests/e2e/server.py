"""Runs a site for the browser tests, with its database, uploads and server in a temporary folder."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.snapshots import ROOT, copied_database, environment, loaded_demo, manage

SETTINGS = "tests.e2e.settings"
START_LIMIT = 60  # seconds


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def demo_site(folder: Path) -> Iterator[str]:
    """Copy the loaded demo into `folder`, serve it while the block runs, and yield its address."""
    port = free_port()
    loaded, template = loaded_demo()
    shutil.copytree(loaded, folder, dirs_exist_ok=True)
    with copied_database(folder, f"{folder.name}_{os.getpid()}", template, loaded / "site.sqlite3") as database_url:
        # Saved and not updated, because caches contain addresses.
        script = f"from wagtail.models import Site; site = Site.objects.get(); site.port = {port}; site.save()"
        manage(["shell", "-c", script], environment(folder, database_url, SETTINGS))
        with serve(folder, environment(folder, database_url, SETTINGS), port) as address:
            yield address


@contextmanager
def made_site(
    folder: Path, name: str, script: str, settings: str = SETTINGS, **more: str
) -> Iterator[tuple[str, dict[str, str]]]:
    """Set up a site in `folder`, run `script` in its shell, serve it, and yield its address and environment variables.

    `more` are environment variables of the site.
    """
    with copied_database(folder, name) as database_url:
        variables = environment(folder, database_url, settings) | more
        manage(["shell", "-c", f"from home.setup import set_up_site\nset_up_site()\n{script}"], variables)
        with serve(folder, variables, free_port()) as address:
            yield address, variables


@contextmanager
def serve(folder: Path, variables: dict[str, str], port: int) -> Iterator[str]:
    address = f"http://127.0.0.1:{port}"
    # A folder may have several servers, one of which is expected to fail.
    log = folder / f"server-{port}.log"
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--config",
        str(ROOT / "gunicorn.conf.py"),
        "--bind",
        f"127.0.0.1:{port}",
    ]
    # The address of the site has the port, or the page cache would not be used.
    variables = {"BASE_URL": address} | variables
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=variables, stdout=output, stderr=subprocess.STDOUT)
    try:
        wait_for(address, process, log)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)
    if "Traceback" in log.read_text():
        raise RuntimeError(f"The server logged errors:\n{log.read_text()[-8000:]}")


def wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    limit = time.monotonic() + START_LIMIT
    while time.monotonic() < limit:
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{address}/en/", timeout=START_LIMIT).close()  # noqa: S310  (the server of the tests)
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"The demo's home page answers {error.code}:\n{log.read_text()}") from error
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"The demo's server did not start:\n{log.read_text()}")
