"""What stands around the pages that belong to one person: frame, headers, and whom they are counted by."""

from __future__ import annotations

from functools import cached_property
from typing import TypeVar

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from events.models import EventPage
from events.models.pages import REGISTER
from home.http.client_address import client_address
from home.layout import Language, Layout, Link

# Seconds after which somebody who met a busy database had better try again.
SOON = 5


class RegistrationLayout(Layout):
    """The frame of a form below an event's page: named after what one does there, found by no search engine."""

    def __init__(self, request: HttpRequest, page: EventPage, *, title: str, is_form: bool = True) -> None:
        super().__init__(request, page)
        self.form_title = title
        self.is_form = is_form

    @property
    def heading(self) -> str:  # type: ignore[override]  # a value there, worked out here
        return self.form_title

    @cached_property
    def title(self) -> str:
        page_title = self.page.title if self.page else ""
        return " – ".join(filter(None, [self.form_title, page_title, self.site_name]))

    @property
    def noindex(self) -> bool:
        return True

    @property
    def canonical_url(self) -> str:  # type: ignore[override]
        return ""

    @property
    def json_ld(self) -> str:  # type: ignore[override]
        return ""

    @cached_property
    def breadcrumbs(self) -> list[Link]:
        page = self.page
        return [*super().breadcrumbs, Link(page.title, page.get_url(self.request) or "")] if page else []

    def _language(self, code: str) -> Language:
        """Lead to the same form in another language, where the event has a page in it."""
        found = super()._language(code)
        if not (self.is_form and found.is_translated):
            return found
        return Language(found.code, found.name, f"{found.url}{REGISTER}/", found.is_current, is_translated=True)


class PersonalLayout(Layout):
    """The frame of what a personal link leads to. Its address is in no link of the frame."""

    def __init__(self, request: HttpRequest, *, title: str, event_page: EventPage | None = None) -> None:
        super().__init__(request, title=title)
        self.event_page = event_page

    @cached_property
    def breadcrumbs(self) -> list[Link]:
        found = super().breadcrumbs
        if self.event_page is None or not self.event_page.live:
            return found
        return [*found, Link(self.event_page.title, self.event_page.get_url(self.request) or "")]


Response = TypeVar("Response", bound=HttpResponseBase)


def keep_private(response: Response) -> Response:
    """Tell browsers, caches, search engines and other sites that the answer is for this person alone.

    With "no-referrer" browsers send forms with `Origin: null`, which looks like a forgery (Fetch, "append a request
    Origin header"). Pages with a form therefore soften it to "strict-origin" by a `meta` element: that tells where a
    form comes from, and never the path, in which the token stands (decision 0046).
    """
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


def client_of(request: HttpRequest) -> str:
    return client_address(request) or ""


def try_later(response: HttpResponse, seconds: int = SOON) -> HttpResponse:
    """Make an answer say "too many at once": nothing is broken, and the same may succeed later (RFC 6585, 4)."""
    response.status_code = 429
    response["Retry-After"] = str(seconds)
    return response
