"""Checks of the public address, its certificate, the proxies in front of the site, and the mail server."""

from __future__ import annotations

import datetime
import http.client
import json
import smtplib
import socket
import ssl
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from secrets import token_hex
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.core.mail import get_connection

from home.doctor import probe
from home.doctor.results import Result, error, ok, warning

TIMEOUT = 8
# How many requests go to the public address, each on a new connection: several machines may answer in turn.
QUESTIONS = 4
CLOCK_TOLERANCE = 30
# X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT and X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN of OpenSSL.
SELF_SIGNED = {18, 19}
TRUSTED = (
    "Get one that browsers trust: run deploy/install.sh again with --email (Let's Encrypt), or with --certificate and the "
    "folder of yours."
)
CERTIFICATE_WARNING = datetime.timedelta(days=14)
# The smallest PNG file: proxies may serve only files that look like images.
PIXEL = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")


def fetch(path: str, headers: dict[str, str]) -> tuple[int, bytes]:
    """Return (status, body) of the response to a path at the public address. Raises OSError if there is no response."""
    return ask(f"{settings.PUBLIC_BASE_URL}{path}", headers)


def ask(url: str, headers: dict[str, str]) -> tuple[int, bytes]:
    """Return (status, body) of the response of an address. Raises OSError if there is no response."""
    address = urlsplit(url)
    path = f"{address.path}?{address.query}" if address.query else address.path
    kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    connection = kind(address.netloc, timeout=TIMEOUT)
    try:
        connection.request("GET", path, headers={"Connection": "close", "User-Agent": "doctor", **headers})
        response = connection.getresponse()
        return response.status, response.read(1_000_000)
    except http.client.HTTPException as failure:
        raise OSError(type(failure).__name__) from failure
    finally:
        connection.close()


def public_address() -> Iterator[Result]:
    """Send signed requests to the site through its public address, and compare the responses with this process."""
    answers = []
    with _traces() as (file, entry):
        for _number in range(QUESTIONS):
            headers = {probe.HEADER: probe.probe_request(file, entry), "X-Forwarded-For": probe.MARKER}
            try:
                status, body = fetch("/readyz", headers)
            except OSError as failure:
                yield error(
                    f"{settings.PUBLIC_BASE_URL} cannot be reached from this machine ({_reason(failure)}).",
                    "Check the name (DNS), the firewall, the certificate and whether the proxy and the site run. If only "
                    "this machine cannot reach it, enter the name in /etc/hosts.",
                )
                return
            found = _parse(body)
            if found is None:
                yield _no_answer(status)
                return
            answers.append(found)
    yield from {result: None for found in answers for result in _compare(found)}


@contextmanager
def _traces() -> Iterator[tuple[str, str]]:
    """Create a private file and a cache entry, yield their names, and delete them. The site must be able to find both."""
    entry = f"doctor-{token_hex(8)}"
    cache.set(entry, "1", 60)
    try:
        file = storages["private"].save(f"doctor-{token_hex(8)}.txt", ContentFile(b"1"))
    except Exception:  # each storage has its own; the check of the storages reports it
        yield "", entry
        return
    try:
        yield file, entry
    finally:
        storages["private"].delete(file)
        cache.delete(entry)


def _parse(body: bytes) -> dict | None:
    try:
        found = json.loads(body)
    except ValueError:
        return None
    return found.get("doctor") if isinstance(found, dict) else None


def _no_answer(status: int) -> Result:
    if status in {301, 302, 307, 308}:
        return error(
            f"The public address answers {status} to /readyz, so it is not BASE_URL.",
            "Set BASE_URL to the address that visitors see at the end, or make the proxy pass /readyz on.",
        )
    return error(
        f"{settings.PUBLIC_BASE_URL}/readyz answers {status}, and not as this site does.",
        "Another program or another site answers, or the running site has another SECRET_KEY than this command: restart it "
        "with the same environment, and see which process the proxy leads to.",
    )


def _compare(found: dict) -> Iterator[Result]:
    if found["scheme"] != "https" and settings.PUBLIC_BASE_URL.startswith("https:"):
        yield error(
            "The site does not learn that visitors use TLS: it redirects them in a circle.",
            "Make the proxy send X-Forwarded-Proto: in nginx, proxy_set_header X-Forwarded-Proto $scheme;",
        )
    if found["proxies"] != settings.PROXY_COUNT:
        yield error(
            f"Proxies that add the address that they see: {found['proxies']}. PROXY_COUNT is {settings.PROXY_COUNT}: "
            "all visitors count as one, or choose the address that counts.",
            f"Set PROXY_COUNT={found['proxies']}. If there are more proxies, make each append to X-Forwarded-For: in nginx, "
            "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
        )
    if abs(found["ahead"]) > CLOCK_TOLERANCE:
        yield error(
            f"The clock of a machine that runs the site differs from this one's by {abs(found['ahead']):.0f} seconds.",
            "Synchronise the clocks of all machines (timedatectl set-ntp true, or chrony).",
        )
    if found["release"] != settings.RELEASE:
        yield error(
            f"The running site is version {found['release']}, but {settings.RELEASE} is installed here.",
            "Restart the site.",
        )
    if found["database"] != probe.database_fingerprint():
        yield error(
            "The running site uses another database than this command.",
            "Run manage.py with the environment of the site, and give all machines the same DATABASE_URL.",
        )
    if not found["has_file"]:
        yield error(
            "A process of the site does not see the private files of this machine: each has files of its own.",
            "Give all machines the same buckets (S3_PRIVATE_BUCKET) or the same DATA_DIR (a network file system), or run "
            "the site on one machine.",
        )
    if not found["has_entry"]:
        yield warning(
            "A process of the site has another cache than this command: changes show late on other machines.",
            "Set REDIS_URL to one server on all machines, or see whether the user of the site may write DATA_DIR/cache.",
        )


def media() -> Iterator[Result]:
    """Fetch a scaled image, which the proxy serves from the media folder."""
    try:
        name = default_storage.save(f"images/doctor-{token_hex(8)}.png", ContentFile(PIXEL))
    except Exception:  # each storage has its own; the check of the storages reports it
        return
    try:
        url = urlsplit(default_storage.url(name))
        if url.netloc:
            yield from _buckets(name)
            return
        status, body = fetch(url.path, {})
        if status != 200 or body != PIXEL:
            yield error(
                f"The proxy answers {status} to an image below {settings.MEDIA_URL}: visitors see no pictures.",
                f"Make the proxy serve {settings.MEDIA_ROOT} below {settings.MEDIA_URL}, and let its user read that folder.",
            )
    except OSError:
        # The check of the public address already reports this failure.
        return
    finally:
        default_storage.delete(name)


def _buckets(name: str) -> Iterator[Result]:
    """Fetch a scaled image from its bucket as a browser does, and check that the private bucket is not public."""
    status, body = ask(default_storage.url(name), {})
    if status != 200 or body != PIXEL:
        yield error(
            f"S3_MEDIA_URL answers {status} to a scaled image: visitors see no pictures.",
            "Let everyone read the bucket S3_MEDIA_BUCKET (a bucket policy with s3:GetObject for all), and set "
            "S3_MEDIA_URL to its public address.",
        )
    private = storages["private"]
    file = private.save(f"doctor-{token_hex(8)}.txt", ContentFile(b"1"))
    try:
        status, _body = ask(private.unsigned_url(file), {})  # type: ignore[attr-defined]  # of ObjectStorage
    finally:
        private.delete(file)
    if status == 200:
        yield error(
            "Everyone can read the bucket S3_PRIVATE_BUCKET, which holds private files.",
            "Remove its bucket policy and block public access to it, at once.",
        )


def certificate() -> Iterator[Result]:
    address = urlsplit(settings.PUBLIC_BASE_URL)
    if address.scheme != "https":
        return
    renew = "Renew it (certbot renew), and reload the proxy. Check that the timer of certbot runs."
    try:
        with (
            socket.create_connection((address.hostname or "", address.port or 443), TIMEOUT) as connection,
            ssl.create_default_context().wrap_socket(connection, server_hostname=address.hostname) as tls,
        ):
            found = tls.getpeercert() or {}
    except ssl.SSLCertVerificationError as failure:
        remedy = TRUSTED if failure.verify_code in SELF_SIGNED else renew
        yield error(f"Browsers refuse the certificate of {address.hostname}: {failure.verify_message}.", remedy)
        return
    except OSError:
        # The check of the public address already reports this failure.
        return
    ends = datetime.datetime.fromtimestamp(ssl.cert_time_to_seconds(str(found["notAfter"])), datetime.UTC)
    if ends - datetime.datetime.now(datetime.UTC) < CERTIFICATE_WARNING:
        yield error(f"The certificate of {address.hostname} ends on {ends:%Y-%m-%d}.", renew)
    else:
        yield ok(f"The certificate of {address.hostname} is valid until {ends:%Y-%m-%d}.")


def mail_server() -> Iterator[Result]:
    """Connect to the mail server and sign in, without sending an email."""
    connection = get_connection(timeout=TIMEOUT)
    try:
        connection.open()
    except smtplib.SMTPAuthenticationError:
        yield error("The mail server refuses the user or the password.", "Correct user and password in EMAIL_URL.")
    except (OSError, smtplib.SMTPException) as failure:
        yield error(
            f"The mail server {settings.EMAIL_HOST}:{settings.EMAIL_PORT} accepts no connection ({_reason(failure)}).",
            "Compare host, port and scheme of EMAIL_URL with what your mail provider says, and open the firewall for them.",
        )
    else:
        connection.close()


def _reason(failure: BaseException) -> str:
    """Return the class of an error, with its text only if it is about a host name or a certificate."""
    if isinstance(failure, ssl.SSLCertVerificationError):
        return failure.verify_message
    return (
        f"{type(failure).__name__}: {failure.strerror}"
        if isinstance(failure, OSError) and failure.strerror
        else type(failure).__name__
    )
