"""The survey of an event: switching it on, its results and their export."""

from __future__ import annotations

import tempfile

from django.http import FileResponse, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from events.admin.base import RegistrationAdminView, error_message
from events.models import EventPage
from events.registration import access
from events.registration.errors import NotPossibleError, RegistrationError
from events.registration.mail.context import page_in
from events.survey import commands, results
from events.survey.questions import questions_of
from home import spreadsheets


class SurveyView(RegistrationAdminView):
    template_name = "events/admin/registrations/survey.html"
    page_title = gettext_lazy("Survey")
    header_icon = "form"
    current = "survey"

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if "export" in request.POST:
            return self._file(is_csv=request.POST["export"] == "csv")
        try:
            text = self._change("close" if "close" in request.POST else "on" if "on" in request.POST else "off")
        except RegistrationError as error:
            messages.error(request, self._problem(error))
        else:
            messages.success(request, text)
        return redirect(self.url("survey"))

    def _change(self, action: str) -> str:
        if action == "close":
            commands.close(self.event)
            return _("The survey is closed. The results are shown below.")
        commands.switch(self.event, is_on=action == "on")
        if action == "on":
            return _("The survey is on. Participants get an email two hours after the event, and one reminder.")
        return _("The survey is off. Answers that were given stay.")

    @staticmethod
    def _problem(error: RegistrationError) -> str:
        if isinstance(error, NotPossibleError):
            return _("This is not possible: the survey is already closed, or nobody has answered it yet.")
        return error_message(error)

    @cached_property
    def page_of_language(self) -> EventPage | None:
        """The event's page in the organiser's language, with the texts of its questions.

        It is the source page if there is no page in that language, and None if the event has no page.
        """
        page = page_in(self.event, self.language)
        return page if page.pk else None

    def _file(self, *, is_csv: bool) -> HttpResponseBase:
        found = results.results_of(self.event, self.page_of_language)
        header = [_("Question"), _("Answer"), _("Number")]
        counts = list(results.count_rows(found))
        rows = list(results.scale_rows(self.event, self.page_of_language))
        access.log(self.event, self.user, "export", {"columns": ["survey"], "rows": len(rows), "sensitive": False})
        response: StreamingHttpResponse
        if is_csv:
            response = StreamingHttpResponse(spreadsheets.csv_lines(header, counts), content_type=spreadsheets.CSV_TYPE)
        else:
            target = tempfile.TemporaryFile()  # noqa: SIM115  (the response closes it)
            scales = [question.label for question in results.scale_columns(self.page_of_language)]
            spreadsheets.write_workbook(
                target, [(_("Results"), header, counts), (_("Scales"), [*scales, _("Language")], rows)]
            )
            target.seek(0)
            response = FileResponse(target, content_type=spreadsheets.XLSX_TYPE)
        response["Content-Disposition"] = f'attachment; filename="survey.{"csv" if is_csv else "xlsx"}"'
        return response

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        return super().get_context_data(**kwargs) | {
            "survey": results.survey_of(self.event),
            "results": results.results_of(self.event, self.page_of_language),
            "smallest": results.SMALLEST_GROUP,
            "closes_at": commands.closes_at(self.event),
            "questions": questions_of(self.page_of_language),
        }
