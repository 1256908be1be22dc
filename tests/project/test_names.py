"""Names that the glossary has replaced are found nowhere: not in code, templates, styles, scripts or documentation."""

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.any_database

ROOT = Path(__file__).resolve().parents[2]
SUFFIXES = {".css", ".html", ".js", ".md", ".py", ".toml", ".txt", ".yml", ".yaml"}
FOLDERS = ["home", "accounts", "events", "factsheets", "news", "site", "tests", "docs", "deploy"]
FILES = ["Makefile", "README.md", "CONTRIBUTING.md", "SECURITY.md", "pyproject.toml", ".ci/run", "gunicorn.conf.py"]
# The list itself.
SELF = Path(__file__)

# Names of modules, classes and functions. They are found as words of their own, also between underscores.
REPLACED = [
    # modules
    "surroundings",
    "site_facts",
    "kept_form",
    "floods?",
    "standstill",
    "courier",
    "wordings",
    # classes
    "Deeds?",
    "Blanks",
    "KeptForm",
    "KeptAnswer",
    "Doubts?",
    "Verdict",
    "ModeCount",
    "FloodCounter",
    # functions and values
    "at_hand",
    "take_back_in",
    "newcomers?",
    "newcomers_state",
    "keep_here",
    "LET_IN",
    "TOLD",
    # words for the things that they named
    "desk",
    "deeds?",
    "sealing",
    "ledger",
    "shelves",
    "sign-up",
    "e-mails?",
]
# Where a word of the list is right, by file: the reason is beside it.
ALLOWED: dict[str, dict[str, str]] = {
    "docs/glossary.md": {"*": "says what each name replaced, and what translations must not say"},
    "CHANGELOG.md": {"*": "says what names were"},
}


def files() -> list[Path]:
    found = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.suffix in SUFFIXES]
    found += [ROOT / name for name in FILES if (ROOT / name).exists()]
    return sorted(path for path in found if path != SELF and "node_modules" not in path.parts)


def pattern(name: str) -> re.Pattern[str]:
    """Return what finds a name as a word of its own or as a part of a name with underscores or hyphens."""
    return re.compile(rf"(?<![A-Za-z0-9]){name}(?![A-Za-z0-9])", 0 if name != name.lower() else re.IGNORECASE)


def uses(name: str, paths: list[Path]) -> list[str]:
    """Return the places where a name is found, as `file:line`."""
    found = pattern(name)
    places = []
    for path in paths:
        key = str(path.relative_to(ROOT))
        allowed = ALLOWED.get(key, {})
        if "*" in allowed or name in allowed:
            continue
        if found.search(key):
            places.append(key)
        lines = path.read_text(errors="ignore").splitlines()
        places += [f"{key}:{number}" for number, line in enumerate(lines, 1) if found.search(line)]
    return places


@pytest.mark.parametrize("name", REPLACED)
def test_replaced_name_is_gone(name):
    assert uses(name, files()) == []


def test_a_name_is_found_as_a_word_and_inside_a_name():
    assert pattern("desk").search("class EventDesk: ...") is None
    assert pattern("desk").search("event_desk_rights")
    assert pattern("desk").search("the desk of an event")
    assert pattern("desk").search("a desktop") is None


def test_the_files_of_every_kind_are_read():
    assert {".css", ".html", ".js", ".md", ".py"} <= {path.suffix for path in files()}
