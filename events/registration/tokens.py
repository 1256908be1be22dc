"""Tokens of personal links. The database has only the hash of a token.

A token is derived from the server's secret and from the key and the version of the registration, so that every email
can contain the link although the token is not stored. A new version makes the links in earlier emails invalid.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator

from django.conf import settings

from events.models import AddressChange, Registration

PURPOSE = b"events.registration.personal-link"
NEW_ADDRESS = b"events.registration.new-address"
# A token has 256 bits: 43 characters of URL-safe base64.
LENGTH = 43


def token_for(registration: Registration) -> str:
    """Return the token of the registration's personal link.

    Tokens of an earlier secret stay valid while it is in `SECRET_KEY_FALLBACKS`. After that the registration gets a
    token of the present secret, and its hash is saved.
    """
    token = ""
    for token in _candidates(registration):
        if hash_of(token) == registration.token_hash:
            return token
    return renew(registration)


def renew(registration: Registration) -> str:
    """Give the registration the token of the present secret and version, save its hash and return the token."""
    token = next(_candidates(registration))
    registration.token_hash = hash_of(token)
    Registration.objects.filter(pk=registration.pk).update(token_hash=registration.token_hash)
    return token


def first_hash(registration: Registration) -> str:
    """Return the hash for a registration that is not saved yet."""
    return hash_of(next(_candidates(registration)))


def hash_of(token: str) -> str:
    """Return the hash of a token that the database stores. Door links use it too."""
    return hashlib.sha256(token.encode()).hexdigest()


def find(token: str) -> Registration | None:
    """Return the registration with this token, with its event, or None.

    The registration is looked up by the hash. A caller cannot choose the hash, so the duration reveals nothing about
    other tokens.
    """
    if len(token) != LENGTH:
        return None
    return Registration.objects.filter(token_hash=hash_of(token)).select_related("event").first()


def new_address_token(change: AddressChange) -> str:
    """Return the token of the link that confirms a new email address, and set its hash. It does not save the change."""
    for token in _tokens(NEW_ADDRESS, change.key.hex):
        if hash_of(token) == change.token_hash:
            return token
    token = next(_tokens(NEW_ADDRESS, change.key.hex))
    change.token_hash = hash_of(token)
    return token


def find_address_change(token: str) -> AddressChange | None:
    """Return the change with this token, with its registration and event, or None."""
    if len(token) != LENGTH:
        return None
    found = AddressChange.objects.filter(token_hash=hash_of(token))
    return found.select_related("registration__event").first()


def _candidates(registration: Registration) -> Iterator[str]:
    return _tokens(PURPOSE, f"{registration.key.hex}:{registration.token_version}")


def _tokens(purpose: bytes, subject: str) -> Iterator[str]:
    message = subject.encode()
    for secret in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]:
        key = hmac.digest(str(secret).encode(), purpose, "sha256")
        yield base64.urlsafe_b64encode(hmac.digest(key, message, "sha256")).rstrip(b"=").decode()
