"""The keys that sign badges: Ed25519, from `settings.BADGE_KEY`, newest first.

The first key signs. The DID document of the site has all keys, so that credentials signed with an earlier key can still
be verified. The site is the issuer `did:web:<host>`, which needs HTTPS. A site without a key or without HTTPS issues no
badges.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import cast

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from openbadgeslib.keys import public_jwk_from_pem
from openbadgeslib.ob3 import build_did_document, did_web_from_url


@dataclass(frozen=True)
class BadgeKey:
    private: Ed25519PrivateKey

    @property
    def public_pem(self) -> bytes:
        return self.private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    @property
    def fragment(self) -> str:
        """The name of the key in the DID document.

        It is derived from the key alone, so it stays the same when keys are added.
        """
        raw = self.private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return f"key-{hashlib.sha256(raw).hexdigest()[:16]}"


def badge_keys() -> list[BadgeKey]:
    return [BadgeKey(Ed25519PrivateKey.from_private_bytes(base64.urlsafe_b64decode(key))) for key in settings.BADGE_KEY]


def is_issuer() -> bool:
    """Return whether this site issues badges."""
    return bool(settings.BADGE_KEY) and settings.PUBLIC_BASE_URL.startswith("https://")


def issuer_did() -> str:
    """Return the identifier of this site as an issuer. Raises ValueError for a site without HTTPS."""
    return str(did_web_from_url(settings.PUBLIC_BASE_URL))


def did_document() -> dict[str, object]:
    """Return the DID document with the public keys, newest first."""
    methods = [(key.fragment, public_jwk_from_pem(key.public_pem)) for key in badge_keys()]
    return cast("dict[str, object]", build_did_document(issuer_did(), methods))
