"""What makes the responses of a process different from those of another one."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

PRINT = "import django; django.setup(); from home.http.release import release; print(release())"


def release_with(**variables: str) -> str:
    own = {"DJANGO_SETTINGS_MODULE": "config.settings.dev", "PYTHONPATH": "site", "DATABASE_URL": "", **variables}
    command = [sys.executable, "-c", PRINT]
    result = subprocess.run(
        command, cwd=settings.BASE_DIR, env=os.environ | own, capture_output=True, text=True, check=True
    )
    return result.stdout


def test_machines_with_their_data_in_other_folders_share_responses(tmp_path):
    folders = [tmp_path / "a", tmp_path / "b"]
    assert len({release_with(DATA_DIR=str(folder)) for folder in folders}) == 1


def test_another_setting_makes_other_responses(tmp_path):
    values = ["60", "61"]
    assert len({release_with(DATA_DIR=str(tmp_path), PAGE_CACHE_SECONDS=value) for value in values}) == 2
