"""Functions of higher layers that build what pages show. They are registered here, so that models do not import them.

`EventsConfig.ready` sets every function (`events/apps.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.http import HttpRequest

    from events.models.pages import EventIndexPage, EventPage
    from home.layout import Layout
    from home.models import Organisation, Teaser


class PageBuilders:
    """Functions that the page models call. Higher layers set them."""

    # Return the template context of an event page and of the event list. Both raise Http404 for an unknown filter
    # value.
    event_context: Callable[[EventPage, HttpRequest], dict[str, object]]
    index_context: Callable[[EventIndexPage, HttpRequest], dict[str, object]]
    # Return the events for the home page. Arguments: event list, request, number of events.
    home_page_teasers: Callable[[EventIndexPage, HttpRequest, int], list[Teaser]]
    # Return the organisations that run the event of a page, in their order.
    organisers: Callable[[EventPage], list[Organisation]]
    # Return the sessions of a page's timetable (`events.timetable.schedule.Session`) in their order.
    sessions: Callable[[EventPage], list[Any]]
    # Return the schema.org nodes of an event page.
    event_json_ld: Callable[[EventPage, Layout], list[dict[str, object]]]


page_builders = PageBuilders()
