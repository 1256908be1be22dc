"""The page after the registration form, with the address that the email goes to (decision 172).

The page is the same for everybody and cached, except for the address. The browser of the person who sent the form keeps it
for some minutes in a signed cookie for the path of this page only.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.html import escape

COOKIE = "registered_address"
SALT = "events.registration.end_page"
# In seconds. Long enough to read the page and to reload it.
LIFETIME = 10 * 60
ADDRESS_MARK = "address-4e0b7d92c51a86f3"


def remember_address(response: HttpResponse, path: str, event_id: int, address: str) -> None:
    """Let the browser send the address with its requests for the end page at `path`."""
    response.set_cookie(
        COOKIE,
        signing.dumps({"e": event_id, "a": address}, salt=SALT),
        max_age=LIFETIME,
        path=path,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _remembered_address(request: HttpRequest, event_id: int) -> str:
    try:
        found = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=LIFETIME)
    except signing.BadSignature:
        return ""
    return str(found["a"]) if found["e"] == event_id else ""


@dataclass(frozen=True)
class CachedEndPage:
    """The page in two versions: with a mark for the address, and without it (`home.http.page_cache.CachedFragment`)."""

    with_address: str
    without_address: str
    event_id: int

    def fill(self, request: HttpRequest) -> HttpResponse:
        """Return the page for one visitor. No query."""
        address = _remembered_address(request, self.event_id)
        if not address:
            return HttpResponse(self.without_address)
        return HttpResponse(self.with_address.replace(ADDRESS_MARK, str(escape(address))))
