"""How one mail goes to the server, and what its refusals mean."""

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

# "Authentication required" is said of an address and means the site's own account at the server.
NOT_OF_THE_ADDRESS = {530}


@dataclass(frozen=True)
class Problem:
    """Why a mail did not leave. `text` names a class and a code, and never an address."""

    text: str
    # The address does not exist or refuses for good: another try would be refused as well.
    is_final: bool = False
    # The server went silent after it had the whole mail.
    may_have_left: bool = False
    # The server's, not the mail's: others would fail as well.
    is_of_server: bool = False
    # There is no connection at all.
    is_of_connection: bool = False


class MailServer:
    """The mail server of the settings, with one connection for a run of mails. Opened at the first mail."""

    def __init__(self) -> None:
        self._backend: BaseEmailBackend | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hang_up()

    def send(self, mail: OutboxMail) -> Problem | None:
        """Hand a mail over. Returns what went wrong; raises nothing."""
        try:
            message = render(mail)
        except Exception as error:  # whatever is wrong with one mail must not keep back the others
            # Where it went wrong, without the message of the error, which may quote what people wrote.
            place = "".join(traceback.format_tb(error.__traceback__))
            logger.error("Mail %s (%s) cannot be written: %s\n%s", mail.key, mail.kind, type(error).__name__, place)
            return Problem(type(error).__name__)
        try:
            backend = self._open()
        except (OSError, smtplib.SMTPException) as error:
            return Problem(_text(error), is_of_server=True, is_of_connection=True)
        try:
            backend.send_messages([message])
        except smtplib.SMTPRecipientsRefused as error:
            self._hang_up()
            code = next((code for code, _reply in error.recipients.values()), 0)
            is_final = 500 <= code < 600 and code not in NOT_OF_THE_ADDRESS
            return Problem(f"SMTPRecipientsRefused {code}", is_final=is_final)
        except Exception as error:
            self._hang_up()
            return Problem(_text(error), may_have_left=isinstance(error, UncertainDeliveryError), is_of_server=True)
        return None

    def _open(self) -> BaseEmailBackend:
        if self._backend is None:
            backend = get_connection()
            backend.open()
            self._backend = backend
        return self._backend

    def _hang_up(self) -> None:
        backend, self._backend = self._backend, None
        if backend is None:
            return
        try:
            backend.close()
        except (OSError, smtplib.SMTPException):
            logger.info("The mail server did not say goodbye.")


def _text(error: BaseException) -> str:
    code = getattr(error, "smtp_code", None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__
