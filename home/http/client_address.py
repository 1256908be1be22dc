"""The IP address of a client behind the site's proxies: for limits on sign-in and registration, and to count downloads."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """Return the address that the outermost proxy of the site saw or, without a proxy, that of the connection.

    Each proxy appends to `X-Forwarded-For`, so only the last `PROXY_COUNT` entries can be trusted; a client can write
    anything before them. Returns None if there is no IP address, for example for a local socket.
    """
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    seen = request.META.get("REMOTE_ADDR", "")
    if 0 < settings.PROXY_COUNT <= len(forwarded):
        seen = forwarded[-settings.PROXY_COUNT] or seen
    try:
        return str(ip_address(seen.strip()))
    except ValueError:
        return None


def client_network(request: HttpRequest) -> str:
    """Return what identifies a subscriber: an IPv4 address, or the /64 network of an IPv6 address. Empty if unknown."""
    address = client_address(request)
    if address is None:
        return ""
    parsed = ip_address(address)
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or IPv6Address(int(parsed) >> 64 << 64))
    return address
