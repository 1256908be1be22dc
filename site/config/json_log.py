"""Formats log lines as JSON objects (`LOG_FORMAT=json`), with data about the current request, task or job.

Only the fields in `FIELDS` are written. Others are left out, because Django adds the request itself to records, and its path
may be a personal link (docs/decisions/0135).
"""

from __future__ import annotations

import datetime
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar, Token

from config.masking import mask

Fields = Mapping[str, object]
FIELDS = ("request_id", "method", "route", "status", "duration_ms", "task", "task_id", "job", "count", "sql")
_context: ContextVar[Callable[[], Fields]] = ContextVar("log-context", default=dict)


def current_fields() -> Fields:
    """Return the fields of the request, task or job that runs in this thread; an empty dictionary outside of them."""
    return _context.get()()


@contextmanager
def log_fields(fields: Callable[[], Fields]) -> Iterator[None]:
    """Add the result of `fields()` to every line that is logged in this block. It is called for each line."""
    token = begin(fields)
    try:
        yield
    finally:
        end(token)


def begin(fields: Callable[[], Fields]) -> Token[Callable[[], Fields]]:
    """Start what `log_fields` does. Call `end` with the returned token in the same thread."""
    return _context.set(fields)


def end(token: Token[Callable[[], Fields]]) -> None:
    _context.reset(token)


class JsonFormatter(logging.Formatter):
    """Formats a record as a JSON object in one line and masks personal data. It has no format argument."""

    def __init__(self) -> None:
        super().__init__()

    def format(self, record: logging.LogRecord) -> str:
        context = current_fields()
        found: dict[str, object] = {
            "time": datetime.datetime.fromtimestamp(record.created, datetime.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": mask(_without_path(record, context)),
        }
        for name in FIELDS:
            value = getattr(record, name, context.get(name))
            if value not in (None, ""):
                found[name] = mask(value) if isinstance(value, str) else value
        if record.exc_info:
            found["traceback"] = mask(self.formatException(record.exc_info))
        return json.dumps(found, ensure_ascii=False, default=str)


def _without_path(record: logging.LogRecord, context: Fields) -> str:
    """Return the message with the route instead of the path, which Django's loggers put into the message."""
    text = record.getMessage()
    path = getattr(getattr(record, "request", None), "path", "")
    if not path or path == "/":
        return text
    route = f"[{context.get('route') or 'no route'}]"
    # Django escapes line breaks and characters outside ASCII in the path.
    return text.replace(path, route).replace(path.encode("unicode_escape").decode("ascii"), route)
