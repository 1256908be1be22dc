"""Import of the participant report of an online meeting: upload, review of the matches, recording."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages

from events.admin.base import RegistrationAdminView, parse_pk
from events.attendance import online
from events.attendance.days import check_in_day
from events.attendance.reports import MAX_BYTES, UnreadableReportError, read_report
from events.models import Event

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

PROBLEMS: dict[str, StrPromise] = {
    "empty": gettext_lazy("The report lists nobody."),
    "too_large": gettext_lazy("The file is too large. Upload a report of at most 10 MB and 100,000 rows."),
    "encoding": gettext_lazy("The file is no text. Upload the report as CSV."),
    "columns": gettext_lazy(
        "No table of participants was found. It needs a column with names, and columns with join and leave times or with "
        "a duration."
    ),
    "times": gettext_lazy("The join and leave times cannot be read. Export the report again with dates and times."),
}
MOST_MINUTES = 24 * 60


class ReportForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Participant report"),
        help_text=gettext_lazy("The CSV file that Zoom, Teams or Webex exports after the meeting."),
    )
    day = forms.ChoiceField(label=gettext_lazy("Day"))
    least = forms.IntegerField(
        label=gettext_lazy("Minutes, at least"),
        min_value=1,
        max_value=MOST_MINUTES,
        initial=30,
        help_text=gettext_lazy("Who was there for a shorter time is not checked in."),
    )

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.event = event
        field = self.fields["day"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(day.isoformat(), day.isoformat()) for day in event.days]
        field.initial = check_in_day(event, None, timezone.localdate()).isoformat()

    def clean_file(self) -> bytes:
        upload = self.cleaned_data["file"]
        return bytes(upload.read(MAX_BYTES + 1))

    @property
    def chosen_day(self) -> datetime.date:
        return datetime.date.fromisoformat(self.cleaned_data["day"])


class OnlineAttendanceView(RegistrationAdminView):
    template_name = "events/admin/registrations/online_attendance.html"
    page_title = gettext_lazy("Online attendance")
    header_icon = "upload"
    current = "online_attendance"

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if "record" in request.POST:
            return self._record(request)
        form = ReportForm(request.POST, request.FILES, event=self.event)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        try:
            attendees = read_report(form.cleaned_data["file"])
        except UnreadableReportError as error:
            form.add_error("file", str(PROBLEMS[error.code]))
            return self.render_to_response(self.get_context_data(form=form), status=422)
        least = form.cleaned_data["least"]
        found = online.match(self.event, attendees)
        return self.render_to_response(
            self.get_context_data(
                form=form, matches=found, chosen_day=form.chosen_day, least=least, count=len(attendees)
            )
        )

    def _record(self, request: HttpRequest) -> HttpResponse:
        """Record the ticked rows. Each is the key of a registration and its minutes, as the review showed them."""
        days = {day.isoformat(): day for day in self.event.days}
        day = days.get(request.POST.get("day", ""), self.event.first_day)
        minutes: dict[int, int] = {}
        for row in request.POST.getlist("row"):
            pk, _separator, number = row.partition(":")
            if parse_pk(pk) and parse_pk(number):
                minutes[parse_pk(pk)] = min(parse_pk(number), MOST_MINUTES)
        count = online.record(self.event, day, minutes, self.actor)
        text = ngettext(
            "Attendance of %(count)d participant is recorded.",
            "Attendance of %(count)d participants is recorded.",
            count,
        )
        messages.success(request, text % {"count": count})
        return redirect(self.url("registration_online_attendance"))

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        return super().get_context_data(**kwargs) | {"form": kwargs.get("form") or ReportForm(event=self.event)}
