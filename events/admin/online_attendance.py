"""Import of the participant report of an online meeting: upload, review of the matches, recording."""

from __future__ import annotations

import datetime
import itertools
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext, gettext_lazy, ngettext
from wagtail.admin import messages

from events import timezones
from events.admin.base import RegistrationAdminView, parse_pk
from events.attendance import online
from events.attendance.points import check_in_day
from events.attendance.reports import MAX_BYTES, UnreadableReportError, read_report
from events.models import Event
from events.registration.sessions import SessionDetail, counted_sessions

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

PROBLEMS: dict[str, StrPromise] = {
    "empty": gettext_lazy("The report lists nobody."),
    "too_large": gettext_lazy("The file is too large. Upload a report of at most 10 MB and 100,000 rows."),
    "encoding": gettext_lazy("The file is not a text file. Upload the report as CSV."),
    "columns": gettext_lazy(
        "No table of participants was found. The file needs a column with names, and either columns with join and leave "
        "times or a column with the duration."
    ),
    "times": gettext_lazy("The join and leave times cannot be read. Export the report again with dates and times."),
}
MOST_MINUTES = 24 * 60
# People that the page lists who are not participants. A screen with thousands is slow, and nobody reads it.
MOST_UNKNOWN = 200


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
        help_text=gettext_lazy("People who were there for a shorter time are not checked in."),
    )

    sessions = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Sessions in this meeting"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("The minutes of each participant are divided among them by the times of the timetable."),
    )
    zone = forms.ChoiceField(
        label=gettext_lazy("Time zone of the report"),
        choices=lambda: [(name, name.replace("_", " ")) for name in timezones.zones()],
        help_text=gettext_lazy("Most services write the time zone of the account that exports the report."),
    )

    def __init__(self, *args: Any, event: Event, sessions: list[SessionDetail], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.event = event
        self.all_sessions = {session.pk: session for session in sessions if session.takes_place}
        if self.all_sessions:
            self._set_up_sessions()
        else:
            del self.fields["sessions"], self.fields["zone"]
        field = self.fields["day"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(day.isoformat(), day.isoformat()) for day in event.days]
        field.initial = check_in_day(event, None, timezone.localdate()).isoformat()

    def _set_up_sessions(self) -> None:
        self.fields["zone"].initial = self.event.zone
        field = self.fields["sessions"]
        if isinstance(field, forms.TypedMultipleChoiceField):
            field.choices = [(pk, item.label) for pk, item in self.all_sessions.items()]
        # A meeting shows only one of several parallel sessions. The first one is selected; the organiser can change it.
        chosen: list[SessionDetail] = []
        for session in self.all_sessions.values():
            if not any(session.announced.overlaps(other.announced) for other in chosen):
                chosen.append(session)
        field.initial = [session.pk for session in chosen]

    def clean_sessions(self) -> list[SessionDetail]:
        chosen = [self.all_sessions[pk] for pk in self.cleaned_data["sessions"]]
        for session, other in itertools.combinations(chosen, 2):
            if session.announced.overlaps(other.announced):
                text = gettext(
                    "“%(first)s” and “%(second)s” are at the same time. Choose the one that was in this meeting."
                )
                raise ValidationError(text % {"first": session.title, "second": other.title})
        return chosen

    def clean_file(self) -> bytes:
        upload = self.cleaned_data["file"]
        return bytes(upload.read(MAX_BYTES + 1))

    @property
    def chosen_day(self) -> datetime.date:
        return datetime.date.fromisoformat(self.cleaned_data["day"])

    @property
    def chosen_zone(self) -> datetime.tzinfo:
        return timezones.zone_info(self.cleaned_data.get("zone") or self.event.zone)

    @property
    def chosen_sessions(self) -> list[SessionDetail]:
        """The chosen sessions of the chosen day."""
        found = self.cleaned_data.get("sessions", [])
        return [session for session in found if session.day == self.chosen_day]


class OnlineAttendanceView(RegistrationAdminView):
    template_name = "events/admin/registrations/online_attendance.html"
    page_title = gettext_lazy("Online attendance")
    header_icon = "upload"
    current = "online_attendance"

    def names_people(self) -> bool:
        # Only the check of an uploaded report names participants.
        return self.request.method == "POST"

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if "record" in request.POST:
            return self._record(request)
        form = ReportForm(request.POST, request.FILES, event=self.event, sessions=self.sessions)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        try:
            attendees = read_report(form.cleaned_data["file"], form.chosen_day, form.chosen_zone)
        except UnreadableReportError as error:
            form.add_error("file", str(PROBLEMS[error.code]))
            return self.render_to_response(self.get_context_data(form=form), status=422)
        least = form.cleaned_data["least"]
        found = online.match(self.event, attendees)
        rows = [self._row(form, match) for match in found.found]
        return self.render_to_response(
            self.get_context_data(
                form=form,
                rows=rows,
                matches=found,
                unknown=found.unknown[:MOST_UNKNOWN],
                unknown_left_out=max(0, len(found.unknown) - MOST_UNKNOWN),
                chosen_day=form.chosen_day,
                least=least,
                count=len(attendees),
                sessions=form.chosen_sessions,
                # True, for example, for a report of another day or a report that has only durations.
                misses_sessions=bool(form.chosen_sessions) and not any(row["sessions"] for row in rows),
            )
        )

    @cached_property
    def sessions(self) -> list[SessionDetail]:
        return counted_sessions(self.event, self.language)

    @staticmethod
    def _row(form: ReportForm, match: online.Match) -> dict[str, object]:
        """Return a row of the review.

        `value` is the value of its checkbox: the primary key of the registration, the minutes, and the minutes of each
        session.
        """
        minutes = online.session_minutes(match.attendee, form.chosen_sessions, form.chosen_zone)
        parts = ",".join(f"{pk}={number}" for pk, number in minutes.items())
        return {
            "match": match,
            "value": f"{match.registration.pk}:{match.attendee.minutes}:{parts}",
            "sessions": [
                (session.title, minutes[session.pk]) for session in form.chosen_sessions if session.pk in minutes
            ],
        }

    def _record(self, request: HttpRequest) -> HttpResponse:
        """Record the ticked rows.

        The value of each row has the primary key of a registration and the minutes that the review showed.
        """
        days = {day.isoformat(): day for day in self.event.days}
        day = days.get(request.POST.get("day", ""), self.event.first_day)
        counted: dict[int, online.AttendanceMinutes] = {}
        for row in request.POST.getlist("row"):
            pk, number, parts = [*row.split(":", 2), "", ""][:3]
            if parse_pk(pk) and parse_pk(number):
                counted[parse_pk(pk)] = online.AttendanceMinutes(
                    min(parse_pk(number), MOST_MINUTES), _sessions_of(parts)
                )
        count = online.record(self.event, day, counted, self.actor)
        text = ngettext(
            "Attendance of %(count)d participant is recorded.",
            "Attendance of %(count)d participants is recorded.",
            count,
        )
        messages.success(request, text % {"count": count})
        return redirect(self.url("registration_online_attendance"))

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        return super().get_context_data(**kwargs) | {
            "form": kwargs.get("form") or ReportForm(event=self.event, sessions=self.sessions)
        }


def _sessions_of(text: str) -> dict[int, int]:
    """Return the minutes of sessions by primary key, read from a text of the review such as "3=45,4=20"."""
    pairs = [part.partition("=") for part in text.split(",")]
    return {parse_pk(pk): min(parse_pk(number), MOST_MINUTES) for pk, _sign, number in pairs if parse_pk(pk)}
