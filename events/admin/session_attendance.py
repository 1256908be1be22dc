"""Attendance by session: the table of participants, its export, and manual changes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from wagtail.admin import messages
from wagtail.admin.paginator import WagtailPaginator

from events.admin.base import RegistrationAdminView, error_message
from events.admin.registration_detail import SingleRegistrationView
from events.attendance.table import people_of, rows_of, totals_of
from events.enums import Mode
from events.models import HistoryEntry
from events.registration import access, commands
from events.registration.actions import ACTIONS
from events.registration.errors import RegistrationError
from events.registration.sessions import SessionDetail, attended_sessions, counted_sessions
from home import spreadsheets
from home.slugs import transliterate

PAGE_SIZE = 50
# Number of rows that the export reads at a time.
BATCH = 500
ACTIONS_SHOWN = ("enter_session", "leave_session", "undo_session", "edit_sessions")


class SessionAttendanceView(RegistrationAdminView):
    """The participants with their minutes in each counted session.

    The response to a POST is a file with all participants.
    """

    template_name = "events/admin/registrations/session_attendance.html"
    page_title = gettext_lazy("Attendance by session")
    header_icon = "table"
    current = "sessions"
    lists_people = True

    @cached_property
    def sessions(self) -> list[SessionDetail]:
        return counted_sessions(self.event, self.language)

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        is_csv = request.POST.get("format") == "csv"
        people = people_of(self.event)
        columns = [pgettext("person", "Name"), _("Organisation"), _("Attendance")]
        header = [*columns, *(session.label for session in self.sessions), _("Hours")]
        detail = {"columns": ["name", "organisation", "mode", "sessions"], "rows": people.count(), "sensitive": False}
        access.log(self.event, self.user, "export", detail)
        if is_csv:
            lines = spreadsheets.csv_lines(header, self._file_rows())
            response = StreamingHttpResponse(lines, content_type=spreadsheets.CSV_TYPE)
        else:
            # An unnamed file on disk, which is gone once the response is sent.
            target = tempfile.TemporaryFile()  # noqa: SIM115  (the response closes it)
            spreadsheets.write_xlsx(target, _("Attendance by session"), header, self._file_rows())
            target.seek(0)
            response = FileResponse(target, content_type=spreadsheets.XLSX_TYPE)
        name = f"{slugify(transliterate(str(self.event))) or 'event'}-sessions.{'csv' if is_csv else 'xlsx'}"
        response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
        return response

    def _file_rows(self) -> Iterator[list[object]]:
        """Yield a row for each participant: the minutes of each session, and the total in hours."""
        pks = list(people_of(self.event).values_list("pk", flat=True))
        for start in range(0, len(pks), BATCH):
            found = people_of(self.event).filter(pk__in=pks[start : start + BATCH])
            for row in rows_of(self.event, self.sessions, found):
                person = row.person
                mode = str(Mode(person.mode).label)
                yield [
                    person.name,
                    person.organisation,
                    mode,
                    *("" if n is None else n for n in row.minutes),
                    row.hours,
                ]

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        search = self.request.GET.get("q", "").strip()[:100]
        paginator = WagtailPaginator(people_of(self.event, search), PAGE_SIZE)
        page = paginator.get_page(self.request.GET.get("p"))
        return super().get_context_data(**kwargs) | {
            "sessions": self.sessions,
            "rows": rows_of(self.event, self.sessions, page.object_list) if self.sessions else [],
            "totals": totals_of(self.event, self.sessions) if self.sessions else [],
            "page_obj": page,
            "elided_page_range": paginator.get_elided_page_range(page.number),
            "search": search,
        }


class MinutesForm(forms.Form):
    """The minutes of each counted session, and the reason for the change."""

    def __init__(self, *args: Any, sessions: dict[SessionDetail, str], minutes: dict[int, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = {session.pk: f"session-{session.pk}" for session in sessions}
        for session, label in sessions.items():
            length = session.announced.minutes
            self.fields[self.names[session.pk]] = forms.IntegerField(
                label=label,
                required=False,
                min_value=0,
                max_value=24 * 60 if length is None else length,
                initial=minutes.get(session.pk),
                help_text=_("Minutes, at most %(count)d. Leave it empty if they did not attend.")
                % {"count": length or 24 * 60},
            )
        self.fields["reason"] = forms.CharField(
            label=_("Reason"),
            max_length=200,
            help_text=_("It is kept in the history. The participant can read it in their data."),
        )

    @property
    def minutes(self) -> dict[int, int | None]:
        return {pk: self.cleaned_data[name] for pk, name in self.names.items()}


class EditSessionsView(SingleRegistrationView):
    """The minutes of one participant."""

    template_name = "events/admin/registrations/edit_sessions.html"
    header_icon = "table"
    current = "sessions"

    def get_page_title(self) -> str:
        return _("Sessions of %(name)s") % {"name": super().get_page_title()}

    @cached_property
    def sessions(self) -> list[SessionDetail]:
        return counted_sessions(self.event, self.language)

    def _form(self, data: Any = None) -> MinutesForm:
        minutes = {session.pk: number for session, _row, number in attended_sessions(self.person)}
        labels = {session: session.label for session in self.sessions}
        return MinutesForm(data, sessions=labels, minutes=minutes)

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        form = self._form(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        try:
            commands.edit_sessions(self.person.pk, form.minutes, self.actor, form.cleaned_data["reason"])
        except RegistrationError as error:
            form.add_error(None, error_message(error))
            return self.render_to_response(self.get_context_data(form=form), status=409)
        messages.success(request, _("The attendance of %(name)s is saved.") % {"name": self.person.name})
        return redirect(self.url("session_attendance"))

    def get_context_data(self, **kwargs: Any) -> dict[str, object]:
        entries = HistoryEntry.objects.filter(registration=self.person, action__in=ACTIONS_SHOWN)
        titles = {str(session.key): session.title for session in self.sessions}
        return super().get_context_data(**kwargs) | {
            "form": kwargs.get("form") or self._form(),
            "sessions": self.sessions,
            "history": [
                {"entry": entry, "label": ACTIONS[entry.action], "lines": change_lines(entry, titles)}
                for entry in entries.select_related("user", "door").order_by("-at", "-pk")
            ],
        }


def change_lines(entry: HistoryEntry, titles: dict[str, str]) -> list[str]:
    """Return what a history entry states about sessions, one line each, and the reason if someone changed it by hand."""
    lines = [titles.get(entry.detail["session"], "")] if "session" in entry.detail else []
    for key, (before, after) in entry.detail.get("sessions", {}).items():
        values = {"title": titles.get(key, ""), "before": _minutes_text(before), "after": _minutes_text(after)}
        lines.append(_("%(title)s: %(before)s → %(after)s") % values)
    if reason := entry.detail.get("reason"):
        lines.append(_("Reason: %(reason)s") % {"reason": reason})
    return [line for line in lines if line]


def _minutes_text(minutes: int | None) -> str:
    return pgettext("session", "not attended") if minutes is None else _("%(count)d min") % {"count": minutes}
