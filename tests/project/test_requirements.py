"""The lock files are complete, pinned with checksums and without index URLs; only one has test tools."""

import re
import tomllib
from pathlib import Path

import pytest

pytestmark = pytest.mark.any_database

ROOT = Path(__file__).resolve().parents[2]
FILES = ["requirements.txt", "requirements-dev.txt"]
PIN = re.compile(
    r"^(?P<name>[a-z0-9._-]+)==(?P<version>\S+)(?: ; (?P<marker>.+?))? \\\n"
    r"(?P<hashes>(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)",
    re.MULTILINE,
)


def pins(file: str) -> set[tuple[str, str, str]]:
    return {
        (match["name"], match["version"], match["marker"] or "") for match in PIN.finditer((ROOT / file).read_text())
    }


def normal(requirement: str) -> str:
    return re.split(r"[\[<>=~!; ]", requirement)[0].lower().replace("_", "-")


def declared(group: str = "") -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return set(map(normal, project["optional-dependencies"][group] if group else project["dependencies"]))


@pytest.mark.parametrize("file", FILES)
def test_every_line_is_a_pin_with_checksums(file):
    lines = [line for line in (ROOT / file).read_text().splitlines() if line and not line.startswith((" ", "#"))]

    assert len(lines) >= len(declared())
    assert len(lines) == len(pins(file))


@pytest.mark.parametrize("file", FILES)
def test_no_package_index_is_named(file):
    assert not re.search(r"--(extra-)?index-url|--find-links|://|^-", (ROOT / file).read_text(), re.MULTILINE)


def test_lock_files_contain_the_declared_packages():
    names = {name for name, _version, _marker in pins("requirements.txt")}
    dev_names = {name for name, _version, _marker in pins("requirements-dev.txt")}

    assert declared() - names == set(), 'pyproject.toml names packages that are not pinned: run "make lock"'
    assert declared("dev") - dev_names == set(), 'pyproject.toml names packages that are not pinned: run "make lock"'


def test_development_has_the_packages_of_production():
    assert pins("requirements.txt") <= pins("requirements-dev.txt")


def test_production_has_no_test_tools():
    names = {name for name, _version, _marker in pins("requirements.txt")}

    assert not names & declared("dev")
    assert not {name for name in names if name.startswith(("pytest", "playwright", "factory-boy", "coverage"))}
