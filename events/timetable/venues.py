"""The place of an event in a form that is stored and compared later.

The country is stored as its code, because the active language may differ later.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.utils.translation import override

from events.models import Event
from home.countries import countries

Json = dict[str, Any]


def stored_venue(event: Event) -> Json:
    """Return the place of an event, to be stored for `venue_lines`. Its values are empty if the event is only online."""
    if not event.is_on_site:
        return {"venue": [], "country": ""}
    return {"venue": event.address_parts, "country": str(event.venue_country or "")}


def venue_lines(stored: Json) -> list[str]:
    """Return a stored place as lines, with the country in the active language."""
    stored = with_country_code(stored)
    return [*stored.get("venue", []), *filter(None, [countries.name(stored.get("country", ""))])]


def with_country_code(stored: Json) -> Json:
    """Return stored values with the country as a code.

    Older stored values have the name of the country as the last line of the venue, in any language.
    """
    if "country" in stored or "venue" not in stored:
        return stored
    *parts, last = stored["venue"] or [""]
    code = _codes().get(last, "")
    return stored | {"venue": parts if code or not last else [*parts, last], "country": code}


@cache
def _codes() -> dict[str, str]:
    """Return the codes of all countries by their names in the languages of the site."""
    found: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            found |= {countries.name(code): code for code in countries.countries}
    return found
