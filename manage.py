#!/usr/bin/env python
"""Run Django's commands for this project, with the settings of a live site where its variables are set."""

import gc
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent


def main():
    # `site/` is a folder on the path and not a package: the standard library owns that name.
    sys.path.insert(1, str(ROOT / "site"))
    from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    from config.environment import settings_module  # noqa: PLC0415  (the path comes first)

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", settings_module())
    # Loading the application allocates much and frees little. With Python's threshold of 700 objects, collecting garbage
    # takes a fifth of the time of a short command.
    gc.set_threshold(50_000)
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        # A traceback would hide the sentence that says which setting is wrong.
        sys.exit(str(error))
    from home.tasks.backend import finish_tasks  # noqa: PLC0415  (needs settings)

    # Of a command such as `load_demo`. A process has 15 seconds for them otherwise.
    finish_tasks()


if __name__ == "__main__":
    main()
