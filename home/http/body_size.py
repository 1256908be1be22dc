"""Refuses large request bodies of visitors who are not signed in. No form for them needs one.

Django's own limit, `DATA_UPLOAD_MAX_MEMORY_SIZE`, does not count files: it writes them to disk, also for a form without
a file field.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _


class BodySizeMiddleware:
    """Answers 413 before the body is read. It must stand after the middleware that sets `request.user`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if _content_length(request) > settings.PUBLIC_MAX_BODY_SIZE and not request.user.is_authenticated:
            text = _("You have sent too much data. Shorten your answers and send the form again.")
            return HttpResponse(text, status=413, content_type="text/plain; charset=utf-8")
        return self.get_response(request)


def _content_length(request: HttpRequest) -> int:
    """Return the length that the client declares. Without one, Django reads no body."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
