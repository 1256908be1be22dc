"""Middleware that returns 400 instead of 500 if Wagtail or wagtail-localize cannot read a request to the admin.

Some of their views use values of the request without validation: keys that are not numbers, names of views as the next
address, missing parameters, JSON with an unexpected structure. Only errors that the request caused become 400; other errors
remain server errors.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import DatabaseError, DataError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException
from django.http.response import HttpResponseBase
from django.urls import NoReverseMatch, get_resolver
from django.utils.datastructures import MultiValueDictKeyError

from home.http.security_headers import is_admin_path

logger = logging.getLogger(__name__)

# Functions of Wagtail, by module and name, and the error that they raise for requests that Wagtail's own pages do not send.
# The first ones fail if a form, a parent page or an address is missing; the last one always fails, on purpose.
FRAGILE: dict[tuple[str, str], type[Exception]] = {
    ("wagtail.admin.views.generic.chooser", "post"): AttributeError,
    ("wagtail.admin.views.pages.ordering", "set_page_position"): AttributeError,
    ("wagtail.admin.views.pages.move", "move_confirm"): AttributeError,
    ("wagtail.admin.forms.choosers", "is_absolute_path"): AttributeError,
    ("wagtail.admin.views.home", "error_test"): Exception,
}
# Functions of libraries that read JSON of the request and expect a certain structure: for the rich text editor, for
# dismissed messages and for passkeys. Every error that they raise counts as caused by the request.
READERS: set[tuple[str, str]] = {
    ("wagtail.admin.rich_text.editors.draftail", "value_from_datadict"),
    ("wagtail.admin.views.dismissibles", "patch"),
    ("allauth.mfa.webauthn.forms", "clean"),
    ("allauth.mfa.webauthn.forms", "clean_credential"),
}
# The function that reads the keys of the rows in a form with rows. It raises ValidationError for a key that is no number.
ROW_READER = ("modelcluster.forms", "_construct_form")
# The functions that get a row by its key, and the address or the name of the view to redirect to.
GETTER, REDIRECTION = ("django.db.models.query", "get"), ("django.shortcuts", "resolve_url")
# Escapes in JSON that no database can store: the zero byte, and unpaired surrogates.
NOT_STORED = re.compile(r"\\u(0000|d[89a-f])", re.IGNORECASE)
# Days that have no moment of begin or end in some time zones.
OUTERMOST_DAYS = re.compile(r"0001-01-01|9999-12-31")
# What SQLite says of a search for more than 50,000 bytes.
TOO_LONG = "LIKE or GLOB pattern too complex"
# What Django says of an empty value in place of a number.
NO_NUMBER = "expected a number but got ''"
# The number of digits in the largest key of a table.
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
    """Return whether the error was caused by a value of the request, or by a missing value."""
    expected = FRAGILE.get(_origin(exception))
    if isinstance(exception, MultiValueDictKeyError) or (expected and isinstance(exception, expected)):
        return True
    if _comes_from_reading(exception) or (isinstance(exception, OperationalError) and TOO_LONG in str(exception)):
        return True
    if isinstance(exception, ValidationError) and any(_name_of(trace) == ROW_READER for trace in _traces(exception)):
        return True
    values = list(_values(request))
    if isinstance(exception, DataError | UnicodeEncodeError) and any(NOT_STORED.search(value) for value in values):
        return True
    if isinstance(exception, OverflowError | DataError):
        return any(
            OUTERMOST_DAYS.match(value) or (len(value) > KEY_DIGITS and value.lstrip("-").isdecimal())
            for value in values
        )
    if isinstance(exception, ValueError) and any("\0" in value for value in values):
        return True
    if isinstance(exception, ObjectDoesNotExist):
        keys = [key for found in _variables_in(exception, GETTER, "kwargs") for key in found.values()]
        return any(str(key) in values for key in keys)
    if isinstance(exception, NoReverseMatch) and any(
        address in values for address in _variables_in(exception, REDIRECTION, "to")
    ):
        return True
    # The messages of these errors quote the value, such as "Field 'id' expected a number but got 'x'."
    text = str(exception)
    return isinstance(exception, ValueError | NoReverseMatch) and any(
        (repr(value) if value else NO_NUMBER) in text for value in values
    )


def _comes_from_reading(exception: Exception) -> bool:
    """Return whether a function that reads JSON of the request raised the error, and the database did not."""
    if isinstance(exception, RecursionError) and _origin(exception)[0] == "json.decoder":
        return True
    is_of_database = isinstance(exception, DatabaseError) and not isinstance(exception, DataError)
    return not is_of_database and any(_name_of(trace) in READERS for trace in _traces(exception))


def _values(request: HttpRequest) -> Iterator[str]:
    if request.content_type == "application/json":
        try:
            yield request.body.decode(errors="replace")
        except RawPostDataException:
            # The body was read as a stream, so it cannot be read again.
            return
    for data in (request.GET, request.POST):
        for name in data:
            yield from data.getlist(name)
    if request.resolver_match:
        yield from map(str, request.resolver_match.kwargs.values())
        yield from map(str, request.resolver_match.args)


def _origin(exception: Exception) -> tuple[str, str]:
    """Return (module, name) of the function that raised the exception."""
    names = [_name_of(trace) for trace in _traces(exception)]
    return names[-1] if names else ("", "")


def _traces(exception: Exception) -> Iterator[TracebackType]:
    trace = exception.__traceback__
    while trace is not None:
        yield trace
        trace = trace.tb_next


def _variables_in(exception: Exception, function: tuple[str, str], name: str) -> Iterator[Any]:
    """Return the values of a variable of this function, for each time that the exception went through it."""
    for trace in _traces(exception):
        if _name_of(trace) == function:
            yield trace.tb_frame.f_locals[name]


def _name_of(trace: TracebackType) -> tuple[str, str]:
    return str(trace.tb_frame.f_globals.get("__name__", "")), trace.tb_frame.f_code.co_name
