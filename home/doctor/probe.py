"""A request of the doctor to the running site through the public address, and the site's response.

The doctor signs the request with SECRET_KEY, so that nobody else gets this response. It contains no personal data.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.core.files.storage import storages
from django.http import HttpRequest

HEADER = "X-Doctor"
SALT = "home.doctor"
# Seconds for which a request is valid. Long, because the response is to show how much the clocks of two machines differ.
VALID = 24 * 3600
# The first entry of X-Forwarded-For in a request: an address that nobody has (RFC 5737).
MARKER = "192.0.2.213"


def probe_request(file: str, entry: str) -> str:
    """Return the value of the request header, with the names of the private file and the cache entry to look for."""
    return signing.dumps({"file": file, "entry": entry, "at": time.time()}, salt=SALT)


def probe_response(request: HttpRequest) -> dict[str, Any] | None:
    """Return data about the process that handles the request, or None if the request has no header signed by this site."""
    try:
        payload = signing.loads(request.headers.get(HEADER, ""), salt=SALT)
    except signing.BadSignature:
        return None
    now = time.time()
    if abs(now - payload["at"]) > VALID:
        return None
    return {
        "release": settings.RELEASE,
        "database": database_fingerprint(),
        "proxies": _proxies(request.META.get("HTTP_X_FORWARDED_FOR", "")),
        "scheme": request.scheme,
        "ahead": now - payload["at"],
        "has_file": _has_file(payload["file"]),
        "has_entry": cache.get(payload["entry"]) is not None,
    }


def database_fingerprint() -> str:
    """Return a text that differs between databases. It does not reveal their names."""
    config = settings.DATABASES["default"]
    parts = [str(config.get(name, "")) for name in ("ENGINE", "HOST", "PORT", "NAME")]
    return hmac.new(settings.SECRET_KEY.encode(), "\n".join(parts).encode(), hashlib.sha256).hexdigest()[:16]


def _proxies(forwarded: str) -> int:
    """Return how many proxies appended an address. The outermost proxy may have replaced the marker."""
    entries = [entry.strip() for entry in forwarded.split(",") if entry.strip()]
    return len(entries) - (entries[:1] == [MARKER])


def _has_file(name: str) -> bool:
    try:
        return storages["private"].exists(name)
    except Exception:  # each storage has its own
        return False
