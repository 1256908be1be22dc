"""Export of the list as a file. Each export is logged. Sensitive answers need access and a confirmation."""

from __future__ import annotations

import tempfile

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.admin.base import RegistrationAdminView
from events.admin.filters import RegistrationFiltersMixin
from events.admin.forms import ExportForm
from events.registration import export
from events.registration.queries import filtered_registrations
from home import spreadsheets
from home.slugs import transliterate


class ExportView(RegistrationFiltersMixin, RegistrationAdminView):
    template_name = "events/admin/registrations/export.html"
    page_title = gettext_lazy("Export")
    header_icon = "download"
    current = "export"

    @cached_property
    def columns(self) -> list[export.Column]:
        return export.columns_of(self.event, self.language, with_sensitive=self.sees_sensitive)

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        form = ExportForm(columns=self.columns, initial={"columns": export.DEFAULT_COLUMNS})
        return self.render_to_response(self.get_context_data(form=form))

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        form = ExportForm(request.POST, columns=self.columns)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        if form.asks_sensitive and not form.cleaned_data["confirmed"]:
            self.template_name = "events/admin/registrations/export_confirm.html"
            return self.render_to_response(self.get_context_data(form=form))
        return self._file(form)

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
        day = timezone.localdate().isoformat()
        name = f"{slugify(transliterate(str(self.event))) or 'event'}-{day}.{'csv' if is_csv else 'xlsx'}"
        response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
        return response

    @cached_property
    def count(self) -> int:
        return filtered_registrations(self.event, self.criteria).count()

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        has_sensitive = any(column.is_sensitive for column in self.columns)
        return super().get_context_data(**kwargs) | {"count": self.count, "has_sensitive": has_sensitive}
