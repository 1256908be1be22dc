"""Check the catalogues of the interface, or update them: `python -m tests.catalogues [--write]`.

A catalogue is stale if its entries differ from the strings that are now collected from the code. Locations and dates are
ignored.
"""

import argparse
import calendar
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

from tests import terms

ROOT = Path(__file__).resolve().parents[1]
SOURCE = "en"
LANGUAGES = sorted(path.parts[-3] for path in ROOT.glob("locale/*/LC_MESSAGES/django.po"))
# The languages of the repository. A catalogue that `manage.py add_language` has made may be translated by and by.
COMPLETE = ["en", "fi", "et", "el"]
IGNORED = [".cache", ".git", ".venv", "docs", "tests", "var"]


def catalogue(root: Path, language: str) -> Path:
    return root / "locale" / language / "LC_MESSAGES" / "django.po"


def collect(root: Path) -> None:
    """Write the strings of the code under `root` into its catalogues."""
    (root / "locale").mkdir(exist_ok=True)
    options = ["--no-obsolete", "--no-wrap", "--add-location", "file"]
    options += [f"--locale={language}" for language in LANGUAGES]
    options += [f"--ignore={name}" for name in IGNORED]
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings.dev"}
    command = [sys.executable, "manage.py", "makemessages", "--verbosity=0", *options]
    subprocess.run(command, cwd=root, env=environment, check=True)


def entries(path: Path) -> dict[tuple[str, str, str], tuple[object, ...]]:
    """Return the translations and flags of each entry by context, text and plural text."""
    if not path.exists():
        return {}
    return {
        (entry.msgctxt or "", entry.msgid, entry.msgid_plural): (
            entry.msgstr,
            tuple(entry.msgstr_plural.values()),
            entry.obsolete,
            "fuzzy" in entry.flags,
        )
        for entry in polib.pofile(str(path))
    }


def write() -> None:
    before = {language: catalogue(ROOT, language) for language in LANGUAGES}
    originals = {path: (path.read_bytes(), entries(path)) for path in before.values() if path.exists()}
    collect(ROOT)
    for path, (content, old) in originals.items():
        if entries(path) == old:
            path.write_bytes(content)  # only its date has changed


def stale() -> list[str]:
    """Return one sentence for each entry that is only in the code or only in a committed catalogue."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*IGNORED, "__pycache__", "*.mo", ".*_cache"))
        collect(copy)
        problems = []
        for language in LANGUAGES:
            committed, collected = entries(catalogue(ROOT, language)), entries(catalogue(copy, language))
            problems += [f"{language}: not in the catalogue: {key[1]!r}" for key in collected.keys() - committed.keys()]
            problems += [
                f"{language}: no longer in the code: {key[1]!r}" for key in committed.keys() - collected.keys()
            ]
        return sorted(problems)


def unfinished() -> list[str]:
    """Return one sentence for each entry that is fuzzy, or not translated into a language of the repository."""
    problems = []
    for language in sorted({*LANGUAGES, *COMPLETE}):
        path = catalogue(ROOT, language)
        if not path.exists():
            problems.append(f"{language}: there is no catalogue")
            continue
        for entry in polib.pofile(str(path)):
            if "fuzzy" in entry.flags:
                problems.append(f"{language}: marked fuzzy: {entry.msgid!r}")
            elif language in COMPLETE and language != SOURCE and not entry.translated():
                problems.append(f"{language}: not translated: {entry.msgid!r}")
    return problems


def misleading() -> list[str]:
    """Return one sentence for each entry that would replace a name of a month or day, such as "May", in dates."""
    dates = {*calendar.month_name, *calendar.month_abbr, *calendar.day_name, *calendar.day_abbr} - {""}
    return [
        f"{SOURCE}: also a name in Django's dates, which needs another text or a context: {text!r}"
        for context, text, _plural in entries(catalogue(ROOT, SOURCE))
        if text in dates and not context
    ]


def mistranslated() -> list[str]:
    """Return one sentence for each translation with a word that the glossary forbids."""
    try:
        glossary = terms.read((ROOT / "docs" / "glossary.md").read_text())
    except (OSError, ValueError) as error:
        return [f"docs/glossary.md: {error}"]
    problems = [f"docs/glossary.md: {sentence}" for sentence in glossary.contradictions()]
    for language in glossary.languages:
        paths = [catalogue(ROOT, language), ROOT / "home" / "demo" / "locale" / f"{language}.po"]
        for path in filter(Path.exists, paths):
            problems += terms.check_catalogue(glossary, language, path)
    return problems


def malformed() -> list[str]:
    """Return the errors of msgfmt: placeholders and plural forms that do not match the source text."""
    problems = []
    for path in filter(Path.exists, (catalogue(ROOT, language) for language in LANGUAGES)):
        command = ["msgfmt", "--check-format", "--check-header", "--output-file", os.devnull, str(path)]
        problems += subprocess.run(command, capture_output=True, text=True, check=False).stderr.splitlines()
    return problems


def check() -> int:
    problems = unfinished() + misleading() + mistranslated()
    if shutil.which("xgettext"):
        problems += stale() + malformed()
    elif os.environ.get("CI"):
        problems.append("gettext is not installed, and CI must not skip the check for stale catalogues")
    else:
        sys.stdout.write("gettext is not installed: whether the catalogues are stale was not checked.\n")
    sys.stdout.writelines(f"{problem}\n" for problem in problems)
    if problems:
        sys.stdout.write('"make messages" collects the strings; then translate the missing ones.\n')
    return 1 if problems else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the catalogues instead of checking them")
    if parser.parse_args().write:
        write()
        return 0
    return check()


if __name__ == "__main__":
    sys.exit(main())
