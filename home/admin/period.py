"""The period of a report: a form with two days, and the period itself."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.widgets import AdminDateInput

from home.accepted_dates import validate_year

DEFAULT_DAYS = 365
MAX_YEARS = 10


class PeriodForm(forms.Form):
    start = forms.DateField(
        label=pgettext_lazy("time", "From"), widget=AdminDateInput, required=False, validators=[validate_year]
    )
    end = forms.DateField(
        label=pgettext_lazy("time", "To"), widget=AdminDateInput, required=False, validators=[validate_year]
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end = cleaned.get("start"), cleaned.get("end")
        if start and end and end < start:
            self.add_error("end", _("The last day cannot be before the first day."))
        return cleaned


@dataclass(frozen=True)
class Period:
    """The days from `start` to `end`, both included."""

    start: datetime.date
    end: datetime.date

    @classmethod
    def from_form(cls, form: PeriodForm, start: datetime.date | None = None) -> Period:
        """Return the form's period. The default end is today; the default start is `start`, or a year before the end."""
        chosen = form.cleaned_data if form.is_valid() else {}
        end = chosen.get("end") or timezone.localdate()
        if start is None or start > end:
            start = end - datetime.timedelta(days=DEFAULT_DAYS)
        start = chosen.get("start") or start
        return cls(max(start, end - datetime.timedelta(days=MAX_YEARS * 366)), end)
