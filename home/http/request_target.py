"""Middleware for requests whose target is not a path, such as `OPTIONS *`."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBadRequest
from django.http.response import HttpResponseBase


class RequestTargetMiddleware:
    """Returns 400 for them, so that other code can rely on a path that begins with a slash (RFC 9112, section 3.2)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith("/"):
            return HttpResponseBadRequest("Bad request: the target must be a path.\n", content_type="text/plain")
        return self.get_response(request)
