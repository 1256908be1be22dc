"""Browsers in which a user has signed in before. A cookie identifies them.

Failed attempts from other browsers do not lock a known browser. A sign-in from an unknown browser is reported to the user by
email. They are not the browsers that need no second factor: those are allauth's (`MFA_TRUST_COOKIE_AGE`).
"""

from __future__ import annotations

import hashlib
import re
import secrets

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import KnownDevice

MAX_AGE = 180 * 24 * 3600
MAX_TOKEN_LENGTH = 100
# The first name that the user agent contains counts: browsers also contain the names of others.
BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def token_of(request: HttpRequest) -> str:
    return request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")[:MAX_TOKEN_LENGTH]


def is_known(request: HttpRequest, username: str) -> bool:
    """Return whether someone has signed in to the account with this browser before."""
    token = token_of(request)
    if not token:
        return False
    return KnownDevice.objects.filter(user__username=username, token_hash=_hash(token)).exists()


def remember(request: HttpRequest, user: User) -> bool:
    """Remember the browser for the user who signs in. Returns whether it is new for them.

    `set_cookie` sets the cookie on the response.
    """
    token = token_of(request) or secrets.token_urlsafe(32)
    request.device_token = token  # type: ignore[attr-defined]  # read by `set_cookie`
    device, is_new = KnownDevice.objects.get_or_create(
        user=user, token_hash=_hash(token), defaults={"name": device_name(request)}
    )
    if not is_new:
        KnownDevice.objects.filter(pk=device.pk).update(last_used_at=timezone.now())
    return is_new


def set_cookie(request: HttpRequest, response: HttpResponse) -> None:
    token = getattr(request, "device_token", "")
    if token:
        response.set_cookie(
            settings.DEVICE_COOKIE_NAME,
            token,
            max_age=MAX_AGE,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


def device_name(request: HttpRequest) -> str:
    """Return browser and system, such as "Firefox, Windows", so that users can recognise their own devices."""
    agent = request.headers.get("User-Agent", "")[:500]
    browser = next((name for mark, name in BROWSERS if mark in agent), "")
    system = next((name for mark, name in SYSTEMS if re.search(rf"\b{mark}\b", agent)), "")
    return ", ".join(part for part in (browser, system) if part) or _("unknown browser")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
