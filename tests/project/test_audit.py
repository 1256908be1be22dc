"""`make audit` tells vulnerable packages from those that it could not check."""

import json
import subprocess

import pytest

from tests import audit

pytestmark = pytest.mark.any_database

CLEAN = {"name": "django", "version": "5.2.19", "vulns": []}
FOUND = {"name": "x", "version": "1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2"]}]}
SKIPPED = {"name": "y", "skip_reason": "Dependency not found on PyPI"}


@pytest.mark.parametrize(
    ("packages", "is_ci", "status", "words"),
    [
        ([CLEAN], True, 0, "No known vulnerabilities."),
        ([CLEAN, FOUND], False, 1, "x 1: PYSEC-1, mended in 2"),
        ([CLEAN, SKIPPED], False, 0, "NOT checked"),
        ([CLEAN, SKIPPED], True, 2, "NOT checked"),
        (None, True, 2, "NOT checked"),
    ],
)
def test_status_and_words(monkeypatch, capsys, packages, is_ci, status, words):
    output = "no connection" if packages is None else json.dumps({"dependencies": packages})
    monkeypatch.setattr(subprocess, "run", lambda *args, **kwargs: subprocess.CompletedProcess(args, 0, output))
    monkeypatch.setenv("CI", "true") if is_ci else monkeypatch.delenv("CI", raising=False)
    assert audit.main() == status
    printed = capsys.readouterr().out
    assert words in printed
    assert ("No known" in printed) == (packages == [CLEAN])
