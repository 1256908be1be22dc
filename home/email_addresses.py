"""Validates email addresses: the site accepts those to which an email can be built and sent."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _

# Refuses "localhost", which Django accepts: with it, anyone could send emails to the accounts of the mail server itself.
_validate = EmailValidator(allowlist=[])
# The limit of RFC 5321, section 4.5.3.1.1. Mail servers refuse longer local parts.
LONGEST_LOCAL_PART = 64


class InvalidAddressError(ValueError):
    """Raised when no email can be built for an address."""


def validate_email_address(address: str) -> None:
    """Raise ValidationError for an address to which no email can be built, or that no person has.

    Django's validator accepts quoted local parts, which may contain control characters (RFC 5322, 3.2.4), domains that
    cannot be written in ASCII, and IP addresses in place of a domain.
    """
    local = address.rpartition("@")[0]
    if '"' in local or not address.isprintable():
        message = _("Enter an email address without quotation marks and invisible characters, like name@example.org.")
        raise ValidationError(message, code="unusual_characters")
    if not is_deliverable(address):
        raise ValidationError(_("Enter an email address in the correct format, like name@example.org."), code="invalid")


def is_deliverable(address: str) -> bool:
    """Return whether an email to the address can be built and sent."""
    local, _at, domain = address.rpartition("@")
    if '"' in local or len(local) > LONGEST_LOCAL_PART or domain.startswith("[") or not address.isprintable():
        return False
    try:
        _validate(address)
        domain.encode("idna")
    except (ValidationError, UnicodeError):
        return False
    return True
