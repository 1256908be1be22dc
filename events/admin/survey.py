"""The survey of an event: switching it on, results, export."""

from __future__ import annotations

import tempfile

from django.http import FileResponse, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from events.admin.base import RegistrationAdminView
from events.registration import access
from events.survey import commands, results
from home import spreadsheets


class SurveyView(RegistrationAdminView):
    template_name = "events/admin/registrations/survey.html"
    page_title = gettext_lazy("Survey")
    header_icon = "form"
    current = "survey"

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if "export" in request.POST:
            return self._file(is_csv=request.POST["export"] == "csv")
        is_on = "on" in request.POST
        commands.switch(self.event, is_on=is_on)
        if is_on:
            text = _("The survey is on. Participants get an email two hours after the event, and one reminder.")
        else:
            text = _("The survey is off. Answers that were given stay.")
        messages.success(request, text)
        return redirect(self.url("survey"))

    def _file(self, *, is_csv: bool) -> HttpResponseBase:
        header = [*results.labels().values(), _("Language")]
        rows = list(results.rows(self.event))
        access.log(self.event, self.user, "export", {"columns": ["survey"], "rows": len(rows), "sensitive": False})
        response: StreamingHttpResponse
        if is_csv:
            response = StreamingHttpResponse(spreadsheets.csv_lines(header, rows), content_type=spreadsheets.CSV_TYPE)
        else:
            target = tempfile.TemporaryFile()  # noqa: SIM115  (the response closes it)
            spreadsheets.write_xlsx(target, _("Survey"), header, rows)
            target.seek(0)
            response = FileResponse(target, content_type=spreadsheets.XLSX_TYPE)
        response["Content-Disposition"] = f'attachment; filename="survey.{"csv" if is_csv else "xlsx"}"'
        return response

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        return super().get_context_data(**kwargs) | {
            "survey": results.survey_of(self.event),
            "results": results.results_of(self.event),
            "smallest": results.SMALLEST_GROUP,
            "closes_at": commands.closes_at(self.event),
            "questions": list(results.labels().values()),
        }
