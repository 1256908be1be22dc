"""What everybody may know about a certificate: number, event, date and status. Never a name."""

from __future__ import annotations

from events.certificates.numbers import read_number
from events.models import Certificate


def find(text: str) -> Certificate | None:
    """Return the certificate with the number in a text, with its event, or None."""
    number = read_number(text)
    if not number:
        return None
    found = Certificate.objects.filter(number=number).select_related("event")
    return found.defer("name", "content").first()
