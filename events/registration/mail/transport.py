"""Sends one email to the mail server, and classifies its errors."""

from __future__ import annotations

import logging
import smtplib
import traceback
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import sanitize_address

from events.models import OutboxMail
from events.registration.mail.relevance import recipient_of
from events.registration.mail.rendering import render
from home.email_addresses import InvalidAddressError, is_deliverable
from home.smtp import UncertainDeliveryError

logger = logging.getLogger(__name__)

# Code 530 ("Authentication required") is reported for an address, but the problem is the site's account at the server.
NOT_ABOUT_THE_ADDRESS = {530}
# Code 552 ("Message size exceeds limit") is the only answer to the sender that concerns one email (RFC 1870).
TOO_LARGE = 552


@dataclass(frozen=True)
class DeliveryProblem:
    """Why an email was not sent. `text` is an exception class and a code, never an address."""

    text: str
    # The address does not exist or is refused permanently, so another attempt would fail too.
    is_final: bool = False
    # The server stopped responding after it had received the whole email.
    may_have_been_sent: bool = False
    # The server failed, independently of this email. Other emails would fail as well.
    is_server_problem: bool = False
    # There is no connection to the server.
    is_connection_problem: bool = False
    # This email cannot be built. Every attempt fails in the same way until the cause is removed.
    is_faulty: bool = False


class MailServer:
    """The configured mail server. One connection is opened for the first email and used for all."""

    def __init__(self) -> None:
        self._backend: BaseEmailBackend | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def send(self, mail: OutboxMail) -> DeliveryProblem | None:
        """Send an email. Returns the problem, or None if it was sent. Raises no exception."""
        try:
            if not is_deliverable(recipient_of(mail)):
                raise InvalidAddressError
            message = render(mail)
            _build(message)
        except Exception as error:  # one email that cannot be built must not stop the others
            return faulty(mail, error)
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
                _text(error),
                may_have_been_sent=isinstance(error, UncertainDeliveryError),
                is_server_problem=_is_about_the_server(error),
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


def faulty(mail: OutboxMail, error: Exception) -> DeliveryProblem:
    """Log that an email cannot be built, and return the problem.

    If the address is impossible, the problem is final.
    """
    # The message of the exception is not logged, because it may quote personal data.
    place = "".join(traceback.format_tb(error.__traceback__))
    logger.error("Email %s (%s) cannot be built: %s\n%s", mail.key, mail.kind, type(error).__name__, place)
    return DeliveryProblem(type(error).__name__, is_final=isinstance(error, InvalidAddressError), is_faulty=True)


def _build(message: EmailMessage) -> None:
    """Build the email, so that its exceptions are not taken for failures of the server."""
    sanitize_address(message.from_email, settings.DEFAULT_CHARSET)
    message.message().as_bytes()


def _is_about_the_server(error: Exception) -> bool:
    """Return whether other emails would fail as well.

    A server that permanently refuses the content of one email (5xx) works. Exceptions that come neither from the
    network nor from the server concern only this email, too.
    """
    match error:
        case smtplib.SMTPDataError():
            return not 500 <= error.smtp_code < 600
        case smtplib.SMTPSenderRefused():
            return error.smtp_code != TOO_LARGE
        case smtplib.SMTPNotSupportedError():
            return False
    return isinstance(error, OSError)  # smtplib's errors included


def _text(error: BaseException) -> str:
    code = getattr(error, "smtp_code", None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__
