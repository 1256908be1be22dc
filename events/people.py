"""The people and organisations of the site, as the timetable's editor and its pages need them."""

from __future__ import annotations

from wagtail.models import Locale

from home.language_fallback import in_language
from home.models import Organisation, Person


def known_people(locale: Locale) -> list[Person]:
    """Return everybody once, with the organisation, in the words of `locale` where there are any."""
    rows = Person.objects.select_related("organisation", "locale").order_by("name")
    return in_language(rows, locale)


def known_organisations(locale: Locale) -> list[Organisation]:
    return in_language(Organisation.objects.select_related("locale").order_by("name"), locale)
