"""Requests to other hosts, within a time limit: to addresses that somebody entered, and to services of the settings.

The former go to public addresses only. No redirect is followed.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from threading import Event, Timer
from urllib.parse import urlsplit

# Seconds for each step, and for the whole answer: a server may send one byte after the other.
TIMEOUT = 10
LONGEST = 30

# Addresses of IPv6 that stand for one of IPv4, which may be one of the own network, and those of single sites.
INDIRECT = [
    ipaddress.ip_network(network) for network in ("::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "fec0::/10")
]


class RequestError(Exception):
    """Raised when an address gives no answer. Its text is one of the reasons that models translate."""


def send(method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> tuple[int, str]:
    """Send one request and return the status and the header Location of the answer.

    Raises RequestError for what is no web address, a host of the own network, and where no answer comes in time.
    """
    scheme, host, port, path = _parts(url)
    with _connected(scheme, host, port, public_address(host, port)) as connection, _time_limit(connection, LONGEST):
        connection.request(method, path, body=body, headers={**headers, "Connection": "close"})
        response = connection.getresponse()
        return response.status, response.getheader("Location") or ""


def ask_service(url: str, headers: Mapping[str, str], body: bytes, *, longest: int, largest: int) -> tuple[int, bytes]:
    """Post to a service that the settings name, and return the status and the body of the answer.

    It may be in the own network, because nobody but the administrators sets its address. It has `longest` seconds. Raises
    RequestError for what is no web address, an answer of more than `largest` bytes, and where none comes in time.
    """
    scheme, host, port, path = _parts(url)
    with _connected(scheme, host, port, host, longest) as connection:
        with _time_limit(connection, longest):
            connection.request("POST", path, body=body, headers={**headers, "Connection": "close"})
            response = connection.getresponse()
            content = response.read(largest + 1)
        if len(content) > largest:
            raise RequestError("too long an answer")
        return response.status, content


def _parts(url: str) -> tuple[str, str, int, str]:
    """Return scheme, host, port and path. Raises RequestError for what is no web address."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as failure:
        # Such as a port over 65535.
        raise RequestError("no web address") from failure
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise RequestError("no web address")
    return (
        parts.scheme,
        parts.hostname,
        port,
        f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/",
    )


@contextmanager
def _connected(
    scheme: str, host: str, port: int, address: str, timeout: int = TIMEOUT
) -> Iterator[http.client.HTTPConnection]:
    """Connect to the address, and give what goes wrong meanwhile as RequestError."""
    try:
        connection = _connection(scheme, host, port, address, timeout)
        try:
            yield connection
        finally:
            connection.close()
    except TimeoutError as failure:
        raise RequestError("timeout") from failure
    except ssl.SSLError as failure:
        raise RequestError("invalid certificate") from failure
    except (OSError, http.client.HTTPException, ValueError) as failure:
        raise RequestError("no answer") from failure


def public_address(host: str, port: int) -> str:
    """Return an address of the host. Raises RequestError if it has none, or one that is not public."""
    try:
        found = {str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as failure:
        raise RequestError("unknown host") from failure
    if not all(_is_public(address.split("%")[0]) for address in found):
        raise RequestError("not a public address")
    return min(found, key=lambda address: (":" in address, address))


def _is_public(text: str) -> bool:
    address = ipaddress.ip_address(text)
    is_indirect = any(address.version == network.version and address in network for network in INDIRECT)
    return address.is_global and not address.is_multicast and not is_indirect


@contextmanager
def _time_limit(connection: http.client.HTTPConnection, seconds: int) -> Iterator[None]:
    """Close the connection after so many seconds. Raises TimeoutError."""
    is_over = Event()

    def close() -> None:
        is_over.set()
        with suppress(OSError):
            connected.shutdown(socket.SHUT_RDWR)

    connected: socket.socket = connection.sock
    timer = Timer(seconds, close)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        if is_over.is_set():
            # What came until then looks like a whole answer, or like a broken one.
            raise TimeoutError


def _connection(scheme: str, host: str, port: int, address: str, timeout: int) -> http.client.HTTPConnection:
    """Return a connection to the address that was checked: asking for the name again could give another one.

    Connecting has `TIMEOUT` seconds, each step after it `timeout`.
    """
    connected = socket.create_connection((address, port), TIMEOUT)
    connection: http.client.HTTPConnection
    if scheme == "https":
        connected = ssl.create_default_context().wrap_socket(connected, server_hostname=host)
        connection = http.client.HTTPSConnection(host, port, timeout=timeout)
    else:
        connection = http.client.HTTPConnection(host, port, timeout=timeout)
    connected.settimeout(timeout)
    connection.sock = connected
    return connection
