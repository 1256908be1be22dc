"""Refuses large request bodies from visitors who are not signed in, because no public form needs them.

Django's own limit, `DATA_UPLOAD_MAX_MEMORY_SIZE`, does not count files: Django writes uploaded files to disk even if the
form has no file field.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from home.http.security_headers import is_admin_path


class BodySizeMiddleware:
    """Returns 413 before the body is read. It must stand after the middleware that sets `request.user`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if _content_length(request) > settings.PUBLIC_MAX_BODY_SIZE and not request.user.is_authenticated:
            # In the admin, this happens to users whose session has ended: they have to sign in again.
            return render(request, "413.html", {"is_in_admin": is_admin_path(request.path)}, status=413)
        return self.get_response(request)


def _content_length(request: HttpRequest) -> int:
    """Return the length in bytes that the client declares. Without a declared length, Django reads no body."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
