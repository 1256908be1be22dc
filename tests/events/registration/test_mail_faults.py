"""Delivery with real servers (down, slow, refusing, silent) and real processes (killed, concurrent)."""

import contextlib
import os
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from django.db import connection
from django.utils import timezone

from events.enums import MailKind, MailStatus
from events.models import OutboxMail, Registration
from events.registration.mail import delivery, queue
from events.registration.mail.delivery import CLAIM_TIME, deliver_due
from home.smtp import EmailBackend, TrackingSMTPOverTLS
from tests.factories import reload
from tests.factories.mail import make_forum, make_registration

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]
TIMEOUT_SECONDS = 60


class Server:
    """A mail server that stores what it accepts. Each of `rules` decides one reply, in order."""

    def __init__(self) -> None:
        self.accepted: list[str] = []
        self.rules: list[str] = []
        self.refused: set[str] = set()
        self.has_mail = threading.Event()

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802  (the library's name)
        if address in self.refused:
            return "550 5.1.1 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        rule = self.rules.pop(0) if self.rules else "accept"
        if rule == "later":
            return "451 4.3.0 try later"
        self.accepted.append(message_from_bytes(envelope.content)["Message-ID"])
        self.has_mail.set()
        if rule == "silent":
            import asyncio

            await asyncio.sleep(TIMEOUT_SECONDS)
        return "250 OK"


@contextlib.contextmanager
def serving(handler: Server) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield port
    finally:
        controller.stop(no_assert=True)


@pytest.fixture
def server(settings) -> Iterator[Server]:
    handler = Server()
    with serving(handler) as port:
        settings.EMAIL_BACKEND = "home.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 1
        yield handler


@pytest.fixture
def event(home_page):
    return make_forum(home_page).event


def queue_mail(event, count: int = 1) -> list[OutboxMail]:
    return [queue.enqueue(event, MailKind.CONFIRMED, make_registration(event)) for _number in range(count)]


def ids(mails: list[OutboxMail]) -> list[str]:
    return sorted(f"<{mail.key}@localhost>" for mail in mails)


def make_due() -> None:
    OutboxMail.objects.filter(status=MailStatus.QUEUED).update(next_try_at=timezone.now())


def test_a_working_server_accepts_every_email(event, server):
    mails = queue_mail(event, 3)
    assert deliver_due() == 3
    assert sorted(server.accepted) == ids(mails)


def test_delivery_succeeds_after_the_server_was_down(event, settings):
    mail = queue_mail(event)[0]
    handler = Server()
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "home.smtp.EmailBackend", "127.0.0.1"
    with socket.socket() as bound_socket:
        bound_socket.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = bound_socket.getsockname()[1]
        assert deliver_due() == 0
    assert (reload(mail).status, reload(mail).problem) == (MailStatus.QUEUED, "ConnectionRefusedError")
    assert Registration.objects.get().status == "confirmed"
    make_due()
    with serving(handler) as settings.EMAIL_PORT:
        assert deliver_due() == 1
    assert handler.accepted == ids([mail])


def test_a_refused_address_does_not_stop_other_emails(event, server):
    mails = queue_mail(event, 3)
    server.refused = {mails[1].registration.email}
    assert deliver_due() == 2
    assert [reload(mail).status for mail in mails] == [MailStatus.SENT, MailStatus.FAILED, MailStatus.SENT]
    assert reload(mails[1]).problem == "SMTPRecipientsRefused 550"


def test_a_temporary_error_is_retried(event, server):
    mail = queue_mail(event)[0]
    server.rules = ["later"]
    assert deliver_due() == 0
    assert reload(mail).problem == "SMTPDataError 451"
    assert delivery.MAYBE_SENT not in reload(mail).payload
    make_due()
    assert deliver_due() == 1


def test_an_accepted_email_without_a_reply_is_sent_once_more(event, server):
    mail = queue_mail(event)[0]
    server.rules = ["silent"]
    assert deliver_due() == 0
    assert (reload(mail).status, reload(mail).problem) == (MailStatus.QUEUED, "UncertainDeliveryError")
    make_due()
    assert deliver_due() == 1
    # One duplicate with the same Message-ID.
    assert server.accepted == ids([mail]) * 2


def test_a_connection_closed_before_the_data_is_retried(event, settings):
    mail = queue_mail(event)[0]
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = "home.smtp.EmailBackend", "127.0.0.1", 1
    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings.EMAIL_PORT = listener.getsockname()[1]
        threading.Thread(target=close_at_data, args=[listener], daemon=True).start()
        assert deliver_due() == 0
    # The email cannot have been delivered, so the usual retries apply.
    assert reload(mail).problem == "SMTPServerDisconnected"
    assert delivery.MAYBE_SENT not in reload(mail).payload


def close_at_data(listener: socket.socket) -> None:
    peer, _address = listener.accept()
    with peer, peer.makefile("rwb", buffering=0) as lines:
        lines.write(b"220 hello\r\n")
        for line in lines:
            if line.upper().startswith(b"DATA"):
                return
            lines.write(b"250 fine\r\n")


def test_tls_connections_use_the_tracking_class():
    assert EmailBackend(use_ssl=True).connection_class is TrackingSMTPOverTLS
    assert ssl.create_default_context().check_hostname


# Processes


@pytest.fixture
def copy_database(event, tmp_path) -> Iterator[Path]:
    """Return a function that copies the test's database into a file, which other processes can open."""
    if connection.vendor != "sqlite":
        pytest.skip("copies the SQLite database of the test")

    def copy() -> Path:
        file = tmp_path / "site.sqlite3"
        # Through the test's own connection, which alone sees what its transaction has written.
        file.write_bytes(connection.connection.serialize())
        return file

    return copy


def start_sender(database: Path, port: int) -> subprocess.Popen:
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{database}",
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'site'}",
    }
    command = [sys.executable, "-m", "tests.events.registration.delivery_process", str(port)]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


def statuses(database: Path) -> list[tuple[str, int]]:
    with contextlib.closing(sqlite3.connect(database)) as found:
        return found.execute("SELECT status, attempts FROM events_outboxmail ORDER BY id").fetchall()


@pytest.mark.slow
def test_a_sender_killed_between_sending_and_saving(event, copy_database):
    mail, handler = queue_mail(event)[0], Server()
    handler.rules = ["silent"]
    database = copy_database()
    with serving(handler) as port:
        sender = start_sender(database, port)
        assert handler.has_mail.wait(TIMEOUT_SECONDS)
        sender.send_signal(signal.SIGKILL)
        sender.communicate()
        assert sender.returncode == -signal.SIGKILL
        assert statuses(database) == [("sending", 1)]
        # An email is not taken from a sender that may still be running.
        second = start_sender(database, port)
        assert second.communicate(timeout=TIMEOUT_SECONDS)[0] == "0\n"
        with contextlib.closing(sqlite3.connect(database)) as found, found:
            long_ago = timezone.now() - CLAIM_TIME * 2
            found.execute("UPDATE events_outboxmail SET claimed_at = ?", [f"{long_ago:%Y-%m-%d %H:%M:%S.%f}"])
        third = start_sender(database, port)
        assert third.communicate(timeout=TIMEOUT_SECONDS)[0] == "1\n"
    assert statuses(database) == [("sent", 2)]
    assert handler.accepted == ids([mail]) * 2


@pytest.mark.slow
def test_two_concurrent_senders_send_each_email_once(event, copy_database):
    mails, handler = queue_mail(event, 30), Server()
    database = copy_database()
    with serving(handler) as port:
        senders = [start_sender(database, port) for _number in range(2)]
        counts = [int(sender.communicate(timeout=2 * TIMEOUT_SECONDS)[0]) for sender in senders]
    assert sum(counts) == 30
    assert sorted(handler.accepted) == ids(mails)
    assert set(statuses(database)) == {("sent", 1)}
