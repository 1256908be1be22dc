"""Typed reading of environment variables, for the settings modules alone."""

import os
from collections.abc import Mapping
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def flag(name: str, *, default: bool) -> bool:
    """Return the variable as yes or no. Raises ImproperlyConfigured for any other word."""
    value = text(name).lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    if value:
        raise ImproperlyConfigured(f"{name} must be yes or no; it is {value!r}.")
    return default


def number(name: str, default: int) -> int:
    value = text(name)
    if not value:
        return default
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number; it is {value!r}.") from None


def words(name: str) -> list[str]:
    """Return a comma-separated variable as a list without empty entries."""
    return [part.strip() for part in text(name).split(",") if part.strip()]


def require(needed: Mapping[str, str]) -> None:
    """Raise ImproperlyConfigured with one sentence for each variable of `needed` (name: what it is) that is not set."""
    missing = [f"{name} is not set: {what}." for name, what in needed.items() if not text(name)]
    if missing:
        raise ImproperlyConfigured("\n".join(missing))


def mail(url: str) -> dict[str, object]:
    """Return Django's EMAIL_* settings for a mail address.

    `url` is `smtp://user:password@host:587` (plain), `smtp+tls://…` (STARTTLS) or `smtps://…` (TLS from the start),
    with an optional `?timeout=seconds`. User and password are percent-encoded. Raises ImproperlyConfigured for other
    schemes.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtp+tls", "smtps"} or not parts.hostname:
        raise ImproperlyConfigured("EMAIL_URL must look like smtp+tls://user:password@mail.example.org:587.")
    default_port = {"smtp": 25, "smtp+tls": 587, "smtps": 465}[parts.scheme]
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or default_port,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_TIMEOUT": int(parse_qs(parts.query).get("timeout", ["10"])[0]),
    }
