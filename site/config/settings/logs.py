"""Logs without personal data (`config/masking.py`, `config/json_log.py`), and numbers for Prometheus."""

from typing import Any

from config import environment

# "text": lines for people; "json": one JSON object a line, including a line for each request, task and job.
LOG_FORMAT = environment.choice("LOG_FORMAT", ("text", "json"))
# The request header with the id that the proxy in front sets. It must overwrite the header. Empty: the site makes ids.
REQUEST_ID_HEADER = environment.text("REQUEST_ID_HEADER")
# Queries that take at least this many milliseconds are logged; 0 logs none.
SLOW_QUERY_MS = environment.number("SLOW_QUERY_MS", 0)
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "config.masking.MaskingFormatter", "format": "{levelname} {name}: {message}", "style": "{"},
        "request": {"()": "config.masking.MaskingFormatter", "format": "[{asctime}] {message}", "style": "{"},
        "json": {"()": "config.json_log.JsonFormatter"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "json" if LOG_FORMAT == "json" else "line"},
        "requests": {"class": "logging.StreamHandler", "formatter": "request"},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        # Django's default handlers would send whole requests, with all form data, to ADMINS by email.
        "django": {"handlers": [], "level": "INFO"},
        "django.server": {"handlers": ["requests"], "level": "INFO", "propagate": False},
        # A line for each request, task and job. It is only useful in a structured log.
        "home.http.request_log": {"level": "INFO" if LOG_FORMAT == "json" else "WARNING"},
        "home.tasks.log": {"level": "INFO" if LOG_FORMAT == "json" else "WARNING"},
    },
}

# The token that Prometheus sends to `/metrics` (`home/metrics.py`). Without a token, the address does not exist.
METRICS_TOKEN = environment.long_text("METRICS_TOKEN", 20)
