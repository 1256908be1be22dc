"""Pages of several types with the fields of each type, in one query; Wagtail's `specific()` asks once for each type."""

from __future__ import annotations

from functools import cache

from django.apps import apps
from wagtail.models import Page
from wagtail.query import PageQuerySet

from home.models import BasePage


@cache
def _accessors() -> dict[type[Page], str]:
    """Return the name under which a `Page` holds the row of each of our page types."""
    types = [model for model in apps.get_models() if issubclass(model, BasePage)]
    return {model: model._meta.get_ancestor_link(Page).remote_field.get_accessor_name() for model in types}


def specific_pages(pages: PageQuerySet) -> list[BasePage]:
    """Return the pages of a short list as what they are, in its order. Types that are not ours are left out."""
    accessors = _accessors()
    rows = pages.select_related(*accessors.values())
    return [getattr(row, accessors[row.specific_class]) for row in rows if row.specific_class in accessors]
