"""The programme of an event on paper."""

from __future__ import annotations

from events.models import EventPage
from home.layout import Layout


def programme_pdf(page: EventPage, layout: Layout) -> bytes:
    raise NotImplementedError
