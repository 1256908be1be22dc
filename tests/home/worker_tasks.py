"""Tasks for a worker in a process of its own; they leave files in its DATA_DIR."""

import time
from pathlib import Path

from django.conf import settings
from django_tasks import task


def folder() -> Path:
    return Path(settings.DATA_DIR)


@task()
def wait() -> None:
    """End when there is a file `go`."""
    (folder() / "begun").touch()
    while not (folder() / "go").exists():
        time.sleep(0.05)
    (folder() / "ended").touch()


@task()
def leave_a_mark() -> None:
    (folder() / "mark").touch()
