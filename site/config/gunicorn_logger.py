"""Masks personal data in gunicorn's logs: a worker that fails logs the path of the request, which may be a personal link."""

import logging

from gunicorn import glogging

from config import environment
from config.json_log import JsonFormatter
from config.masking import MaskingFormatter


class Logger(glogging.Logger):
    """gunicorn's logger, with masking formatters in place of its own."""

    def setup(self, cfg: object) -> None:
        super().setup(cfg)
        for handler in [*self.error_log.handlers, *self.access_log.handlers]:
            formatter = handler.formatter or logging.Formatter()
            is_json = environment.text("LOG_FORMAT") == "json"
            handler.setFormatter(JsonFormatter() if is_json else MaskingFormatter(formatter._fmt, formatter.datefmt))
