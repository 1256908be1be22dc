"""The services that translate texts: DeepL, LibreTranslate, and an example for the demo and the tests.

The classes are those of wagtail-localize, but each request goes through `home.outgoing`, and what fails is a `ServiceError`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _
from wagtail.models import Locale
from wagtail_localize.machine_translators.base import BaseMachineTranslator
from wagtail_localize.machine_translators.deepl import DeepLTranslator
from wagtail_localize.machine_translators.libretranslate import LibreTranslator
from wagtail_localize.strings import StringValue

from home import outgoing

# Seconds for an answer. Someone waits for it, and the proxy in front waits for 40.
LONGEST = 20
# Bytes of an answer.
LARGEST = 1024 * 1024

REASONS = {
    "key": _("%(service)s refuses the key of this site. Tell the administrators of the site."),
    "quota": _("The quota of %(service)s is used up. Translate the texts yourself, or tell the administrators."),
    "busy": _("%(service)s has too much to do at the moment. Try again in a few minutes."),
    "timeout": _("%(service)s did not answer in time. Try again later."),
    "away": _("%(service)s cannot be reached at the moment. Try again later."),
    "language": _("%(service)s does not translate from %(source)s into %(target)s."),
    "size": _("The texts are too long for %(service)s. Translate the longest of them yourself, and try again."),
    "answer": _("%(service)s gave an answer that this site does not understand. Tell the administrators of the site."),
}

Texts = dict[StringValue, StringValue]


class ServiceError(Exception):
    """Raised when a service gives no translation. `code` is a key of `REASONS`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class DeepL(DeepLTranslator):
    # DeepL takes at most 50.
    most_texts = 50
    sends_texts = True
    codes = {401: "key", 403: "key", 413: "size", 456: "quota"}

    def translate(self, source_locale: Locale, target_locale: Locale, strings: Iterable[StringValue]) -> Texts:
        wanted = list(strings)
        body = urlencode(self.get_parameters(source_locale, target_locale, wanted), doseq=True)
        headers = {**self.get_headers(), "Content-Type": "application/x-www-form-urlencoded"}
        status, content = _answer(self.get_api_endpoint(), headers, body)
        if status != 200:
            # The other parameters are always the same.
            raise ServiceError("language" if status == 400 else self.codes.get(status, _code(status)))
        return _paired(wanted, content, lambda found: [row["text"] for row in found["translations"]])


class LibreTranslate(LibreTranslator):
    # It translates one after the other, without a graphics card a few in a second.
    most_texts = 20
    sends_texts = True

    def translate(self, source_locale: Locale, target_locale: Locale, strings: Iterable[StringValue]) -> Texts:
        wanted = list(strings)
        question = {
            "q": [string.data for string in wanted],
            "source": self.language_code(source_locale.language_code),
            "target": self.language_code(target_locale.language_code),
            "format": "html",
        }
        if self.options["API_KEY"]:
            question["api_key"] = self.options["API_KEY"]
        headers = {"Content-Type": "application/json"}
        status, content = _answer(f"{self.get_api_endpoint()}/translate", headers, json.dumps(question))
        if status != 200:
            raise ServiceError(self._code_of_400(content) if status == 400 else _code(status))
        return _paired(wanted, content, lambda found: found["translatedText"])

    def _code_of_400(self, content: bytes) -> str:
        """Return the code for one of several mistakes to which it answers 400, each with a sentence."""
        sentence = content.decode("utf-8", "replace").lower()
        codes = {"not supported": "language", "limit": "size", "api key": "key"}
        return next((code for words, code in codes.items() if words in sentence), "answer")


class Example(BaseMachineTranslator):
    """Puts the code of the language before each text. It sends nothing."""

    display_name = "Example"
    most_texts = 50
    sends_texts = False

    def translate(self, source_locale: Locale, target_locale: Locale, strings: Iterable[StringValue]) -> Texts:
        return {string: StringValue(f"[{target_locale.language_code}] {string.data}") for string in strings}

    def can_translate(self, source_locale: Locale, target_locale: Locale) -> bool:
        return bool(source_locale != target_locale)


def _answer(url: str, headers: dict[str, str], body: str) -> tuple[int, bytes]:
    try:
        return outgoing.ask_service(url, headers, body.encode(), longest=LONGEST, largest=LARGEST)
    except outgoing.RequestError as failure:
        codes = {"timeout": "timeout", "too long an answer": "answer"}
        raise ServiceError(codes.get(str(failure), "away")) from failure


def _code(status: int) -> str:
    if status in {401, 403}:
        return "key"
    if status in {408, 504}:
        return "timeout"
    if status == 413:
        return "size"
    if status in {429, 503, 529}:
        return "busy"
    return "away" if status >= 500 else "answer"


def _paired(wanted: list[StringValue], content: bytes, texts_in: Callable[[Any], list[str]]) -> Texts:
    """Return the texts of an answer, by their sources. Raises ServiceError if it has others than it was asked for."""
    try:
        texts = texts_in(json.loads(content))
    except (ValueError, LookupError, TypeError) as failure:
        raise ServiceError("answer") from failure
    if not isinstance(texts, list) or len(texts) != len(wanted) or not all(isinstance(text, str) for text in texts):
        raise ServiceError("answer")
    return dict(zip(wanted, map(StringValue, texts), strict=True))
