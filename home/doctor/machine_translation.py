"""Checks of the service that translates texts. No text is sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from wagtail_localize.machine_translators import get_machine_translator

from home.doctor import network
from home.doctor.configuration import is_near
from home.doctor.results import Result, error, warning
from home.translations.machine_services import DeepL, LibreTranslate


def machine_translation() -> Iterator[Result]:
    """Check with the service whether the key is valid, how much of the quota is left, and which languages it supports."""
    service = get_machine_translator()
    try:
        if isinstance(service, DeepL):
            yield from _deepl(service)
        elif isinstance(service, LibreTranslate):
            yield from _libretranslate(service)
    except (OSError, ValueError):
        # A key with a line break cannot be sent in a header.
        yield error(
            f"{service.display_name} cannot be reached from this machine.",
            "Check MACHINE_TRANSLATION_URL and the firewall, or set MACHINE_TRANSLATION=off.",
        )


def _deepl(service: Any) -> Iterator[Result]:
    address = service.get_api_endpoint().replace("/translate", "/usage")
    status, body = network.ask(address, service.get_headers())
    if status in {401, 403}:
        yield error("DeepL refuses MACHINE_TRANSLATION_KEY.", "Copy the key again from the account at DeepL.")
        return
    usage = _parse(body)
    if status != 200 or not isinstance(usage, dict):
        yield warning(f"DeepL answers {status} to the question for the quota.", "Try again later.")
    elif usage.get("character_count", 0) >= usage.get("character_limit", float("inf")):
        yield warning(
            "The quota of DeepL is used up.", "Wait until it is renewed, or raise it in the account at DeepL."
        )


def _libretranslate(service: Any) -> Iterator[Result]:
    url = urlsplit(service.get_api_endpoint())
    if url.scheme == "http" and not is_near(url.hostname or ""):
        yield warning(
            f"Texts and the key go to {url.hostname} without encryption.",
            "Let MACHINE_TRANSLATION_URL begin with https://.",
        )
    status, body = network.ask(f"{service.get_api_endpoint()}/languages", {})
    rows = _parse(body)
    if status != 200 or not isinstance(rows, list):
        yield error(
            f"MACHINE_TRANSLATION_URL answers {status}, and not as LibreTranslate does.",
            "Set it to the address of the server, without a path such as /translate.",
        )
        return
    known = {row.get("code") for row in rows if isinstance(row, dict)}
    missing = [code for code, _name in settings.LANGUAGES if code not in known]
    if missing:
        yield warning(
            f"LibreTranslate does not know these languages of the site: {', '.join(missing)}.",
            "Install their models on its server (its option --load-only), or translate them by hand.",
        )


def _parse(body: bytes) -> object:
    try:
        return json.loads(body)
    except ValueError:
        return None
