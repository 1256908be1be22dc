"""Reads environment variables for the settings modules, converts their types, and raises clear errors."""

import json
import os
import re
from base64 import urlsafe_b64decode
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf.locale import LANG_INFO
from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32

# If one of these variables is set, this is a live site.
LIVE_SITE = ("SECRET_KEY", "ALLOWED_HOSTS", "EMAIL_URL")
# The minimum that Django's deployment check requires.
SECRET_KEY_LENGTH = 50
SECRET_KEY_CHARACTERS = 5
# The key of the development settings. It is public.
DEVELOPMENT_KEY = "only-for-development-and-the-demo"


def settings_module() -> str:
    """Return the default settings module: production if variables of a live site are set, else development."""
    return f"config.settings.{'production' if live_site_variables() else 'dev'}"


def live_site_variables() -> list[str]:
    return [name for name in LIVE_SITE if text(name)]


# The names of all variables that the settings have read.
_names: set[str] = set()


def names_read() -> set[str]:
    """Return the names of the variables that the settings have read."""
    return set(_names)


def text(name: str, default: str = "") -> str:
    _names.add(name)
    return os.environ.get(name, default).strip()


def flag(name: str, *, default: bool) -> bool:
    """Return the variable as a boolean. Raises ImproperlyConfigured for values other than yes, no and their synonyms."""
    value = text(name).lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    if value:
        raise ImproperlyConfigured(f"{name} must be yes or no; it is {value!r}.")
    return default


def number(name: str, default: int) -> int:
    """Return the variable as an integer. Raises ImproperlyConfigured for anything else."""
    value = text(name)
    if not value:
        return default
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number; it is {value!r}.") from None


def choice(name: str, options: Sequence[str]) -> str:
    """Return the variable, or the first of `options` if it is not set. Raises ImproperlyConfigured for other values."""
    value = text(name) or options[0]
    if value not in options:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(options)}; it is {value!r}.")
    return value


def comma_separated(name: str) -> list[str]:
    """Return the parts of a comma-separated variable. Empty parts are left out."""
    return [part.strip() for part in text(name).split(",") if part.strip()]


def languages(name: str, default: str) -> list[str]:
    """Return the ISO 639-1 codes in the variable, which must include the source language (the first of `default`).

    Raises ImproperlyConfigured for a code that Django has no translation for, for a language written from right to left, and
    for a code that is named twice.
    """
    found = comma_separated(name) or default.split(",")
    source = default.split(",", maxsplit=1)[0]
    for code in found:
        if not re.fullmatch("[a-z]{2}", code) or code not in LANG_INFO:
            raise ImproperlyConfigured(
                f"{name} must be codes of two letters that Django knows, such as {default}; it has {code!r}."
            )
        if LANG_INFO[code]["bidi"]:
            raise ImproperlyConfigured(f"{name} has {code!r}, which is written from right to left: the pages are not.")
    if len(found) != len(set(found)):
        raise ImproperlyConfigured(f"{name} has a language twice: {','.join(found)}.")
    if source not in found:
        raise ImproperlyConfigured(f"{name} must have {source!r}, the language in which pages are written first.")
    return found


def mapping(name: str) -> dict[str, str]:
    """Return the variable, a JSON object of texts, as a dictionary. Raises ImproperlyConfigured for anything else."""
    value = text(name)
    try:
        found = json.loads(value) if value else {}
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(target, str) for target in found.values()):
        raise ImproperlyConfigured(f'{name} must be a JSON object of texts, such as {{"staff": "Editors"}}.')
    return found


def keys(name: str) -> list[str]:
    """Return the Fernet keys (32 bytes in URL-safe base64) of a comma-separated variable in order.

    Raises ImproperlyConfigured for an invalid key; the message does not contain the key.
    """
    found = comma_separated(name)
    for number, key in enumerate(found, 1):
        try:
            is_key = len(urlsafe_b64decode(key)) == KEY_BYTES
        except ValueError:
            is_key = False
        if not is_key:
            raise ImproperlyConfigured(f"Key {number} of {name} must be 32 bytes in URL-safe base64.")
    return found


def secret_key(name: str) -> str:
    """Return the variable. Raises ImproperlyConfigured if the key could be guessed."""
    key = text(name)
    if len(key) < SECRET_KEY_LENGTH or len(set(key)) < SECRET_KEY_CHARACTERS or key.startswith(DEVELOPMENT_KEY):
        raise ImproperlyConfigured(f"{name} must be a random text of at least {SECRET_KEY_LENGTH} characters.")
    return key


def long_text(name: str, length: int) -> str:
    """Return the variable, which may be empty. Raises ImproperlyConfigured if it has fewer than `length` characters."""
    value = text(name)
    if value and len(value) < length:
        raise ImproperlyConfigured(f"{name} must have at least {length} characters.")
    return value


def require(needed: Mapping[str, str]) -> None:
    """Raise ImproperlyConfigured with a line for each variable that is not set. `needed` maps names to descriptions."""
    missing = [f"{name} is not set: {what}." for name, what in needed.items() if not text(name)]
    if missing:
        raise ImproperlyConfigured("\n".join(missing))


def machine_translator(default: str) -> dict[str, Any] | None:
    """Return wagtail-localize's setting for the machine translation service, or None for no service.

    `default` is the service that is used if no variable names one. Raises ImproperlyConfigured if a service is not fully
    configured.
    """
    others = sorted({"off", "example", "deepl", "libretranslate"} - {default})
    service = choice("MACHINE_TRANSLATION", (default, *others))
    key, url = text("MACHINE_TRANSLATION_KEY"), text("MACHINE_TRANSLATION_URL").rstrip("/")
    if service == "off":
        return None
    if service == "deepl" and not key:
        raise ImproperlyConfigured("MACHINE_TRANSLATION is deepl, so MACHINE_TRANSLATION_KEY must be a key of DeepL.")
    if service == "libretranslate" and not re.match(r"https?://[^/]", url):
        raise ImproperlyConfigured(
            "MACHINE_TRANSLATION is libretranslate, so MACHINE_TRANSLATION_URL must be the address of its server."
        )
    name, options = {
        "example": ("Example", {}),
        "deepl": ("DeepL", {"AUTH_KEY": key}),
        "libretranslate": ("LibreTranslate", {"LIBRETRANSLATE_URL": url, "API_KEY": key}),
    }[service]
    return {"CLASS": f"home.translations.machine_services.{name}", "OPTIONS": options}


def mail(url: str) -> dict[str, object]:
    """Return Django's EMAIL_* settings for the URL of a mail server.

    `url` is `smtp://user:password@host:587` (plain), `smtp+tls://…` (STARTTLS) or `smtps://…` (TLS from the start), with an
    optional `?timeout=seconds` (default 10). User and password are percent-encoded. Raises ImproperlyConfigured for other
    schemes.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtp+tls", "smtps"} or not parts.hostname:
        raise ImproperlyConfigured("EMAIL_URL must look like smtp+tls://user:password@mail.example.org:587.")
    default_port = {"smtp": 25, "smtp+tls": 587, "smtps": 465}[parts.scheme]
    return {
        "EMAIL_BACKEND": "home.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or default_port,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_TIMEOUT": int(parse_qs(parts.query).get("timeout", ["10"])[0]),
    }
