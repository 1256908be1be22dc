"""The form of email addresses that is used to compare them."""

from __future__ import annotations

import unicodedata


def email_key(address: str) -> str:
    """Return the text to compare instead of the email address. It is empty for an empty address.

    Letter case, compatibility characters (NFKC) and the two spellings of an international domain make no difference.
    Dots and tags in the part before the @ do, because only the receiving server knows what they mean.
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
        # Not a valid domain name: compare it as it is.
        return domain
