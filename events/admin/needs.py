"""The needs of participants as numbers for the caterer: on the screen, as a PDF file to print and as CSV."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events import timezones
from events.admin.base import RegistrationAdminView
from events.enums import Mode
from events.models import Event
from events.presentation.needs_pdf import needs_pdf
from events.registration import access
from events.registration.needs import NeedsSummary, need_questions, needs_summary, rows_of
from home import spreadsheets
from home.layout import Layout


class NeedsForm(forms.Form):
    mode = forms.ChoiceField(label=gettext_lazy("Attendance"), required=False)
    format = forms.ChoiceField(choices=[("screen", ""), ("pdf", ""), ("csv", "")])

    def __init__(self, data: Any = None, *, modes: list[Mode]) -> None:
        super().__init__(data)
        mode = cast("forms.ChoiceField", self.fields["mode"])
        mode.choices = [*((item.value, item.label) for item in modes), ("", _("All"))]
        mode.initial = modes[0].value if modes else ""


class NeedsSummaryView(RegistrationAdminView):
    """A form for the attendance mode; the response to a POST is the summary.

    Each summary is logged, because it contains sensitive answers.
    """

    template_name = "events/admin/registrations/needs.html"
    page_title = gettext_lazy("Needs of participants")
    header_icon = "clipboard-list"
    current = "needs"

    def may_open(self, event: Event) -> bool:
        return access.may_see_sensitive(self.user, event)

    @cached_property
    def modes(self) -> list[Mode]:
        """The attendance modes of the event. On site comes first, because caterers need those numbers."""
        offered = set(self.event.seat_pools.values_list("mode", flat=True))
        return [mode for mode in Mode if mode in offered]

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        form = NeedsForm(request.POST, modes=self.modes)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=NeedsForm(modes=self.modes)), status=422)
        mode, kind = form.cleaned_data["mode"], form.cleaned_data["format"]
        summary = needs_summary(self.event, self.user, self.language, mode)
        note = self._note(summary, mode)
        if kind == "csv":
            return self._csv(summary, note)
        if kind == "pdf":
            pdf = needs_pdf(self.event, Layout(request), summary, note)
            return self._file(HttpResponse(pdf, content_type="application/pdf"), "pdf")
        return self.render_to_response(self.get_context_data(form=form, summary=summary, note=note))

    def _csv(self, summary: NeedsSummary, note: str) -> HttpResponseBase:
        header = [_("Question"), _("Answer"), _("People")]
        rows: list[list[object]] = [*rows_of(summary), [], [note]]
        lines = spreadsheets.csv_lines(header, rows)
        return self._file(StreamingHttpResponse(lines, content_type=spreadsheets.CSV_TYPE), "csv")

    def _file(self, response: HttpResponseBase, kind: str) -> HttpResponseBase:
        name = f"needs-{self.event.first_day.isoformat()}.{kind}"
        response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
        return response

    def _note(self, summary: NeedsSummary, mode: str) -> str:
        """Return the note below the summary: who was counted, when, and that it contains no names."""
        local = summary.counted_at.astimezone(timezones.zone_info(self.event.zone))
        text = ngettext(
            "Counted on %(moment)s (%(zone)s): %(count)d person with a confirmed place, %(mode)s. It contains no names.",
            "Counted on %(moment)s (%(zone)s): %(count)d people with a confirmed place, %(mode)s. It contains no names.",
            summary.people,
        )
        # If no mode is chosen and the event has only one, everyone attends in that mode.
        only = mode or (self.modes[0] if len(self.modes) == 1 else "")
        values = {"moment": date_format(local, "DATETIME_FORMAT"), "zone": self.event.zone, "count": summary.people}
        return text % {**values, "mode": Mode(only).label if only else _("on site and online")}

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        context = {"form": NeedsForm(modes=self.modes), "has_questions": bool(self._questions)}
        return super().get_context_data(**kwargs) | context | kwargs

    @cached_property
    def _questions(self) -> list[object]:
        return list(need_questions(self.event, self.language))
