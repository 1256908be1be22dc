"""One spelling for each host of the site, so that caches have one entry for it and responses contain no other spelling."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port
from django.http.response import HttpResponseBase

DEFAULT_PORTS = {"http": "80", "https": "443"}


class HostMiddleware:
    """Gives requests the usual spelling of their host: small letters, no dot at the end, no port if it is the default."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if host := request.META.get("HTTP_HOST"):
            request.META["HTTP_HOST"] = usual_spelling(request.scheme or "", host)
        return self.get_response(request)


@lru_cache(maxsize=100)
def usual_spelling(scheme: str, host: str) -> str:
    """Return the host as links contain it. A host that is not valid is returned as it is; Django refuses it."""
    domain, port = split_domain_port(host)
    port = port.lstrip("0")
    if not domain:
        return host
    return f"{domain}:{port}" if port and port != DEFAULT_PORTS.get(scheme) else domain


def has_own_port(request: HttpRequest) -> bool:
    """Return whether the port of the request is the default or that of the site's address.

    Django accepts every port with a permitted host. Caches must not store responses for the others: there are 65,000.
    """
    _domain, port = split_domain_port(usual_spelling(request.scheme or "", request.get_host()))
    own = (settings.PUBLIC_BASE_URL, settings.WAGTAILADMIN_BASE_URL)
    return not port or port in {str(urlsplit(url).port) for url in own}
