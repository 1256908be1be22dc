"""Functions that add values to the template context of pages.

Models must not import views and the layout, so apps register these functions in `ready()`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest
from wagtail.models import Page

ContextBuilder = Callable[[Any, HttpRequest], Mapping[str, object]]
_builders: list[tuple[type[Page], ContextBuilder]] = []


def register_page_context(model: type[Page], builder: ContextBuilder) -> None:
    """Call `builder(page, request)` for each page of `model` (or a subclass) and add the result to its context."""
    if (model, builder) not in _builders:
        _builders.append((model, builder))


def page_context(page: Page, request: HttpRequest) -> dict[str, object]:
    """Return the values of all functions that are registered for the page's type."""
    context: dict[str, object] = {}
    for model, builder in _builders:
        if isinstance(page, model):
            context.update(builder(page, request))
    return context
