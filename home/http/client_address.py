"""The client's IP address behind the site's proxies: for limits on sign-in and registration, and for download counts."""

from __future__ import annotations

import logging
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

logger = logging.getLogger(__name__)

# Addresses that a visitor from the internet cannot have: RFC 1918, RFC 6598, RFC 4193, link-local and loopback.
INTERNAL = [
    ip_network(network)
    for network in (
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8"),
        *("fc00::/7", "fe80::/10", "::1/128"),
    )
]
PROBLEM_KEY = "proxy-problem"
# Seconds after the last request that showed a wrong PROXY_COUNT for which the problem is reported.
REPORT_SECONDS = 24 * 3600


def client_address(request: HttpRequest) -> str | None:
    """Return the address that the outermost proxy of the site saw or, without a proxy, that of the connection.

    Each proxy appends to `X-Forwarded-For`, so only the last `PROXY_COUNT` entries can be trusted; a client can write
    anything before them. Returns None if there is no IP address, for example for a local socket.
    """
    forwarded = _forwarded(request)
    seen = request.META.get("REMOTE_ADDR", "")
    if 0 < settings.PROXY_COUNT <= len(forwarded):
        seen = forwarded[-settings.PROXY_COUNT] or seen
    address = _parse(seen)
    if address is not None and forwarded and any(address in network for network in INTERNAL):
        _report(_problem(len(forwarded)))
    return str(address) if address else None


def client_network(request: HttpRequest) -> str:
    """Return a key for one subscriber: an IPv4 address, or the /64 network of an IPv6 address; empty if unknown."""
    return network_of(client_address(request))


def network_of(address: str | None) -> str:
    """Return the network of an address: the address itself for IPv4, the /64 network for IPv6."""
    parsed = _parse(address or "")
    if isinstance(parsed, IPv6Address):
        return str(IPv6Address(int(parsed) >> 64 << 64))
    return str(parsed or "")


def proxy_problem() -> str:
    """Return how PROXY_COUNT is wrong, according to the requests of the last day; empty if no problem was found.

    The result is "too_low" if the address that counts as the client's belongs to a proxy, because there are more proxies, or
    "too_high" if there are fewer proxies. In both cases all visitors count as one client.
    """
    found: str = cache.get(PROBLEM_KEY, "")
    return found


def _forwarded(request: HttpRequest) -> list[str]:
    header = request.META.get("HTTP_X_FORWARDED_FOR", "")
    return [entry.strip() for entry in header.split(",")] if header.strip() else []


def _parse(text: str) -> IPv4Address | IPv6Address | None:
    """Return the address in an entry, which may have a port, brackets (RFC 3986, 3.2.2) and quotation marks, or None."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


def _problem(entries: int) -> str:
    """Return the problem for a request whose client address is private although a proxy named other addresses.

    `entries` is the number of entries in `X-Forwarded-For`. Visitors from the internet have no private address, so this
    address is that of one of the site's own proxies. A visitor from the same network is mistaken for a proxy only if they
    write the header themselves or use a proxy of their own.
    """
    if entries < settings.PROXY_COUNT:
        return "too_high"
    return "too_low" if entries > settings.PROXY_COUNT else ""


def _report(problem: str) -> None:
    if problem and cache.get(PROBLEM_KEY) != problem:
        cache.set(PROBLEM_KEY, problem, REPORT_SECONDS)
        logger.warning(
            "PROXY_COUNT is %s: the address of a proxy counts as that of the visitor, so all visitors share one limit.",
            problem.replace("_", " "),
        )
