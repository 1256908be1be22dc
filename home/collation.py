"""Sorting of names by the rules of the active language.

Unicode collation, with the letters that have a place of their own in the languages below. In others, letters with accents
sort beside those without, except where PostgreSQL sorts: it has the rules of all languages.
"""

from __future__ import annotations

from functools import cache, lru_cache, partial
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression, F
from django.db.models.functions import Collate
from django.utils.translation import get_language
from django_countries import collator as countries_collator

if TYPE_CHECKING:
    import pyuca

# Letters with a place of their own in the alphabet, by the letter after which they stand (CLDR collation).
ALPHABETS = {
    "da": {"z": "æøå"},
    "et": {"s": "šzž", "w": "õäöü"},
    "fi": {"z": "åäö"},
    "nb": {"z": "æøå"},
    "sv": {"z": "åäö"},
}
# Stand for these letters in the collation table.
PRIVATE_USE = 0xE000
CAPITAL = 8  # the third weight of capitals


def sort_key(text: str) -> Any:
    """Return a key that sorts `text` in the order of the active language."""
    return _key((get_language() or "").split("-")[0], text)


@lru_cache(maxsize=50_000)
def _key(language: str, text: str) -> Any:
    return _collator().sort_key(text.translate(_own_letters().get(language, {})))


def in_order(expression: Expression | F) -> Collate:
    """Return the expression for `order_by`, in the order of the active language.

    PostgreSQL has these collations (ICU). In SQLite, `add_collations` makes them.
    """
    language = (get_language() or "").split("-")[0]
    known = {code.split("-")[0] for code, _label in settings.LANGUAGES}
    return Collate(expression, f"{language if language in known else 'en'}-x-icu")


def add_collations(connection: BaseDatabaseWrapper, **_arguments: object) -> None:
    """Make the collations of the site's languages in a new connection to SQLite."""
    if connection.vendor != "sqlite":
        return
    for code, _label in settings.LANGUAGES:
        language = code.split("-")[0]
        connection.connection.create_collation(f"{language}-x-icu", partial(_compare, language))


def _compare(language: str, first: str, second: str) -> int:
    one, other = _key(language, first), _key(language, second)
    return (one > other) - (one < other)


@cache
def _own_letters() -> dict[str, dict[int, str]]:
    """Return, by language, the replacement for each letter that has a place of its own."""
    found: dict[str, dict[int, str]] = {}
    number = PRIVATE_USE
    for language, alphabet in ALPHABETS.items():
        found[language] = {}
        for letters in alphabet.values():
            for letter in letters + letters.upper():
                found[language][ord(letter)] = chr(number)
                number += 1
    return found


@cache
def _collator() -> pyuca.Collator:
    """Return the collator that django_countries has loaded: a second table would take 11 MB and a quarter of a second."""
    collator = countries_collator
    for language, alphabet in ALPHABETS.items():
        for before, letters in alphabet.items():
            ((first, second, third),) = collator.table.find_prefix([ord(before)])[1]
            for position, letter in enumerate(letters, start=1):
                for form, case in ((letter, third), (letter.upper(), CAPITAL)):
                    own = _own_letters()[language][ord(form)]
                    # A fraction sorts between the letter before and the next letter of the table.
                    collator.table.add([ord(own)], [[first + position / 100, second, case]])
    return collator
