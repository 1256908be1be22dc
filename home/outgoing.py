"""Sends requests to other hosts with a time limit: to addresses that someone entered, and to services in the settings.

Requests to entered addresses go only to public hosts. Redirects are not followed.
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

# Seconds for each step, and for the whole response: a server may send one byte at a time.
TIMEOUT = 10
LONGEST = 30

# Networks that Python counts as public: IPv6 addresses that contain an IPv4 address, which may be in the server's own
# network; site-local addresses; and what IANA has reserved: 6to4 relays (RFC 7526), documentation (RFC 9637), and routing
# inside one network (RFC 9602).
NOT_PUBLIC = [
    ipaddress.ip_network(network)
    for network in (
        *("::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "fec0::/10"),
        *("192.88.99.0/24", "3fff::/20", "5f00::/16"),
    )
]


class RequestError(Exception):
    """Raised when there is no response. Its text is one of the reasons that models translate."""


def send(method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> tuple[int, str]:
    """Send one request and return (status, header Location) of the response.

    Raises RequestError if the URL is not a web address, if the host is not public, or if there is no response in time.
    """
    scheme, host, port, path = _parts(url)
    with _connected(scheme, host, port, public_address(host, port)) as connection, _time_limit(connection, LONGEST):
        connection.request(method, path, body=body, headers={**headers, "Connection": "close"})
        response = connection.getresponse()
        return response.status, response.getheader("Location") or ""


def ask_service(url: str, headers: Mapping[str, str], body: bytes, *, longest: int, largest: int) -> tuple[int, bytes]:
    """Send a POST request to a service in the settings and return (status, body) of the response.

    The service may be in the server's own network, because only administrators set its address. The time limit is `longest`
    seconds. Raises RequestError if the URL is not a web address, if the body is larger than `largest` bytes, or if there is
    no response in time.
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
    """Return (scheme, host, port, path) of a URL. Raises RequestError if it is not a web address."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as failure:
        # For example, a port above 65535.
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
    """Connect to the address, and raise errors in the block as RequestError."""
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
    """Return an IP address of the host. Raises RequestError if it has none, or if one of them is not public."""
    try:
        found = {str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as failure:
        raise RequestError("unknown host") from failure
    if not all(_is_public(address.split("%")[0]) for address in found):
        raise RequestError("not a public address")
    return min(found, key=lambda address: (":" in address, address))


def _is_public(text: str) -> bool:
    address = ipaddress.ip_address(text)
    is_reserved = any(address.version == network.version and address in network for network in NOT_PUBLIC)
    return address.is_global and not address.is_multicast and not is_reserved


@contextmanager
def _time_limit(connection: http.client.HTTPConnection, seconds: int) -> Iterator[None]:
    """Close the connection after `seconds` and raise TimeoutError."""
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
            # The data received so far looks like a whole response, or like a broken one.
            raise TimeoutError


def _connection(scheme: str, host: str, port: int, address: str, timeout: int) -> http.client.HTTPConnection:
    """Return a connection to the IP address that was checked: resolving the name again could give another address.

    The time limit is `TIMEOUT` seconds to connect, and `timeout` seconds for each step after that.
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
