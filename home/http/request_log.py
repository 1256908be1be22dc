"""Middleware that sets an id for each request, and logs each request as one line with `LOG_FORMAT=json`."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from wagtail.url_routing import RouteResult

from config.json_log import Fields, log_fields

logger = logging.getLogger(__name__)

RESPONSE_HEADER = "X-Request-ID"
# The form of an id from a proxy: it must contain no character with a meaning in a log or a header.
VALID_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


class RequestLogMiddleware:
    """Sets `X-Request-ID` on the response, so that the lines of a request can be found. It must be the first middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request_id = _id_of(request)

        def fields() -> Fields:
            return {"request_id": request_id, "method": request.method, "route": route_of(request)}

        with log_fields(fields):
            begun = time.monotonic()
            response = self.get_response(request)
            duration = round((time.monotonic() - begun) * 1000)
            response[RESPONSE_HEADER] = request_id
            logger.info("Request", extra={"status": response.status_code, "duration_ms": duration})
        return response


def _id_of(request: HttpRequest) -> str:
    """Return the id in the header `REQUEST_ID_HEADER` of the proxy, or a new id if there is no valid one."""
    given = request.headers.get(settings.REQUEST_ID_HEADER, "") if settings.REQUEST_ID_HEADER else ""
    return given if VALID_ID.fullmatch(given) else uuid4().hex


def route_of(request: HttpRequest) -> str:
    """Return the name of the URL pattern, which contains no values of the address; for a page, its type.

    Empty if the address was not resolved, as for responses from the page cache and for static files.
    """
    match = request.resolver_match
    if match is None:
        return ""
    page: RouteResult | None = getattr(request, "_wagtail_route_for_request", None)
    if page is not None:
        return str(page.page._meta.label)
    return match.view_name or ""
