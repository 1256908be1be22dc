"""Email addresses in the form in which they are compared."""

from __future__ import annotations

import unicodedata

# The domains of one service that ignores dots before the @.
GMAIL = ("gmail.com", "googlemail.com")


def email_key(address: str) -> str:
    """Return the form of the email address that is compared; empty for an empty address.

    Letter case, compatibility characters (NFKC) and the two spellings of an international domain make no difference.
    Dots and tags in the part before the @ do, because only the receiving server knows their meaning.
    """
    plain = unicodedata.normalize("NFKC", address).strip().casefold()
    local, at, domain = plain.rpartition("@")
    if not at:
        return plain
    return f"{local}@{_ascii(domain)}"


def mailbox_key(address: str) -> str:
    """Return the same text for addresses whose email probably arrives in one mailbox. Rate limits count by it.

    Such addresses differ only in their tags ("anna+forum@…") or, at Gmail, in their dots. The text does not identify a
    participant: an organisation may register several people with tags.
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
        # This is not a valid domain name, so it is compared unchanged.
        return domain
