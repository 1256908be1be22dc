"""Logs queries that take longer than `SLOW_QUERY_MS` milliseconds, without parameters, which may be personal data."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

from config.json_log import current_fields

logger = logging.getLogger(__name__)

# The number of characters of a statement that are logged: enough for the names of tables and conditions.
LONGEST = 1000


def log_slow_queries(connection: BaseDatabaseWrapper, **kwargs: object) -> None:
    """Install the logging on a new connection. Receives `connection_created`."""
    if settings.SLOW_QUERY_MS and _execute not in connection.execute_wrappers:
        connection.execute_wrappers.append(_execute)


def _execute(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:  # noqa: FBT001  (Django calls it)
    begun = time.monotonic()
    try:
        return execute(sql, params, many, context)
    finally:
        duration = round((time.monotonic() - begun) * 1000)
        if duration >= settings.SLOW_QUERY_MS:
            fields = current_fields()
            where = fields.get("route") or fields.get("task") or fields.get("job") or "no route"
            statement = " ".join(str(sql).split())[:LONGEST]
            logger.warning("Slow query, %d ms in %s: %s", duration, where, statement, extra={"duration_ms": duration})
