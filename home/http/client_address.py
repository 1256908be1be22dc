"""The IP address of a client behind the site's own proxies and the name it signs in with, to limit sign-in attempts."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address

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


# The column of django-axes. PostgreSQL refuses longer values.
LONGEST_USERNAME = 255


def username(request: HttpRequest, credentials: Mapping[str, object] | None) -> str | None:
    """Return the name that somebody signs in with, as failed attempts are stored: no longer than the column."""
    name = (credentials or {}).get("username") or request.POST.get("username")
    return str(name)[:LONGEST_USERNAME] if name is not None else None
