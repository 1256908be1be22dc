#!/usr/bin/env python
"""Run Django's commands for this project."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent


def main():
    # `site/` is a folder on the path and not a package: the standard library owns that name.
    sys.path.insert(1, str(ROOT / "site"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    from django.core.management import execute_from_command_line  # noqa: PLC0415  (the path comes first)

    execute_from_command_line(sys.argv)
    from home.tasks.backend import finish_tasks  # noqa: PLC0415  (needs settings)

    # Of a command such as `load_demo`. A process has 15 seconds for them otherwise.
    finish_tasks()


if __name__ == "__main__":
    main()
