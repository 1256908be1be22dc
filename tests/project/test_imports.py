"""No circular imports: each module of the four apps can be imported first."""

import json
import os
import subprocess
import sys

import pytest

from tests.project.import_first import ROOT, modules

pytestmark = [pytest.mark.any_database, pytest.mark.slow]


def test_every_module_can_be_imported_first():
    variables = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "site")]),
        "PYTHONWARNINGS": "ignore",
    }
    command = [sys.executable, "-m", "tests.project.import_first"]
    result = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)

    assert result.returncode == 0, result.stderr
    assert "\n".join(f"{name}:\n{error}" for name, error in json.loads(result.stdout).items()) == ""


def test_modules_of_all_apps_are_found():
    assert {"home.models", "events.registration.seats", "factsheets.apps", "news.feeds"} <= set(modules())
