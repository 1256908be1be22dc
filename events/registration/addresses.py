"""Addresses as they are compared, so that one person registers once."""

from __future__ import annotations

import unicodedata


def email_key(address: str) -> str:
    """Return what two spellings of an e-mail address have in common; empty for an empty address.

    Capitals, compatibility forms of letters (NFKC) and the two spellings of an international domain do not tell
    addresses apart. Dots and tags of the part before the @ do: what they mean is the business of its server.
    """
    plain = unicodedata.normalize("NFKC", address).strip().casefold()
    local, at, domain = plain.rpartition("@")
    if not at:
        return plain
    return f"{local}@{_ascii(domain)}"


def _ascii(domain: str) -> str:
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        # No domain by the rules; it is compared as it stands.
        return domain
