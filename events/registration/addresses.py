"""The form of email addresses that is used to compare them."""

from __future__ import annotations

import unicodedata

# The domains of one service that ignores dots before the @.
GMAIL = ("gmail.com", "googlemail.com")


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


def mailbox_key(address: str) -> str:
    """Return the same text for addresses whose email certainly or usually arrives in one mailbox, to limit its email.

    That is an address with different tags ("anna+forum@…"), and at Gmail also one with other dots. It says nothing about
    who registers: an organisation may register several people with tags.
    """
    local, at, domain = email_key(address).rpartition("@")
    if not at:
        return domain
    local = local.partition("+")[0] or local
    if domain in GMAIL:
        return f"{local.replace('.', '')}@{GMAIL[0]}"
    return f"{local}@{domain}"


def _ascii(domain: str) -> str:
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        # Not a valid domain name: compare it as it is.
        return domain
