"""Checks HTML with html5lib, and with the Nu HTML Checker if Java and its file are available."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import html5lib


def parse_errors(html: str) -> list[str]:
    """Return the errors of html5lib's parser."""
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(html)
    lines = html.splitlines()
    problems = []
    for (line, _column), code, data in parser.errors:
        text = lines[line - 1].strip()[:80] if 0 < line <= len(lines) else ""
        problems.append(f"line {line}: {code} {data or ''} in: {text}")
    return problems


def checker_missing() -> str | None:
    """Return why the Nu HTML Checker cannot run, or None if it can."""
    if not shutil.which("java"):
        return "no Java on the PATH"
    if not Path(os.environ.get("VNU_JAR", "")).is_file():
        return 'VNU_JAR names no file ("make html-checker" fetches it, "make test" sets the variable)'
    return None


def check(pages: dict[str, str], folder: Path) -> list[str]:
    """Return the Nu HTML Checker's errors and warnings about `pages` (name: HTML). Uses `folder` for its input."""
    names = {}
    for number, (name, html) in enumerate(pages.items()):
        file = folder / f"{number}.html"
        file.write_text(html)
        names[file.resolve().as_uri()] = name
    command = ["java", "-jar", os.environ["VNU_JAR"], "--stdout", "--exit-zero-always", "--format", "json", str(folder)]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    problems = []
    for message in json.loads(result.stdout)["messages"]:
        if message["type"] == "info" and message.get("subType") != "warning":
            continue
        place = names.get(message.get("url", "").replace("file:/", "file:///", 1), message.get("url"))
        extract = message.get("extract", "").strip().replace("\n", " ")[:120]
        problems.append(f"{place}: line {message.get('lastLine', '?')}: {message['message']} in: {extract}")
    return problems
