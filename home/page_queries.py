"""Loads pages of several types with all their fields in one query. Wagtail's `specific()` runs a query for each type."""

from __future__ import annotations

from functools import cache

from django.apps import apps
from wagtail.models import Page
from wagtail.query import PageQuerySet

from home.models import BasePage


@cache
def _accessors() -> dict[type[Page], str]:
    """Return the attribute of `Page` that leads to the specific page, for each page type of the site."""
    types = [model for model in apps.get_models() if issubclass(model, BasePage)]
    return {model: model._meta.get_ancestor_link(Page).remote_field.get_accessor_name() for model in types}


def specific_pages(pages: PageQuerySet) -> list[BasePage]:
    """Return the pages as instances of their types, in the same order. Pages of other apps' types are left out."""
    accessors = _accessors()
    rows = pages.select_related(*accessors.values())
    return [getattr(row, accessors[row.specific_class]) for row in rows if row.specific_class in accessors]
