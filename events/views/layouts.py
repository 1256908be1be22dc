"""Layouts of the registration form and of the pages of a personal link."""

from __future__ import annotations

from functools import cached_property

from django.http import HttpRequest, HttpResponse

from events.models import EventPage
from home.layout import Language, Layout, Link

# Seconds after which clients may try again when the database is busy.
RETRY_SECONDS = 5


class RegistrationLayout(Layout):
    """The layout of the registration form. Links to other languages lead to the form at `form_path` below the event page."""

    def __init__(self, request: HttpRequest, page: EventPage, *, title: str, form_path: str) -> None:
        super().__init__(request, page, title=title)
        self.form_path = form_path

    @cached_property
    def breadcrumbs(self) -> list[Link]:
        page = self.page
        return [*super().breadcrumbs, Link(page.title, page.get_url(self.request) or "")] if page else []

    def _language(self, code: str) -> Language:
        """Link to the form in another language if the event has a page in it."""
        found = super()._language(code)
        if not found.is_translated:
            return found
        return Language(found.code, found.name, f"{found.url}{self.form_path}", found.is_current, is_translated=True)


class PersonalLayout(Layout):
    """The layout of the pages of a personal link. None of its links contains the personal token."""

    def __init__(self, request: HttpRequest, *, title: str, event_page: EventPage | None = None) -> None:
        super().__init__(request, title=title)
        self.event_page = event_page

    @cached_property
    def breadcrumbs(self) -> list[Link]:
        found = super().breadcrumbs
        if self.event_page is None or not self.event_page.live:
            return found
        return [*found, Link(self.event_page.title, self.event_page.get_url(self.request) or "")]


def too_many_requests(response: HttpResponse, seconds: int = RETRY_SECONDS) -> HttpResponse:
    """Turn a response into 429 Too Many Requests. Clients may try again after `seconds` (RFC 6585, section 4)."""
    response.status_code = 429
    response["Retry-After"] = str(seconds)
    return response
