"""Texts that several screens and emails share: texts of consents, free places and stored answers."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.enums import ConsentPurpose, QuestionKind
from events.models import EventPage
from events.registration.seats import Places, SeatCount
from home.countries import countries

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

PLACES: dict[Places, StrPromise] = {
    Places.UNLIMITED: gettext_lazy("No limit on places"),
    Places.AVAILABLE: gettext_lazy("Places available"),
    Places.FEW: gettext_lazy("Few places left"),
    Places.WAITING_LIST: gettext_lazy("Full. You can join the waiting list."),
    Places.FULL: gettext_lazy("Full"),
}


def consent_text(purpose: ConsentPurpose, page: EventPage | None) -> str:
    """Return the text beside the checkbox in the active language.

    For photos, it is the text of the event's page if it has one. The form shows the text, and the record of the consent
    stores it.
    """
    if purpose == ConsentPurpose.SENSITIVE:
        return _(
            "I agree that the organisers use these answers to meet my access needs and diet at this event, and for "
            "nothing else. I can withdraw my consent at any time."
        )
    if page is not None and page.photo_consent:
        return page.photo_consent
    return _("I agree that photos and recordings of the event in which I can be recognised may be published.")


def seats_label(seat: SeatCount) -> str:
    """Return a text about the free places in this mode, without numbers.

    A number would reveal whether an address is registered: it stays the same when someone sends the form with that
    address.
    """
    return str(PLACES[seat.places])


def answer_text(kind: str, value: object, labels: dict[str, str] | None = None) -> str:
    """Return a stored answer as text for people. `labels` has the present labels of choices by their keys."""
    if value is None:
        return ""
    if kind == QuestionKind.YES_NO:
        return _("yes") if value else _("no")
    if kind == QuestionKind.COUNTRY:
        return countries.name(str(value)) or str(value)
    if kind == QuestionKind.NUMBER and isinstance(value, int | float):
        return number_text(value)
    if kind == QuestionKind.DATE and (day := stored_date(value)):
        return date_format(day, "DATE_FORMAT")
    if isinstance(value, list):
        return "; ".join(_choice(item, labels or {}) for item in value)
    return _choice(value, labels or {})


def number_text(value: float | Decimal) -> str:
    """Return a number in the format of the active language, without zeros at its end."""
    number = Decimal(str(value))
    number = number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()
    return str(number_format(number, use_l10n=True))


def stored_date(value: object) -> datetime.date | None:
    """Return the stored value as a date; None if it is not a date."""
    try:
        return datetime.date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _choice(item: object, labels: dict[str, str]) -> str:
    if isinstance(item, dict):
        return labels.get(str(item.get("key")), str(item.get("label", "")))
    return str(item)
