"""A question of the doctor to the running site, sent through the public address, and the answer.

The doctor signs the question with SECRET_KEY, so that nobody else gets an answer. It contains no personal data.
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
# Seconds. The clocks of two machines may differ, which the answer is to show.
VALID = 24 * 3600
# The first entry of X-Forwarded-For in a question (RFC 5737, an address that nobody has).
MARKER = "192.0.2.213"


def probe_request(file: str, entry: str) -> str:
    """Return the value of the header, which asks for a private file and an entry of the cache that the doctor has made."""
    return signing.dumps({"file": file, "entry": entry, "at": time.time()}, salt=SALT)


def probe_response(request: HttpRequest) -> dict[str, Any] | None:
    """Return what the process that answers the request sees, or None without a question that this site has signed."""
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
    """Return a text that differs between databases and does not tell their names."""
    config = settings.DATABASES["default"]
    parts = [str(config.get(name, "")) for name in ("ENGINE", "HOST", "PORT", "NAME")]
    return hmac.new(settings.SECRET_KEY.encode(), "\n".join(parts).encode(), hashlib.sha256).hexdigest()[:16]


def _proxies(forwarded: str) -> int:
    """Return how many proxies have added the address that they saw. The outermost may have replaced the marker."""
    entries = [entry.strip() for entry in forwarded.split(",") if entry.strip()]
    return len(entries) - (entries[:1] == [MARKER])


def _has_file(name: str) -> bool:
    try:
        return storages["private"].exists(name)
    except Exception:  # each storage has its own
        return False
