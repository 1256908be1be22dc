"""Masks personal data in gunicorn's logs: a worker that fails logs the requested address."""

import logging

from gunicorn import glogging

from config.masking import MaskingFormatter


class Logger(glogging.Logger):
    def setup(self, cfg: object) -> None:
        super().setup(cfg)
        for handler in [*self.error_log.handlers, *self.access_log.handlers]:
            usual = handler.formatter or logging.Formatter()
            handler.setFormatter(MaskingFormatter(usual._fmt, usual.datefmt))
