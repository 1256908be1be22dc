"""No file of the repository holds a secret: keys, tokens of services, and addresses with a password."""

import re
import subprocess
from pathlib import Path

import pytest

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
SECRETS = {
    "private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE " + r"KEY-----"),
    "AWS key": re.compile(r"\b(AKIA|ASIA)[0-9A-Z]{16}\b"),
    "GitHub token": re.compile(r"\b(gh[pousr]_\w{36}|github_pat_\w{40,})\b"),
    "GitLab token": re.compile(r"\bglpat-[\w-]{20}\b"),
    "Slack token": re.compile(r"\bxox[abprs]-[\w-]{20,}"),
    "Google key": re.compile(r"\bAIza[\w-]{35}\b"),
    "Stripe key": re.compile(r"\b[rs]k_live_\w{20,}"),
    "PyPI token": re.compile(r"\bpypi-AgE[\w-]{50,}"),
    "signed token": re.compile(r"\beyJ[\w-]{15,}\.eyJ[\w-]{15,}\.[\w-]{20,}"),
}
# Examples in settings and documentation: a password that is a word, on a host that is reserved for examples or local.
ADDRESS = re.compile(r"\b[a-z][a-z+]*://(?P<user>[\w.%-]+):(?P<password>[^\s@/\"'`{}$]+)@(?P<host>[\w.-]+)")
EXAMPLE_HOSTS = (".example", "example.org", "127.0.0.1")
EXAMPLE_PASSWORDS = {"password", "PASSWORD", "site", "secret", "pass", "x", "p", "pw"}
TEXTS = {
    ".py",
    ".md",
    ".html",
    ".toml",
    ".yml",
    ".yaml",
    ".json",
    ".js",
    ".css",
    ".txt",
    ".sh",
    ".cfg",
    ".ini",
    ".po",
    ".tsv",
    "",
}


def tracked_files() -> list[Path]:
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout  # noqa: S607
    return [ROOT / name for name in names.split("\0") if name and Path(name).suffix in TEXTS]


def secrets_in(text: str) -> list[str]:
    found = [name for name, pattern in SECRETS.items() if pattern.search(text)]
    return found + [
        "address with a password"
        for match in ADDRESS.finditer(text)
        if match["password"] not in EXAMPLE_PASSWORDS
        and not match["host"].endswith((".example", "example.org", "127.0.0.1"))
    ]


def test_no_tracked_file_holds_a_secret():
    found = {
        str(path.relative_to(ROOT)): secrets
        for path in tracked_files()
        if path.is_file() and (secrets := secrets_in(path.read_text(encoding="utf-8", errors="replace")))
    }

    assert found == {}


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN RSA PRIVATE " + "KEY-----",
        "AKIA" + "ABCDEFGHIJKLMNOP",
        "token = ghp" + "_" + "a" * 36,
        "EMAIL_URL=smtp://web" + ":kX93hdf7@mail.university.eu",
    ],
)
def test_secret_is_found(text):
    assert secrets_in(text)


def test_no_environment_file_is_tracked():
    names = {path.name for path in tracked_files()}

    assert not {name for name in names if name.startswith(".env") or name.endswith((".pem", ".key"))}
