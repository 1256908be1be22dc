"""Django's SMTP backend, which also tells whether a mail may have arrived although sending it failed."""

from __future__ import annotations

import smtplib

from django.core.mail.backends import smtp

END_OF_MAIL = b"\r\n.\r\n"


class UncertainDeliveryError(OSError):
    """The connection ended after the server was given the whole mail and before it said whether it took it."""


class _Watched:
    """Mixed into the classes of smtplib."""

    _is_handed_over = False

    def send(self, s):
        super().send(s)
        self._is_handed_over = isinstance(s, bytes) and s.endswith(END_OF_MAIL)

    def data(self, msg):
        try:
            return super().data(msg)
        except OSError as error:  # among them timeouts and what smtplib itself raises
            if self._is_handed_over:
                raise UncertainDeliveryError(type(error).__name__) from error
            raise


class WatchedSMTP(_Watched, smtplib.SMTP):
    pass


class WatchedSMTPOverTLS(_Watched, smtplib.SMTP_SSL):
    pass


class EmailBackend(smtp.EmailBackend):
    @property
    def connection_class(self):
        return WatchedSMTPOverTLS if self.use_ssl else WatchedSMTP
