"""The address of a visitor behind the site's own proxies: what a lock of the sign-in counts by."""

from __future__ import annotations

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """Return the address that the outermost of our proxies saw, or the other end of the connection without a proxy.

    Each proxy appends to `X-Forwarded-For`, so only the last `PROXY_COUNT` entries are ours; what a visitor wrote there
    stands before them. None for what is no address, such as a local socket.
    """
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    seen = request.META.get("REMOTE_ADDR", "")
    if 0 < settings.PROXY_COUNT <= len(forwarded):
        seen = forwarded[-settings.PROXY_COUNT] or seen
    try:
        return str(ip_address(seen.strip()))
    except ValueError:
        return None
