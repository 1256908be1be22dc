"""Names that the glossary replaces occur nowhere in code, templates, styles, scripts or documentation."""

import re
from pathlib import Path

import pytest

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
SUFFIXES = {".css", ".html", ".js", ".md", ".py", ".toml", ".txt", ".yml", ".yaml"}
FOLDERS = ["home", "events", "factsheets", "news", "site", "tests", "docs", "deploy"]
FILES = ["Makefile", "README.md", "CONTRIBUTING.md", "SECURITY.md", "pyproject.toml", ".ci/run", "gunicorn.conf.py"]
# This file lists the names.
SELF = Path(__file__)

# Names of modules, classes and functions. They match as whole words, also between underscores.
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
    # terms
    "desk",
    "deeds?",
    "sealing",
    "ledger",
    "shelves",
    "sign-up",
    "e-mails?",
]
# Ordinary words that are not the name of a module any more.
REPLACED_MODULES = {
    "facts", "fallback", "findings", "mail_folder", "specific_pages",
    "announcing", "anonymising", "arrival", "cascade", "changing", "checking", "clock", "counting", "deciding", "folding",
    "frames", "given", "inspection", "letters", "library", "moves", "outbox", "protecting", "reading", "sending",
    "sentences", "showing", "stamps", "steps", "truth", "visit", "when", "wording",
}  # fmt: skip
# Ordinary words that are not the name of a class, function or constant any more.
REPLACED_DEFINITIONS = {
    "Busy", "Care", "Closed", "Full", "Personal", "PersonalView", "RegistrationState", "State", "Visit",
    "ENDED", "IN", "LATER", "LIVE", "asked", "impatient", "keep", "kick", "standing", "tell", "way",
}  # fmt: skip
DEFINITION = re.compile(r"^\s*(?:def|class)\s+_?(\w+)|^(\w+)\s*[:=]", re.MULTILINE)
# Names that a file may contain, with the reason.
ALLOWED: dict[str, dict[str, str]] = {
    "docs/glossary.md": {"*": "lists the words that texts and translations must not use"},
    "CHANGELOG.md": {"*": "says what names were"},
    "tests/project/test_terms.py": {"e-mails?": "a word that translations must not say"},
}


def files() -> list[Path]:
    found = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.suffix in SUFFIXES]
    found += [ROOT / name for name in FILES if (ROOT / name).exists()]
    return sorted(path for path in found if path != SELF and "node_modules" not in path.parts)


def pattern(name: str) -> re.Pattern[str]:
    """Return a pattern for a name as a whole word or as a part of a name with underscores or hyphens."""
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


def test_replaced_word_names_nothing():
    found = {}
    for path in files():
        key = path.relative_to(ROOT)
        if path.suffix != ".py" or key.parts[0] == "tests" or "migrations" in key.parts:
            continue
        defined = {name for pair in DEFINITION.findall(path.read_text()) for name in pair}
        if used := {path.stem, path.parent.name} & REPLACED_MODULES | defined & REPLACED_DEFINITIONS:
            found[str(key)] = used
    assert found == {}


def test_definitions_are_found():
    code = "class Visit:\n    def _tell(self): ...\nLIVE: int = 1\nIN = 2\n"
    assert {name for pair in DEFINITION.findall(code) for name in pair if name} == {"Visit", "tell", "LIVE", "IN"}


def test_name_is_found_as_a_word_and_as_part_of_a_name():
    assert pattern("desk").search("class EventDesk: ...") is None
    assert pattern("desk").search("event_desk_rights")
    assert pattern("desk").search("the desk of an event")
    assert pattern("desk").search("a desktop") is None


def test_files_of_every_kind_are_read():
    assert {".css", ".html", ".js", ".md", ".py"} <= {path.suffix for path in files()}
