"""Headers of responses that are for one person, or for people who have a link."""

from __future__ import annotations

from typing import TypeVar

from django.http.response import HttpResponseBase

Response = TypeVar("Response", bound=HttpResponseBase)


def mark_private(response: Response) -> Response:
    """Keep a response out of caches and search engines, and its address out of `Referer` headers.

    With "no-referrer", browsers send `Origin: null` with a form, which CSRF protection refuses (Fetch, "append a request
    Origin header"). Pages with a form therefore set "strict-origin" in a `meta` element. Browsers then send the origin, but
    not the path, which contains the token (decision 0046).
    """
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
