"""Sends one email to the mail server, and classifies its errors."""

from __future__ import annotations

import logging
import smtplib
import traceback
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend

from events.models import OutboxMail
from events.registration.mail.rendering import render
from home.smtp import UncertainDeliveryError

logger = logging.getLogger(__name__)

# "Authentication required" (530) is reported for an address but is about the site's own account at the server.
NOT_ABOUT_THE_ADDRESS = {530}


@dataclass(frozen=True)
class DeliveryProblem:
    """Why an email was not sent. `text` is an exception class and a code, never an address."""

    text: str
    # The address does not exist or is refused permanently: no other attempt would succeed.
    is_final: bool = False
    # The server stopped responding after it had received the whole email.
    may_have_been_sent: bool = False
    # The server failed, not this email: others would fail as well.
    is_server_problem: bool = False
    # There is no connection to the server.
    is_connection_problem: bool = False


class MailServer:
    """The configured mail server, with one connection for several emails, opened for the first one."""

    def __init__(self) -> None:
        self._backend: BaseEmailBackend | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def send(self, mail: OutboxMail) -> DeliveryProblem | None:
        """Send an email. Returns what went wrong, or None. Raises nothing."""
        try:
            message = render(mail)
        except Exception as error:  # one email that cannot be rendered must not stop the others
            # Without the message of the error, which may quote personal data.
            place = "".join(traceback.format_tb(error.__traceback__))
            logger.error("Email %s (%s) cannot be rendered: %s\n%s", mail.key, mail.kind, type(error).__name__, place)
            return DeliveryProblem(type(error).__name__)
        try:
            backend = self._open()
        except (OSError, smtplib.SMTPException) as error:
            return DeliveryProblem(_text(error), is_server_problem=True, is_connection_problem=True)
        try:
            backend.send_messages([message])
        except smtplib.SMTPRecipientsRefused as error:
            self._close()
            code = next((code for code, _reply in error.recipients.values()), 0)
            is_final = 500 <= code < 600 and code not in NOT_ABOUT_THE_ADDRESS
            return DeliveryProblem(f"SMTPRecipientsRefused {code}", is_final=is_final)
        except Exception as error:
            self._close()
            return DeliveryProblem(
                _text(error), may_have_been_sent=isinstance(error, UncertainDeliveryError), is_server_problem=True
            )
        return None

    def _open(self) -> BaseEmailBackend:
        if self._backend is None:
            backend = get_connection()
            backend.open()
            self._backend = backend
        return self._backend

    def _close(self) -> None:
        backend, self._backend = self._backend, None
        if backend is None:
            return
        try:
            backend.close()
        except (OSError, smtplib.SMTPException):
            logger.info("The connection to the mail server was not closed properly.")


def _text(error: BaseException) -> str:
    code = getattr(error, "smtp_code", None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__
