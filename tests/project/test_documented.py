"""What a person can set or run is written down where a person looks: the readme and the pages of docs/."""

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.any_database

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = "\n".join(file.read_text() for file in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))])
# Variables of others that the project only listens to.
OF_OTHERS = {"PATH", "DJANGO_ALLOW_ASYNC_UNSAFE", "DJANGO_SETTINGS_MODULE"}

SETTINGS = re.compile(r"""environment\.(?:choice|keys|text|number|comma_separated)\(\s*"([A-Z][A-Z_]+)\"""")
TESTS = re.compile(r"""os\.environ(?:\.get\(|\[)"([A-Z][A-Z_]+)\"""")
MAKE = re.compile(r"^([A-Z]+) \?=", re.MULTILINE)
TARGET = re.compile(r"^([a-z-]+):.* ## ", re.MULTILINE)


def found(pattern: re.Pattern[str], *globs: str) -> list[str]:
    files = [file for glob in globs for file in ROOT.glob(glob)]
    return sorted({name for file in files for name in pattern.findall(file.read_text())} - OF_OTHERS)


def documents() -> list[Path]:
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def commands() -> list[str]:
    return sorted(file.stem for file in ROOT.glob("*/management/commands/*.py") if not file.stem.startswith("_"))


@pytest.mark.parametrize(
    "name",
    sorted({*found(SETTINGS, "site/config/**/*.py"), *found(TESTS, "tests/**/*.py"), *found(MAKE, "Makefile")}),
)
def test_variable_is_documented(name):
    assert f"`{name}`" in DOCUMENTS or f"`{name}=" in DOCUMENTS


@pytest.mark.parametrize("target", found(TARGET, "Makefile"))
def test_make_target_is_documented(target):
    assert re.search(rf"\bmake {target}\b", DOCUMENTS)


@pytest.mark.parametrize("command", commands())
def test_command_is_documented(command):
    assert re.search(rf"\b{command}\b", DOCUMENTS)


@pytest.mark.parametrize("document", documents(), ids=lambda file: str(file.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(document):
    targets = re.findall(r"\]\((?!https?:|mailto:|#)([^)#]+)", document.read_text())

    assert [target for target in targets if not (document.parent / target).exists()] == []


def test_the_lists_above_are_not_empty():
    assert {"SECRET_KEY", "DATABASE_URL"} <= set(found(SETTINGS, "site/config/**/*.py"))
    assert {"demo", "test", "lint"} <= set(found(TARGET, "Makefile"))
    assert "setup_site" in commands()
    assert ROOT / "docs" / "operations.md" in documents()
