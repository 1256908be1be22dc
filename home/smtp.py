"""Django's SMTP backend with a separate error for failures after which the email may have been delivered."""

from __future__ import annotations

import smtplib

from django.core.mail.backends import smtp

END_OF_MAIL = b"\r\n.\r\n"


class UncertainDeliveryError(OSError):
    """Raised when the connection fails after the whole email was sent, and before the server confirmed or refused it."""


class _TrackingMixin:
    """A mixin for the classes of smtplib that records whether the whole email was sent.

    `data` raises UncertainDeliveryError if the connection fails after that.
    """

    _is_sent = False

    def send(self, s):
        super().send(s)
        self._is_sent = isinstance(s, bytes) and s.endswith(END_OF_MAIL)

    def data(self, msg):
        try:
            return super().data(msg)
        except OSError as error:  # includes timeouts and the errors of smtplib
            if self._is_sent:
                raise UncertainDeliveryError(type(error).__name__) from error
            raise


class TrackingSMTP(_TrackingMixin, smtplib.SMTP):
    pass


class TrackingSMTPOverTLS(_TrackingMixin, smtplib.SMTP_SSL):
    pass


class EmailBackend(smtp.EmailBackend):
    @property
    def connection_class(self):
        return TrackingSMTPOverTLS if self.use_ssl else TrackingSMTP
