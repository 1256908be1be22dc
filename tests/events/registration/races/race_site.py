"""The site of the race tests: its own database, a server with four processes, and processes that run commands."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.e2e.server import free_port, serve
from tests.snapshots import ROOT, copied_database, environment

SETTINGS = "tests.events.registration.races.settings"
PROCESSES = 4


class Worker:
    def __init__(self, variables: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.events.registration.races.worker"],
            cwd=ROOT,
            env=variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def do(self, command: str, **arguments: object) -> Any:
        self.send(command, **arguments)
        return self.answer()

    def send(self, command: str, **arguments: object) -> None:
        self.process.stdin.write(json.dumps({"command": command, **arguments}) + "\n")
        self.process.stdin.flush()

    def answer(self) -> Any:
        return json.loads(self.process.stdout.readline())

    def stop(self) -> None:
        self.process.stdin.close()
        self.process.wait(timeout=30)
        self.process.stdout.close()


@dataclass
class RaceSite:
    """The database, the forms and the worker processes of the race tests."""

    folder: Path
    database_url: str
    event: int = 0
    forms: list[str] = field(default_factory=list)
    workers: list[Worker] = field(default_factory=list)

    @property
    def variables(self) -> dict[str, str]:
        return self.variables_with(SETTINGS)

    def variables_with(self, settings: str) -> dict[str, str]:
        paths = os.pathsep.join([str(ROOT), str(ROOT / "site")])
        return environment(self.folder, self.database_url, settings) | {
            "PYTHONPATH": paths,
            "WEB_CONCURRENCY": str(PROCESSES),
        }

    @contextmanager
    def served(self, settings: str = SETTINGS) -> Iterator[str]:
        with serve(self.folder, self.variables_with(settings), free_port()) as address:
            yield address

    def do(self, command: str, **arguments: object) -> Any:
        return self.workers[0].do(command, **arguments)

    def start(self, capacity: int | None, **values: object) -> list[str]:
        return self.do("start", event=self.event, capacity=capacity, **values)

    def count(self) -> dict[str, Any]:
        return self.do("count", event=self.event)


@contextmanager
def open_race_site(folder: Path) -> Iterator[RaceSite]:
    with ExitStack() as stack:
        url = stack.enter_context(copied_database(folder, f"races_{os.getpid()}"))
        race_site = RaceSite(folder, url)
        for _number in range(PROCESSES):
            race_site.workers.append(Worker(race_site.variables))
            stack.callback(race_site.workers[-1].stop)
        made = race_site.do("prepare")
        race_site.event, race_site.forms = made["event"], made["forms"]
        yield race_site
