"""Export of the list as a file. Each export is logged. Sensitive answers need access and a confirmation.

A short list is returned with the response. A long one is prepared in the background, and the screen shows its progress
and the link.
"""

from __future__ import annotations

import tempfile

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.admin.downloads import DownloadsView
from events.admin.filters import RegistrationFiltersMixin
from events.admin.forms import ExportForm
from events.registration import downloads, export
from events.registration.queries import filtered_registrations
from home import spreadsheets
from home.slugs import transliterate


class ExportView(RegistrationFiltersMixin, DownloadsView):
    template_name = "events/admin/registrations/export.html"
    page_title = gettext_lazy("Export")
    header_icon = "download"
    current = "export"
    url_name = "registration_export"
    # An empty kind: the screen lists the files of all kinds.
    kind_of_file = ""

    @cached_property
    def columns(self) -> list[export.Column]:
        return export.columns_of(self.event, self.language, with_sensitive=self.sees_sensitive)

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        form = ExportForm(columns=self.columns, initial={"columns": export.DEFAULT_COLUMNS})
        return self.render_to_response(self.get_context_data(form=form))

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if answer := self.deleted(request):
            return answer
        form = ExportForm(request.POST, columns=self.columns)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        if form.asks_sensitive and not form.cleaned_data["confirmed"]:
            self.template_name = "events/admin/registrations/export_confirm.html"
            return self.render_to_response(self.get_context_data(form=form))
        return self._prepare(form) if self.count > downloads.ROWS_AT_ONCE else self._file(form)

    def _prepare(self, form: ExportForm) -> HttpResponse:
        file_format = form.cleaned_data["format"]
        name = self._file_name(file_format)
        downloads.request_export(self.event, self.user, self.criteria, form.chosen, self.language, file_format, name)
        return self.being_prepared()

    def _file_name(self, file_format: str) -> str:
        day = timezone.localdate().isoformat()
        return f"{slugify(transliterate(str(self.event))) or 'event'}-{day}.{file_format}"

    def _file(self, form: ExportForm) -> StreamingHttpResponse:
        columns, is_csv = form.chosen, form.cleaned_data["format"] == "csv"
        header = [column.label for column in columns]
        rows = export.recorded_rows(self.event, self.user, self.criteria, columns, self.language)
        if is_csv:
            response = StreamingHttpResponse(spreadsheets.csv_lines(header, rows), content_type=spreadsheets.CSV_TYPE)
        else:
            # An unnamed file on disk, which is gone once the response is sent.
            target = tempfile.TemporaryFile()  # noqa: SIM115  (the response closes it)
            spreadsheets.write_xlsx(target, _("Registrations"), header, rows)
            target.seek(0)
            response = FileResponse(target, content_type=spreadsheets.XLSX_TYPE)
        name = self._file_name("csv" if is_csv else "xlsx")
        response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
        return response

    @cached_property
    def count(self) -> int:
        return filtered_registrations(self.event, self.criteria).count()

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        has_sensitive = any(column.is_sensitive for column in self.columns)
        return super().get_context_data(**kwargs) | {
            "count": self.count,
            "has_sensitive": has_sensitive,
            "is_long": self.count > downloads.ROWS_AT_ONCE,
        }
