"""`site/` and `locale/` have names of standard library modules: they must not be packages, and git must track them."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.any_database

ROOT = Path(__file__).resolve().parents[2]


def run(*command: str, **options) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, **options)


@pytest.mark.parametrize("name", ["site", "locale"])
def test_folder_is_not_a_package(name):
    assert (ROOT / name).is_dir()
    assert not (ROOT / name / "__init__.py").exists(), f"{name}/__init__.py would hide a module of the standard library"


@pytest.mark.parametrize("name", ["site", "locale"])
def test_standard_library_module_is_still_imported(name):
    found = run(sys.executable, "-c", f"import {name}; print({name}.__file__)").stdout.strip()

    assert found
    assert not Path(found).is_relative_to(ROOT)


def test_git_tracks_the_settings():
    if not (ROOT / ".git").exists():
        pytest.skip("this copy of the project is not a git clone")

    tracked = run("git", "ls-files", "site").stdout.splitlines()

    assert "site/config/urls.py" in tracked
    assert "site/templates/base.html" in tracked


@pytest.mark.parametrize("file", sorted(ROOT.glob(".*ignore")), ids=lambda file: file.name)
def test_ignore_file_does_not_hide_the_site(file):
    hidden = {line.strip().strip("/") for line in file.read_text().splitlines()}

    assert not hidden & {"site", "site/**", "site/*", "locale", "*"}


def test_catalogues_are_compiled_and_not_committed():
    assert "*.mo" in (ROOT / ".gitignore").read_text().splitlines()
    assert not run("git", "ls-files", "*.mo").stdout


def test_modules_are_short_enough_to_be_read_at_once():
    modules = run("git", "ls-files", "*.py").stdout.splitlines()
    own = [name for name in modules if not name.startswith("tests/") and "/migrations/" not in name]
    long = {name for name in own if (ROOT / name).read_text().count("\n") > 400}
    assert long == set()


def test_ignored_types_have_a_reason():
    """Beside the comment for mypy, or in the line above it."""
    without = []
    for name in run("git", "ls-files", "*.py").stdout.splitlines():
        above = ""
        for line in (ROOT / name).read_text().splitlines():
            if re.search(r"# type: ignore(\[[\w, -]+\])?$", line) and not above.strip().startswith("#"):
                without.append(f"{name}: {line.strip()}")
            above = line
    assert without == []


def test_git_does_not_track_the_packages():
    """`.venv` may be a link to that of another working copy: merged there, it would replace the folder."""
    if not (ROOT / ".git").exists():
        pytest.skip("this copy of the project is not a git clone")
    assert run("git", "ls-files", ".venv").stdout == ""
