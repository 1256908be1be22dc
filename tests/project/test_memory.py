"""A process that only answers visitors does not load large libraries for files that it does not make."""

import os
import subprocess
import sys

import pytest

from tests.project.import_first import ROOT

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

LARGE = ["typst", "pikepdf", "fontTools", "icalendar", "pypdfium2"]
START = """
import sys
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

get_wsgi_application()
get_resolver()._populate()
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def test_the_application_starts_without_libraries_for_pdf_and_calendar_files():
    """Of spreadsheets, Wagtail itself loads the library."""
    variables = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "site")]),
        "PYTHONWARNINGS": "ignore",
    }
    command = [sys.executable, "-c", START]
    result = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=True)
    loaded = result.stdout.split()
    assert "wagtail" in loaded
    assert [name for name in LARGE if name in loaded] == []
