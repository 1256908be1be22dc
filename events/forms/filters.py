"""Query parameters of the event list and of the timetable. A form with any other value is invalid."""

from __future__ import annotations

import datetime
import re

from django import forms
from django.core.exceptions import ValidationError

from events.enums import Attendance
from home.languages import CODES

MONTH = re.compile(r"^(\d{4})-(\d{2})$")


class EventFilterForm(forms.Form):
    """The filters of the event list."""

    mode = forms.ChoiceField(choices=[("", ""), *Attendance.choices], required=False)
    country = forms.RegexField(r"^[A-Z]{2}$", required=False)
    year = forms.IntegerField(required=False, min_value=1990, max_value=2100)
    view = forms.ChoiceField(choices=[("", ""), ("month", ""), ("upcoming", "")], required=False)
    month = forms.CharField(required=False, max_length=7)

    def clean_month(self) -> datetime.date | None:
        match = MONTH.match(self.cleaned_data["month"])
        if not self.cleaned_data["month"]:
            return None
        if not match or not 1990 <= int(match[1]) <= 2100 or not 1 <= int(match[2]) <= 12:
            raise ValidationError("no such month")
        return datetime.date(int(match[1]), int(match[2]), 1)


class TimetableFilterForm(forms.Form):
    """The filters of the timetable on an event page."""

    track = forms.CharField(required=False, max_length=60)
    language = forms.ChoiceField(choices=[("", ""), *((code, code) for code in CODES)], required=False)

    def __init__(self, *args, tracks: list[str], **kwargs):
        super().__init__(*args, **kwargs)
        self.tracks = tracks

    def clean_track(self) -> str:
        if self.cleaned_data["track"] and self.cleaned_data["track"] not in self.tracks:
            raise ValidationError("no such track")
        return self.cleaned_data["track"]
