"""Counts the responses of each route for `/metrics`: in the memory of each process, with totals in the database.

Every `SECONDS` seconds, a thread adds the counts of the process to the totals, so no request waits for the database. If a
process is killed, its last few counts are lost.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from home.http.request_log import route_of
from home.models import RequestTotal

logger = logging.getLogger(__name__)

# Seconds after which a process adds its counts to the totals.
SECONDS = 10
LONGEST_ROUTE = 120
# Names for requests for which no view was called.
STATIC, KEPT, REFUSED = "static file", "page cache", "refused"

# The route, and the class of the status code.
Kind = tuple[str, str]
_counted: Counter[Kind] = Counter()
_lock = threading.Lock()


class RequestTotalsMiddleware:
    """Counts requests if `METRICS_TOKEN` is set."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.next_report = time.monotonic() + SECONDS

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if settings.METRICS_TOKEN:
            count(request, response)
            if time.monotonic() >= self.next_report:
                self.next_report = time.monotonic() + SECONDS
                threading.Thread(target=_report, name="request-totals", daemon=True).start()
        return response


def count(request: HttpRequest, response: HttpResponseBase) -> None:
    kind = (_route(request, response)[:LONGEST_ROUTE], f"{response.status_code // 100}xx")
    with _lock:
        _counted[kind] += 1


def _route(request: HttpRequest, response: HttpResponseBase) -> str:
    """Return a name that contains no part of the address, so that the number of names is limited."""
    if route := route_of(request):
        return route
    if request.path_info.startswith(settings.STATIC_URL):
        return STATIC
    return KEPT if response.status_code < 400 else REFUSED


def save_counts() -> None:
    """Add the counts of this process to the totals. If that fails, they are kept for the next time."""
    with _lock:
        counted = dict(_counted)
        _counted.clear()
    if not counted:
        return
    try:
        with transaction.atomic():
            # Always in the same order, so that processes cannot deadlock.
            for (route, status), number in sorted(counted.items()):
                RequestTotal.objects.get_or_create(route=route, status=status)
                RequestTotal.objects.filter(route=route, status=status).update(number=F("number") + number)
    except DatabaseError:
        with _lock:
            _counted.update(counted)
        raise


def _report() -> None:
    try:
        save_counts()
    except DatabaseError as error:
        logger.warning("requests were counted, but not added to the totals (%s)", type(error).__name__)
    finally:
        connection.close()


def totals() -> dict[Kind, int]:
    """Return the number of requests by (route, class of status). Runs one query."""
    rows = RequestTotal.objects.order_by("route", "status").values_list("route", "status", "number")
    return {(route, status): number for route, status, number in rows}
