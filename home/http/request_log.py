"""Middleware that gives each request an id, and writes a line for each request into a structured log (`LOG_FORMAT=json`)."""

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
# What a proxy may give as an id: nothing that a log or a header could take for something else.
VALID_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


class RequestLogMiddleware:
    """Sets `X-Request-ID` on the response, so that a line of the log is found again. It must be the first middleware."""

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
    """Return the id that the proxy gave the request, if `REQUEST_ID_HEADER` names its header, else a new one."""
    given = request.headers.get(settings.REQUEST_ID_HEADER, "") if settings.REQUEST_ID_HEADER else ""
    return given if VALID_ID.fullmatch(given) else uuid4().hex


def route_of(request: HttpRequest) -> str:
    """Return the name of the route, which has no values of the address in it; for a page, its type.

    Empty before the address is resolved: such as for responses from the page cache, and for static files.
    """
    match = request.resolver_match
    if match is None:
        return ""
    page: RouteResult | None = getattr(request, "_wagtail_route_for_request", None)
    if page is not None:
        return str(page.page._meta.label)
    return match.view_name or ""
