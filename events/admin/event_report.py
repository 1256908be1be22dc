"""The report of an event for funders: a screen, a PDF and a workbook. Names are included only for users who may see them."""

from __future__ import annotations

from io import BytesIO

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from events.admin.base import RegistrationAdminView
from events.models import Event
from events.presentation.event_report import event_report
from events.registration import access
from home import reports, spreadsheets
from home.layout import Layout
from home.roles import VIEW_REPORTS


class EventReportView(RegistrationAdminView):
    template_name = "events/admin/registrations/event_report.html"
    page_title = gettext_lazy("Report")
    header_icon = "doc-full"
    current = "event_report"

    def may_open(self, event: Event) -> bool:
        return super().may_open(event) or self.user.has_perm(VIEW_REPORTS)

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Return the report as a file. If it contains names, the download is logged."""
        with_names, file_format = "names" in request.POST, request.POST.get("format", "")
        if file_format not in {"pdf", "xlsx"} or (with_names and not self.sees_list):
            raise Http404("no such file for this user")
        if with_names:
            access.log(self.event, self.user, "attendance_list", {"report": file_format})
        report = event_report(self.event, self.language, with_names=with_names)
        if file_format == "pdf":
            response = HttpResponse(reports.pdf(report, Layout(request)), content_type="application/pdf")
        else:
            content = BytesIO()
            reports.write_xlsx(report, content)
            response = HttpResponse(content.getvalue(), content_type=spreadsheets.XLSX_TYPE)
        name = f"report-{self.event.first_day}.{file_format}"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        return super().get_context_data(**kwargs) | {"report": event_report(self.event, self.language)}
