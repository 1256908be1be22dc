"""Checks of the environment variables, the settings made of them, and the installed packages."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from difflib import get_close_matches
from importlib import metadata
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from packaging.markers import Marker

from config import environment
from home.doctor.results import Level, Result, error, warning

# How similar (0 to 1) an unknown variable must be to a known one to count as a misspelling of it.
LIKENESS = 0.85
# Connections to these hosts stay on the same machine, so they do not need TLS.
OWN_HOSTS = {"localhost", "127.0.0.1", "::1"}
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)(?: *; *([^\\\n]+))?", re.MULTILINE)


def settings_module() -> Iterator[Result]:
    if settings.DEBUG:
        yield error(
            "DEBUG is on: error pages show code and data to everyone. These are not the settings of a live site.",
            "Set DJANGO_SETTINGS_MODULE=config.settings.production, or unset it and set the variables of a live site.",
        )


def misspelled_variables() -> Iterator[Result]:
    """Report variables whose names are similar to names that the settings read."""
    known = environment.names_read()
    for name in sorted(set(os.environ) - known):
        meant = get_close_matches(name, known, n=1, cutoff=LIKENESS)
        # If the known variable is set as well, the similar one probably belongs to another program.
        if meant and meant[0] not in os.environ:
            yield warning(
                f"The variable {name} is set, which the site does not read.", f"Rename it if {meant[0]} was meant."
            )


def hosts() -> Iterator[Result]:
    host = urlsplit(settings.PUBLIC_BASE_URL).hostname or ""
    if "*" in settings.ALLOWED_HOSTS:
        yield error(
            "ALLOWED_HOSTS is *: anyone can make the site write their host into links and emails.",
            "List the host names of the site in ALLOWED_HOSTS, separated by commas.",
        )
    elif not any(
        allowed.lower() == host or (allowed.startswith(".") and f".{host}".endswith(allowed.lower()))
        for allowed in settings.ALLOWED_HOSTS
    ):
        yield error(
            f"The host of BASE_URL, {host}, is not in ALLOWED_HOSTS: the public address answers 400.",
            f"Add {host} to ALLOWED_HOSTS, or correct BASE_URL.",
        )
    if urlsplit(settings.PUBLIC_BASE_URL).path.strip("/"):
        yield error("BASE_URL has a path: the site works at the root of a host only.", "Remove the path from BASE_URL.")


def keys() -> Iterator[Result]:
    if not settings.ANSWERS_KEY:
        yield warning(
            "ANSWERS_KEY is not set: sensitive answers are lost when SECRET_KEY changes.",
            "Set ANSWERS_KEY to a key of its own and run manage.py reencrypt_answers (docs/operations.md, Personal data).",
        )
    if not settings.BADGE_KEY:
        yield warning(
            "BADGE_KEY is not set: certificates have no digital badges.",
            "Set BADGE_KEY to a key of its own (docs/operations.md, Digital badges).",
        )
    if settings.SECRET_KEY in settings.SECRET_KEY_FALLBACKS:
        yield warning(
            "SECRET_KEY_FALLBACKS contains SECRET_KEY itself.", "Remove it: only earlier values belong there."
        )


def deployment() -> Iterator[Result]:
    """Run Django's own checks, including those for deployment."""
    for message in checks.run_checks(include_deployment_checks=True):
        if message.is_silenced() or message.level < checks.WARNING:
            continue
        level = Level.ERROR if message.is_serious() else Level.WARNING
        hint = message.hint or f"See manage.py check --deploy for {message.id}."
        yield Result(level, f"{message.id}: {message.msg}", str(hint))


def packages() -> Iterator[Result]:
    """Report installed packages whose versions differ from requirements.txt."""
    if wrong := wrong_packages():
        yield warning(
            f"Installed packages are not those of requirements.txt: {', '.join(wrong[:5])}.",
            "Run pip install --require-hashes -r requirements.txt and restart the site.",
        )


def wrong_packages() -> list[str]:
    """Return the packages that are missing, or whose version differs from requirements.txt."""
    file = Path(settings.BASE_DIR) / "requirements.txt"
    wrong = []
    for name, version, condition in PINNED.findall(file.read_text()):
        # Some lines are for other systems or Python versions. A package may have several lines.
        if condition and not Marker(condition).evaluate():
            continue
        try:
            found = metadata.version(name)
        except metadata.PackageNotFoundError:
            wrong.append(f"{name} is missing")
            continue
        if found != version:
            wrong.append(f"{name} {found} instead of {version}")
    return wrong


def mail_settings() -> Iterator[Result]:
    if settings.MAILS_PER_HOUR <= 0:
        yield warning(
            "MAILS_PER_HOUR is 0: all emails about registrations wait.",
            "Remove MAILS_PER_HOUR from the environment when emails may be sent again, and restart.",
        )
    if not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        return
    is_encrypted = settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL
    if not is_encrypted and not is_near(settings.EMAIL_HOST):
        yield warning(
            f"Emails and the password go to {settings.EMAIL_HOST} without encryption.",
            "Let EMAIL_URL begin with smtp+tls:// or smtps://.",
        )
    if settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">") in {"localhost", "example.org", "example.com"}:
        yield error(
            f"Emails are sent from {settings.DEFAULT_FROM_EMAIL}.", "Set EMAIL_FROM to an address of your domain."
        )


def is_near(host: str) -> bool:
    try:
        return host in OWN_HOSTS or ip_address(host).is_private
    except ValueError:
        return "." not in host
