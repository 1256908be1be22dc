"""Words that more than one place needs: of consents, of seats that are left, of stored answers."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.enums import ConsentPurpose, QuestionKind
from events.models import EventPage
from events.registration.seats import SeatCount
from home.countries import countries


def consent_wording(purpose: ConsentPurpose, page: EventPage | None) -> str:
    """Return the sentence beside the box, in the active language or in the words of the event's page.

    The form shows it, and the record of the consent keeps it.
    """
    if purpose == ConsentPurpose.SENSITIVE:
        return _(
            "I agree that the organisers use these answers to look after me at this event, and for nothing else. "
            "I can take this back at any time."
        )
    if page is not None and page.photo_consent:
        return page.photo_consent
    return _("I may be seen in photographs and recordings of the event that the project publishes.")


def seats_in_words(seat: SeatCount) -> str:
    """Say what a newcomer can expect, with numbers as they are."""
    if not seat.is_full:
        if seat.left is None:
            return _("Room for everybody")
        return ngettext("%(number)d place left", "%(number)d places left", seat.left) % {"number": seat.left}
    if not seat.has_waiting_list:
        return _("Full")
    if not seat.waiting:
        return _("Full. You would be the first on the waiting list.")
    waiting = ngettext(
        "Full, %(number)d person waiting. You would join the waiting list.",
        "Full, %(number)d people waiting. You would join the waiting list.",
        seat.waiting,
    )
    return waiting % {"number": seat.waiting}


def answer_in_words(kind: str, value: object, labels: dict[str, str] | None = None) -> str:
    """Return a stored answer as people read it. `labels` are today's words of choices, by their keys."""
    if value is None:
        return ""
    if kind == QuestionKind.YES_NO:
        return _("yes") if value else _("no")
    if kind == QuestionKind.COUNTRY:
        return countries.name(str(value)) or str(value)
    if isinstance(value, list):
        return "; ".join(_choice(item, labels or {}) for item in value)
    return _choice(value, labels or {})


def _choice(item: object, labels: dict[str, str]) -> str:
    if isinstance(item, dict):
        return labels.get(str(item.get("key")), str(item.get("label", "")))
    return str(item)
