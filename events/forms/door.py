"""The forms of the pages at the door."""

from __future__ import annotations

import datetime
import uuid

from django import forms
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from events.attendance.points import CheckInPoints, check_in_day, check_in_points
from events.models import Event
from home.public_forms import EmailAddressField, PlainTextField, text_input


class DoorForm(forms.Form):
    """The input of a helper. Every field is optional; the button that was pressed decides on the action."""

    q = forms.CharField(label=pgettext_lazy("person", "Name"), required=False, max_length=100)
    code = forms.CharField(label=_("Ticket code"), required=False, max_length=100)
    day = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    # The `value` of a `CheckInPoint`.
    at = forms.CharField(required=False, max_length=40)
    # A reference made by `reference_of` in `events/attendance/doors.py`.
    person = forms.CharField(required=False, max_length=100)

    def value(self, name: str) -> str:
        """Return an entered text; an empty text if it is not valid."""
        self.is_valid()
        return str(self.cleaned_data.get(name) or "")

    def chosen_day(self, event: Event) -> datetime.date:
        """Return the day for which people are checked in. By default it is today in the active time zone."""
        self.is_valid()
        return check_in_day(event, self.cleaned_data.get("day"), timezone.localdate())

    def points(self, event: Event) -> CheckInPoints:
        """Return the point where people are checked in, with the other points of that day."""
        return check_in_points(event, self.chosen_day(event), self.value("at"), get_language() or "")


class WalkInForm(forms.Form):
    """A person without a registration. `key` identifies the form: if it is sent twice, it adds one person."""

    name = PlainTextField(label=pgettext_lazy("person", "Name"), max_length=120, widget=text_input(autocomplete="off"))
    email = EmailAddressField(
        label=_("Email address"),
        required=False,
        help_text=_("Needed for the personal page and a certificate."),
        widget=forms.EmailInput(attrs={"class": "input", "autocomplete": "off"}),
    )
    force = forms.BooleanField(required=False, widget=forms.HiddenInput)
    key = forms.UUIDField(required=False, initial=uuid.uuid4, widget=forms.HiddenInput)
