"""The documentation lists every variable, target and command, and the names in it exist."""

import re
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from django.core.management import get_commands

pytestmark = pytest.mark.any_database

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = "\n".join(file.read_text() for file in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))])
APPS = ("home", "events", "factsheets", "news")
# Variables of other programs, and those that a test sets for its own processes.
OF_OTHERS = {"PATH", "DJANGO_ALLOW_ASYNC_UNSAFE", "DJANGO_SETTINGS_MODULE", "CLOCK_SHIFT", "TASK_MARKS"}

SETTINGS = re.compile(
    r"""environment\.(?:choice|keys|secret_key|text|number|comma_separated|long_text)\(\s*"([A-Z][A-Z_]+)\""""
)
TESTS = re.compile(r"""os\.environ(?:\.get\(|\[)"([A-Z][A-Z_]+)\"""")
MAKE = re.compile(r"^([A-Z]+) \?=", re.MULTILINE)
TARGET = re.compile(r"^([a-z-]+):.* ## ", re.MULTILINE)


def found(pattern: re.Pattern[str], *globs: str) -> list[str]:
    files = [file for glob in globs for file in ROOT.glob(glob)]
    return sorted({name for file in files for name in pattern.findall(file.read_text())} - OF_OTHERS)


def documents() -> list[Path]:
    return [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


def current_documents() -> list[Path]:
    """Return the documents that describe the project as it is. The changelog also names what was removed."""
    return [document for document in documents() if document.name != "CHANGELOG.md"]


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
def test_links_between_documents_have_existing_targets(document):
    targets = re.findall(r"\]\((?!https?:|mailto:|#)([^)#]+)", document.read_text())

    assert [target for target in targets if not (document.parent / target).exists()] == []


HEADING = re.compile(r"^#{1,4} (.+)$", re.MULTILINE)


def anchors(document: Path) -> list[str]:
    """Return the anchors that GitHub makes of the headings."""
    text = re.sub(r"^```.*?^```", "", document.read_text(), flags=re.MULTILINE | re.DOTALL)
    return [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in HEADING.findall(text)]


@pytest.mark.parametrize("document", documents(), ids=lambda file: str(file.relative_to(ROOT)))
def test_links_to_headings_have_existing_targets(document):
    links = re.findall(r"\]\((?!https?:|mailto:)([^)#]*)#([^)]+)\)", document.read_text())
    missing = [
        f"{target}#{anchor}"
        for target, anchor in links
        if anchor not in anchors(document.parent / target if target else document)
    ]

    assert missing == []


def test_the_book_of_operations_begins_with_its_tasks_in_order():
    document = ROOT / "docs" / "operations.md"
    contents = document.read_text().partition("\n## ")[0]
    title, *headings = anchors(document)

    assert title == "operations"
    assert re.findall(r"\(#([^)]+)\)", contents) == headings
    tasks = re.findall(r"^\| \[([^]]+)\]", contents, re.MULTILINE)
    assert (tasks[0], tasks[-1]) == ("Install", "Close the site")


# Names in the documentation

# Classes of Django, Wagtail, its packages and Python.
CLASSES_OF_OTHERS = {
    "ConnectionRefusedError",
    "InlinePanel",
    "LibreOffice",
    "ParentalKey",
    "RoutablePageMixin",
    "Translation",
    "TranslatableMixin",
    "TranslationSource",
}
METHODS_OF_OTHERS = {"is_valid"}
FOLDERS = ("site/", "tests/", "locale/", "docs/", "deploy/", ".ci/", *(f"{app}/" for app in APPS))
FILE = re.compile(r"[\w./<>*-]+\.(?:py|md|toml|html|css|js|typ|po|svg)")
CLASS = re.compile(r"\b(?:[A-Z][a-z0-9]+){2,}\b")
CONSTANT = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
CALL = re.compile(r"\b(?:[a-z_]+\.)*([a-z_]{3,})\(")


@cache
def source() -> str:
    """Return the project's Python code, settings and build files, as one text."""
    folders = [*APPS, "site", "tests"]
    files = [file for folder in folders for file in (ROOT / folder).rglob("*.py") if file != Path(__file__)]
    return "\n".join(file.read_text() for file in [*files, ROOT / "Makefile", ROOT / "pyproject.toml"])


@cache
def project_files() -> list[str]:
    folders = [*APPS, "site", "tests", "docs", "locale", "deploy"]
    below = [file for folder in folders for file in (ROOT / folder).rglob("*")]
    return ["/" + file.relative_to(ROOT).as_posix() for file in [*ROOT.iterdir(), *below]]


def code_spans(document: Path) -> list[str]:
    """Return the inline code of a document, without the blocks of code."""
    text = re.sub(r"```.*?```", "", document.read_text(), flags=re.DOTALL)
    return re.findall(r"`([^`\n]+)`", text)


def exists(name: str) -> bool:
    """Return whether a file or folder has this path, or its path ends with this name."""
    if name.startswith(FOLDERS):
        pattern = re.sub(r"<[^>]+>", "*", name)
        return (ROOT / name).exists() or next(ROOT.glob(pattern.rstrip("/")), None) is not None
    return any(file.endswith(f"/{name.rstrip('/')}") for file in project_files())


@pytest.mark.parametrize("document", current_documents(), ids=lambda file: str(file.relative_to(ROOT)))
def test_documented_paths_exist(document):
    names = [name for name in code_spans(document) if FILE.fullmatch(name) or name.startswith(FOLDERS)]
    diagrams = "\n".join(re.findall(r"```mermaid(.*?)```", document.read_text(), flags=re.DOTALL))
    names += [name for name in FILE.findall(diagrams) if name.startswith(FOLDERS)]

    assert [name for name in names if not exists(name)] == []


@pytest.mark.parametrize("document", current_documents(), ids=lambda file: str(file.relative_to(ROOT)))
def test_documented_names_exist(document):
    text = document.read_text()
    names = {name for span in code_spans(document) for name in CLASS.findall(span)} - CLASSES_OF_OTHERS
    names |= {name for span in code_spans(document) if (name := span.partition("=")[0]) and CONSTANT.fullmatch(name)}
    missing = [name for name in sorted(names) if not re.search(rf"\b{name}\b", source())]
    calls = [call for block in re.findall(r"```mermaid(.*?)```", text, flags=re.DOTALL) for call in CALL.findall(block)]

    assert missing == []
    assert [call for call in calls if f"def {call}(" not in source() and call not in METHODS_OF_OTHERS] == []


@pytest.mark.parametrize("document", current_documents(), ids=lambda file: str(file.relative_to(ROOT)))
def test_documented_modules_can_be_imported(document):
    for name in re.findall(rf"\b(?:{'|'.join(APPS)})(?:\.[a-z_]+)+ import \w+", document.read_text()):
        module, _, attribute = name.partition(" import ")
        assert hasattr(import_module(module), attribute), name


@pytest.mark.parametrize("document", current_documents(), ids=lambda file: str(file.relative_to(ROOT)))
def test_documented_commands_and_targets_exist(document):
    text = document.read_text()
    targets = set(TARGET.findall((ROOT / "Makefile").read_text()))

    assert set(re.findall(r"manage\.py ([a-z_]+)", text)) - set(get_commands()) == set()
    assert set(re.findall(r"`make ([a-z-]+)", text)) - targets == set()


def test_decisions_are_listed_and_have_one_form():
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text()
    records = sorted(folder.glob("0*.md"))

    assert [record.name for record in records if f"]({record.name})" not in index] == []
    assert len({record.name[:4] for record in records}) == len(records)
    for record in records:
        text = record.read_text()
        assert re.match(
            rf"# {int(record.name[:4])}\. .+\n\n- \*\*Status:\*\* .+\n- \*\*Date:\*\* \d{{4}}-\d\d-\d\d\n", text
        )
        assert re.findall(r"^## (.+)$", text, flags=re.MULTILINE) == ["Context", "Decision", "Consequences"]


def test_decisions_named_in_the_code_exist():
    numbers = set(re.findall(r"[Dd]ecisions?[ /](\d{4})\b", source()))

    assert numbers
    assert [
        number for number in sorted(numbers) if not list((ROOT / "docs" / "decisions").glob(f"{number}-*.md"))
    ] == []


def test_names_are_found_in_code_and_documents():
    assert {"SECRET_KEY", "DATABASE_URL"} <= set(found(SETTINGS, "site/config/**/*.py"))
    assert {"demo", "test", "lint"} <= set(found(TARGET, "Makefile"))
    assert "setup_site" in commands()
    assert ROOT / "docs" / "operations.md" in documents()
    assert "home/layout.py" in code_spans(ROOT / "docs" / "architecture.md")
