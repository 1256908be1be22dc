"""The public data of a certificate: number, event, date and status, but never a name."""

from __future__ import annotations

from events.certificates.numbers import read_number
from events.models import Certificate


def find(text: str) -> Certificate | None:
    """Return the certificate whose number the text contains, with its event; None if there is none."""
    number = read_number(text)
    if not number:
        return None
    found = Certificate.objects.filter(number=number).select_related("event")
    return found.defer("name", "content").first()
