"""Middleware of the admin: a request that Wagtail or wagtail-localize cannot read is answered with 400, not with 500.

Some of their views use values of the request without checking them: keys that are not numbers, names of views as the
address to go on to, missing parameters, JSON of another shape than their scripts send. Only errors that the request caused
become 400; others stay faults.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from types import TracebackType

from django.db import DatabaseError, DataError
from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException
from django.http.response import HttpResponseBase
from django.urls import NoReverseMatch, get_resolver
from django.utils.datastructures import MultiValueDictKeyError

from home.http.security_headers import is_admin_path

logger = logging.getLogger(__name__)

# Functions of Wagtail that fail for requests that its own pages do not send, by module and name, with the error. The first
# ones expect a form, a parent page and an address that are missing; the last one exists to fail.
FRAGILE: dict[tuple[str, str], type[Exception]] = {
    ("wagtail.admin.views.generic.chooser", "post"): AttributeError,
    ("wagtail.admin.views.pages.ordering", "set_page_position"): AttributeError,
    ("wagtail.admin.views.pages.move", "move_confirm"): AttributeError,
    ("wagtail.admin.forms.choosers", "is_absolute_path"): AttributeError,
    ("wagtail.admin.views.home", "error_test"): Exception,
}
# Functions of libraries that read JSON of a request and expect the shape that their scripts give it: that of the rich text
# editor, of messages that a user has dismissed, and of passkeys. Every error that they raise is the fault of the request.
READERS: set[tuple[str, str]] = {
    ("wagtail.admin.rich_text.editors.draftail", "value_from_datadict"),
    ("wagtail.admin.views.dismissibles", "patch"),
    ("allauth.mfa.webauthn.forms", "clean"),
    ("allauth.mfa.webauthn.forms", "clean_credential"),
}
# Characters in JSON that no database stores: the zero byte, and halves of a surrogate pair.
NOT_STORED = re.compile(r"\\u(0000|d[89a-f])", re.IGNORECASE)
# Digits of the largest key of a table.
KEY_DIGITS = 18


class MalformedRequestMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not is_admin_path(request.path) or not is_caused_by(request, exception):
            return None
        module, name = _origin(exception)
        logger.warning("Malformed request to %s: %s in %s.%s", request.path, type(exception).__name__, module, name)
        handler: Callable[..., HttpResponse] = get_resolver().resolve_error_handler(400)
        return handler(request, exception)


def is_caused_by(request: HttpRequest, exception: Exception) -> bool:
    """Return whether the error comes from a value of the request, or from one that is missing."""
    expected = FRAGILE.get(_origin(exception))
    if isinstance(exception, MultiValueDictKeyError) or (expected and isinstance(exception, expected)):
        return True
    if _comes_from_reading(exception):
        return True
    values = [value for value in _values(request) if value]
    if isinstance(exception, DataError | UnicodeEncodeError) and any(NOT_STORED.search(value) for value in values):
        return True
    if isinstance(exception, OverflowError | DataError):
        return any(len(value) > KEY_DIGITS and value.lstrip("-").isdecimal() for value in values)
    if isinstance(exception, ValueError) and any("\0" in value for value in values):
        return True
    # Their messages quote what cannot be read: "Field 'id' expected a number but got 'x'."
    text = str(exception)
    return isinstance(exception, ValueError | NoReverseMatch) and any(repr(value) in text for value in values)


def _comes_from_reading(exception: Exception) -> bool:
    """Return whether a function that reads JSON of the request failed, and not the database."""
    if isinstance(exception, RecursionError) and _origin(exception)[0] == "json.decoder":
        return True
    is_of_database = isinstance(exception, DatabaseError) and not isinstance(exception, DataError)
    return not is_of_database and any(_name_of(trace) in READERS for trace in _traces(exception))


def _values(request: HttpRequest) -> Iterator[str]:
    if request.content_type == "application/json":
        try:
            yield request.body.decode(errors="replace")
        except RawPostDataException:
            # Read as a stream, so that nothing of it is left.
            return
    for data in (request.GET, request.POST):
        for name in data:
            yield from data.getlist(name)
    if request.resolver_match:
        yield from map(str, request.resolver_match.kwargs.values())
        yield from map(str, request.resolver_match.args)


def _origin(exception: Exception) -> tuple[str, str]:
    """Return module and name of the function that raised the exception."""
    names = [_name_of(trace) for trace in _traces(exception)]
    return names[-1] if names else ("", "")


def _traces(exception: Exception) -> Iterator[TracebackType]:
    trace = exception.__traceback__
    while trace is not None:
        yield trace
        trace = trace.tb_next


def _name_of(trace: TracebackType) -> tuple[str, str]:
    return str(trace.tb_frame.f_globals.get("__name__", "")), trace.tb_frame.f_code.co_name
