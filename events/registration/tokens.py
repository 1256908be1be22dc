"""The personal link: a token that only its mail knows. The database holds its hash, and nothing it could be made from.

A token is derived from the server's secret and the registration's key, so that each mail can hold the link without the
token being stored anywhere. A new version makes the links of earlier mails worthless.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator

from django.conf import settings

from events.models import Registration

PURPOSE = b"events.registration.detail-link"
# A token has 256 bits: 43 characters of URL-safe base64.
LENGTH = 43


def token_for(registration: Registration) -> str:
    """Return the token of the registration's personal link.

    A secret that was replaced (SECRET_KEY_FALLBACKS) still makes the tokens of its time. When it is gone for good, the
    registration gets a token of the new one, and the links of earlier mails go on working until then.
    """
    token = ""
    for token in _candidates(registration):
        if hash_of(token) == registration.token_hash:
            return token
    return renew(registration)


def renew(registration: Registration) -> str:
    """Give the registration the token of the present secret and version, and return it. Saves the hash."""
    token = next(_candidates(registration))
    registration.token_hash = hash_of(token)
    Registration.objects.filter(pk=registration.pk).update(token_hash=registration.token_hash)
    return token


def first_hash(registration: Registration) -> str:
    """Return the hash for a registration that is about to be saved."""
    return hash_of(next(_candidates(registration)))


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def find(token: str) -> Registration | None:
    """Return the registration whose personal link holds `token`, with its event.

    It is looked up by the hash, which nobody can steer: how long that takes tells nothing about other tokens.
    """
    if len(token) != LENGTH:
        return None
    return Registration.objects.filter(token_hash=hash_of(token)).select_related("event").first()


def _candidates(registration: Registration) -> Iterator[str]:
    message = f"{registration.key.hex}:{registration.token_version}".encode()
    for secret in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]:
        key = hmac.digest(str(secret).encode(), PURPOSE, "sha256")
        yield base64.urlsafe_b64encode(hmac.digest(key, message, "sha256")).rstrip(b"=").decode()
