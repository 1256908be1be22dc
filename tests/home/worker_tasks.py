"""Tasks for a worker process. They create files in its DATA_DIR."""

import time
from pathlib import Path

from django.conf import settings
from django_tasks import task


def folder() -> Path:
    return Path(settings.DATA_DIR)


@task()
def wait() -> None:
    """Wait until the file `go` exists."""
    (folder() / "begun").touch()
    while not (folder() / "go").exists():
        time.sleep(0.05)
    (folder() / "ended").touch()


@task()
def create_file() -> None:
    (folder() / "created").touch()
