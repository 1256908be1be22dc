"""Country names from CLDR, and the list of countries for forms, in the active language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

import django_countries
from babel import Locale
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django_countries import CountryTuple

from home.collation import sort_key

EU_MEMBERS = tuple(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()  # noqa: SIM905  (shorter)
)
# Official names that CLDR does not have yet.
CURRENT_NAMES = {
    "en": {"CD": "Democratic Republic of the Congo", "CG": "Republic of the Congo"},
    "et": {"CD": "Kongo Demokraatlik Vabariik", "NL": "Madalmaad", "SZ": "Eswatini"},
    "el": {"CD": "Λαϊκή Δημοκρατία του Κονγκό", "CG": "Δημοκρατία του Κονγκό"},
}

Choice = tuple[str, str]


class Countries(django_countries.Countries):
    """The countries of ISO 3166-1 with their CLDR names: EU member states first, then all others by name.

    Use it for model fields: `CountryField(countries=Countries)`.
    """

    def __iter__(self) -> Iterator[CountryTuple]:
        language = _language()
        for code in _sorted_codes(language, EU_MEMBERS):
            yield CountryTuple(code, _names(language)[code])

    def translate_pair(self, code: str, name: object = None) -> CountryTuple:
        return CountryTuple(code, _names(_language()).get(code, str(name or code)))

    def name(self, code: str | int | None) -> str:
        """Return the country's name in the active language, or an empty string for an unknown code."""
        return _names(_language()).get(self.alpha2(code), "")


countries = Countries()


def country_groups(project_countries: Iterable[str] = ()) -> list[tuple[str, list[Choice]]]:
    """Return (label, choices) for each group of a select element: the project's countries, other EU members, all others."""
    language = _language()
    names = _names(language)
    first = set(project_countries) & set(names)
    groups = (
        (_("Countries of the project"), first),
        (_("European Union"), set(EU_MEMBERS) - first),
        (_("Other countries"), set(names) - set(EU_MEMBERS) - first),
    )
    order = _sorted_codes(language)
    return [(title, [(code, names[code]) for code in order if code in codes]) for title, codes in groups if codes]


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE


@cache
def _names(language: str) -> dict[str, str]:
    """Return a dictionary from country code to name in a language."""
    territories = Locale.parse(language, sep="-").territories
    current = CURRENT_NAMES.get(language, {})
    english = Locale("en").territories
    return {code: current.get(code) or territories.get(code) or english[code] for code in countries.countries}


@cache
def _sorted_codes(language: str, first: tuple[str, ...] = ()) -> list[str]:
    """Return the country codes: those of `first`, then the others, both sorted by name in `language` (the active one)."""
    names = _names(language)
    return sorted(names, key=lambda code: (code not in first, sort_key(names[code])))
