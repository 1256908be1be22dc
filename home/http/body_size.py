"""Refuses large request bodies of visitors who are not signed in. No form for them needs one.

Django's own limit, `DATA_UPLOAD_MAX_MEMORY_SIZE`, does not count files: it writes them to disk, also for a form without
a file field.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from home.http.security_headers import is_admin_path


class BodySizeMiddleware:
    """Answers 413 before the body is read. It must stand after the middleware that sets `request.user`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if _content_length(request) > settings.PUBLIC_MAX_BODY_SIZE and not request.user.is_authenticated:
            # Somebody whose session has ended while they uploaded a file has to sign in again.
            return render(request, "413.html", {"is_in_admin": is_admin_path(request.path)}, status=413)
        return self.get_response(request)


def _content_length(request: HttpRequest) -> int:
    """Return the length that the client declares. Without one, Django reads no body."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
