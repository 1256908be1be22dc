"""Fields for numbers and dates. Hint and error messages name the limits in the language of the form."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext

from events.registration.labels import number_text
from events.registration.questions import FormQuestion

# Larger numbers would lose digits in JSON and in spreadsheets.
LARGEST_NUMBER = 999_999_999
MAX_DECIMALS = 2
LONGEST_ENTRY = 20
# Digits with a comma or a point before the decimals. Spaces between groups of digits are removed before.
NUMBER = re.compile(r"(?P<sign>[-+−]?)(?P<whole>\d+)(?:[.,](?P<decimals>\d*))?", re.ASCII)


def _labelled(message: str, question: FormQuestion, **values: str) -> str:
    return message % {"question": question.label, **values}


class NumberField(forms.Field):
    """A number with a comma or a point before the decimals. The cleaned value is an integer, a float or None."""

    def __init__(self, question: FormQuestion, options: dict[str, Any], attributes: dict[str, Any]) -> None:
        self.question = question
        can_be_negative = question.minimum is None or question.minimum < 0
        # Numeric keyboards of some phones have no minus sign, so they are not used if the number may be negative.
        mode = {} if can_be_negative else {"inputmode": "decimal" if question.has_decimals else "numeric"}
        attributes = (
            {"class": "input input--short", "autocomplete": "off", "maxlength": LONGEST_ENTRY} | mode | attributes
        )
        hint = " ".join(filter(None, [options["help_text"], self._limits()]))
        super().__init__(**(options | {"help_text": hint}), widget=forms.TextInput(attributes))

    def _limits(self) -> str:
        low, high = self.question.minimum, self.question.maximum
        if low is not None and high is not None:
            return gettext("From %(minimum)s to %(maximum)s.") % _texts(low, high)
        if low is not None:
            return gettext("At least %(minimum)s.") % _texts(low, low)
        return gettext("At most %(maximum)s.") % _texts(high, high) if high is not None else ""

    def to_python(self, value: Any) -> float | None:
        text = "".join(str(value or "").split())
        if not text:
            return None
        found = NUMBER.fullmatch(text) if len(text) <= LONGEST_ENTRY else None
        decimals = (found["decimals"] or "").rstrip("0") if found else ""
        # Three digits after a comma or a point are ambiguous: the mark may separate thousands.
        is_unclear = found is not None and len(found["decimals"] or "") > MAX_DECIMALS
        if found is None or is_unclear or (decimals and not self.question.has_decimals):
            raise ValidationError(self._not_a_number(), code="invalid")
        number = Decimal(f"{'-' if found['sign'] in ('-', '−') else ''}{found['whole']}.{decimals or 0}")
        self._check(number)
        return float(number) if decimals else int(number)

    def prepare_value(self, value: Any) -> Any:
        return number_text(value) if isinstance(value, int | float) else value

    def _not_a_number(self) -> str:
        if self.question.has_decimals:
            text = gettext("Enter a number with at most two decimals, such as %(example)s: %(question)s")
            return _labelled(text, self.question, example=number_text(Decimal("2.5")))
        return _labelled(gettext("Enter a whole number, such as 12: %(question)s"), self.question)

    def _check(self, number: Decimal) -> None:
        low, high = self.question.minimum, self.question.maximum
        if (low is None or number >= low) and (high is None or number <= high) and abs(number) <= LARGEST_NUMBER:
            return
        if low is not None and high is not None:
            text = gettext("Enter a number from %(minimum)s to %(maximum)s: %(question)s")
        elif low is not None and number < low:
            text = gettext("Enter %(minimum)s or a higher number: %(question)s")
        else:
            text = gettext("Enter %(maximum)s or a lower number: %(question)s")
        limits = _texts(low if low is not None else -LARGEST_NUMBER, high if high is not None else LARGEST_NUMBER)
        raise ValidationError(_labelled(text, self.question, **limits), code="limit")


def _texts(low: Decimal | int, high: Decimal | int) -> dict[str, str]:
    return {"minimum": number_text(low), "maximum": number_text(high)}


class DayField(forms.DateField):
    """A day within the limits of its question. Browsers without a date picker show a text field for it."""

    def __init__(self, question: FormQuestion, options: dict[str, Any], attributes: dict[str, Any]) -> None:
        self.question = question
        limits = {"min": question.earliest, "max": question.latest}
        bounds = {name: day.isoformat() for name, day in limits.items() if day is not None}
        attributes = {"type": "date", "class": "input input--short"} | bounds | attributes
        hint = " ".join(filter(None, [options["help_text"], self._limits()]))
        widget = forms.DateInput(attributes, format="%Y-%m-%d")
        # An example in a format that the field accepts.
        self.example = str(date_format(question.earliest or question.latest or datetime.date(2030, 5, 31), "d.m.Y"))
        message = _labelled(gettext("Enter a date, such as %(example)s: %(question)s"), question, example=self.example)
        super().__init__(
            **(options | {"help_text": hint}),
            widget=widget,
            error_messages={"invalid": message},
        )

    def _limits(self) -> str:
        first, last = self.question.earliest, self.question.latest
        if first and last:
            return gettext("From %(earliest)s to %(latest)s.") % _days(first, last)
        if first:
            return gettext("%(earliest)s or later.") % _days(first, first)
        return gettext("%(latest)s or earlier.") % _days(last, last) if last else ""

    def validate(self, value: Any) -> None:
        super().validate(value)
        first, last = self.question.earliest, self.question.latest
        if value is None or ((first is None or value >= first) and (last is None or value <= last)):
            return
        if first and last:
            text = gettext("Enter a date from %(earliest)s to %(latest)s: %(question)s")
        elif first:
            text = gettext("Enter %(earliest)s or a later date: %(question)s")
        else:
            text = gettext("Enter %(latest)s or an earlier date: %(question)s")
        days = _days(first or value, last or value)
        raise ValidationError(_labelled(text, self.question, **days), code="limit")


def _day(day: datetime.date) -> str:
    return str(date_format(day))


def _days(first: datetime.date, last: datetime.date) -> dict[str, str]:
    return {"earliest": _day(first), "latest": _day(last)}
