"""The people and organisations of the site, for speakers and organisers of events."""

from __future__ import annotations

from wagtail.models import Locale

from home.language_fallback import in_language
from home.models import Organisation, Person, organisations_in


def site_people(locale: Locale) -> list[Person]:
    """Return each person of the site once, with their organisation, translated into `locale` if there is a translation."""
    rows = Person.objects.select_related("organisation", "locale").order_by("name")
    return in_language(rows, locale)


def site_organisations(locale: Locale) -> list[Organisation]:
    """Return each organisation of the site once, translated into `locale` if there is a translation.

    The result is cached: do not change it.
    """
    return organisations_in(locale)
