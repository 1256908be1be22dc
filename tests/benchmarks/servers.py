"""The servers that a benchmark compares: each with two processes that answer one request at a time."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks import processes
from tests.e2e.server import free_port
from tests.snapshots import ROOT, manage

WORKERS = 2
START_LIMIT = 60  # seconds


@dataclass
class Server:
    address: str
    pid: int
    database_url: str = ""

    def get(self, path: str = "/", coding: str = "") -> int:
        """Request a page, and return the number of bytes of its body. Raises for another status than 200."""
        request = urllib.request.Request(  # noqa: S310  (a server of the benchmark)
            f"{self.address}{path}", headers={"Accept-Encoding": coding} if coding else {}
        )
        with urllib.request.urlopen(request, timeout=START_LIMIT) as response:  # noqa: S310
            body = response.read()
        return len(body)

    def cpu(self) -> float:
        """Return the CPU seconds of the server and, on PostgreSQL, of the processes that serve its database."""
        return processes.seconds(processes.tree(self.pid) | processes.database_processes(self.database_url))

    def largest_worker(self) -> float:
        """Return the memory of the largest process in MB."""
        return max(processes.megabytes(pid) for pid in processes.tree(self.pid) - {self.pid})


@contextmanager
def served(
    application: str, folder: Path, variables: dict[str, str], path: str = "/", config: str = "", url: str = ""
) -> Iterator[Server]:
    port = free_port()
    options = ["--bind", f"127.0.0.1:{port}", "--workers", str(WORKERS), "--worker-class", "sync", "--threads", "1"]
    log = folder / f"{application.partition(':')[0]}.log"
    # Without a configuration in the folder, Gunicorn reads none.
    command = [sys.executable, "-m", "gunicorn", *(["--config", config] if config else []), *options, application]
    with log.open("w") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT if config else folder,
            # The address of the site has the port, or the page cache would not be used.
            env={"BASE_URL": f"http://127.0.0.1:{port}"} | variables,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        server = Server(f"http://127.0.0.1:{port}", process.pid, url)
        _wait(server, path, process, log)
        yield server
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(server: Server, path: str, process: subprocess.Popen[bytes], log: Path) -> None:
    limit = time.monotonic() + START_LIMIT
    while time.monotonic() < limit and process.poll() is None:
        try:
            server.get(path)
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{path} answers {error.code}:\n{log.read_text()[-4000:]}") from error
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"The server did not start:\n{log.read_text()[-4000:]}")


MAKE_PAGE = """
from wagtail.models import Page, Site
from tests.benchmarks.smallest.models import SmallestPage
page = Page.objects.get(depth=1).add_child(instance=SmallestPage(title="Smallest", slug="smallest"))
Site.objects.update(root_page=page)
"""


def make_smallest(variables: dict[str, str]) -> None:
    """Make the tables and the page of the smallest site."""
    manage(["migrate", "--verbosity", "0"], variables)
    manage(["shell", "-c", MAKE_PAGE], variables)


def python_path() -> dict[str, str]:
    return {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "site")])}
