"""The page after the registration form, with the address to which the email is sent (decision 172).

The page is the same for everyone and cached, except for the address. The browser of the sender stores the address for
some minutes in a signed cookie, which it sends only to this page.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.html import escape

COOKIE = "registered_address"
SALT = "events.registration.end_page"
# In seconds: long enough to read the page and to reload it.
LIFETIME = 10 * 60
ADDRESS_MARK = "address-4e0b7d92c51a86f3"
SESSIONS_MARK = "sessions-a92f6c07d1e8453b"


def remember(
    response: HttpResponse, path: str, event_id: int, address: str, sessions: Iterable[uuid.UUID] = ()
) -> None:
    """Store the address and the chosen sessions in a cookie, which the browser sends only to the end page at `path`."""
    response.set_cookie(
        COOKIE,
        signing.dumps({"e": event_id, "a": address, "s": [session.hex for session in sessions]}, salt=SALT),
        max_age=LIFETIME,
        path=path,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _remembered(request: HttpRequest, event_id: int) -> tuple[str, set[str]]:
    """Return the address and the chosen sessions from the cookie. Both are empty without a valid cookie."""
    try:
        found = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=LIFETIME)
    except signing.BadSignature:
        return "", set()
    return (str(found["a"]), set(found.get("s", ()))) if found["e"] == event_id else ("", set())


@dataclass(frozen=True)
class CachedEndPage:
    """The page in two versions: with marks for the values from the cookie, and without (`CachedFragment`).

    `sessions` has pairs of key and line for each session that can be chosen, and `sessions_row` is the part of the page
    with the mark for these lines.
    """

    with_address: str
    without_address: str
    event_id: int
    sessions: tuple[tuple[str, str], ...] = ()
    sessions_row: str = ""

    def fill(self, request: HttpRequest) -> HttpResponse:
        """Return the page for one visitor. No query."""
        address, chosen = _remembered(request, self.event_id)
        if not address:
            return HttpResponse(self.without_address)
        lines = [str(escape(line)) for key, line in self.sessions if key in chosen]
        row = self.sessions_row.replace(SESSIONS_MARK, "<br>".join(lines)) if lines else ""
        # The address is inserted last, so that marks in it are not replaced.
        return HttpResponse(self.with_address.replace(SESSIONS_MARK, row).replace(ADDRESS_MARK, str(escape(address))))
