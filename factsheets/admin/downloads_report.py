"""The report of downloads: a chart by month, a table by publication and language, and both as CSV and XLSX."""

from __future__ import annotations

import datetime
from collections.abc import Hashable, Iterable
from io import BytesIO
from typing import Any

from django.db.models import Sum
from django.db.models.functions import ExtractMonth, ExtractYear
from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from factsheets.admin.reports import ReportMixin, visible_publications
from factsheets.models import DownloadCount
from home import spreadsheets
from home.admin.charts import Chart, Slot, stacked
from home.admin.period import Period, PeriodForm
from home.languages import language_name


class DownloadsView(ReportMixin, TemplateView):
    template_name = "factsheets/admin/downloads.html"
    page_title = gettext_lazy("Downloads")
    header_icon = "download"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.form = PeriodForm(request.GET or None)
        self.period = Period.from_form(self.form)
        self.counts = DownloadCount.objects.filter(
            publication__in=visible_publications(request.user), day__range=(self.period.start, self.period.end)
        )
        file_format = request.GET.get("export")
        if file_format in {"csv", "xlsx"} and not self.form.errors:
            return self._export(file_format)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        rows, languages = self._table()
        query = self.request.GET.copy()
        query.pop("export", None)
        context |= {
            "form": self.form if self.form.is_bound else PeriodForm(initial=vars(self.period)),
            "period": self.period,
            "rows": rows,
            "languages": languages,
            "totals": [sum(row["counts"][column] for row in rows) for column in range(len(languages))],
            "total": sum(row["total"] for row in rows),
            "chart": self._chart(languages),
            "export_query": f"{query.urlencode()}&" if query else "",
        }
        return context

    def _table(self) -> tuple[list[dict[str, Any]], list[tuple[str, str]]]:
        """Return a row for each publication, most downloads first, and the languages that occur in the counts."""
        found: dict[int, dict[str, Any]] = {}
        codes = set()
        grouped = self.counts.order_by().values("publication", "publication__name", "language")
        for item in grouped.annotate(total=Sum("count")):
            row = found.setdefault(
                item["publication"],
                {"name": item["publication__name"], "pk": item["publication"], "by_language": {}, "total": 0},
            )
            row["by_language"][item["language"]] = item["total"]
            row["total"] += item["total"]
            codes.add(item["language"])
        languages = sorted(((code, language_name(code)) for code in codes), key=lambda pair: pair[1])
        for row in found.values():
            row["counts"] = [row["by_language"].get(code, 0) for code, _name in languages]
        return sorted(found.values(), key=lambda row: (-row["total"], row["name"])), languages

    def _chart(self, languages: list[tuple[str, str]]) -> Chart:
        grouped = self.counts.order_by().annotate(year=ExtractYear("day"), month=ExtractMonth("day"))
        counts: dict[tuple[Hashable, str], int] = {
            ((item["year"], item["month"]), item["language"]): item["total"]
            for item in grouped.values("year", "month", "language").annotate(total=Sum("count"))
        }
        slots = [_slot(month) for month in months_between(self.period.start, self.period.end)]
        return stacked(counts, slots, languages)

    def _export(self, file_format: str) -> HttpResponse:
        header = [_("Day"), _("Publication"), "DOI", _("Language"), _("Downloads")]
        rows = self.counts.select_related("publication").order_by("day", "publication__name", "language")
        lines = [
            [count.day, count.publication.name, count.publication.doi, language_name(count.language), count.count]
            for count in rows
        ]
        name = f"downloads-{self.period.start}-{self.period.end}.{file_format}"
        response = as_csv(header, lines) if file_format == "csv" else as_xlsx(header, lines)
        response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
        response["Cache-Control"] = "private, no-store"
        return response


def months_between(start: datetime.date, end: datetime.date) -> list[tuple[int, int]]:
    found, year, month = [], start.year, start.month
    while (year, month) <= (end.year, end.month):
        found.append((year, month))
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return found


def _slot(month: tuple[int, int]) -> Slot:
    first = datetime.date(*month, 1)
    return Slot(month, date_format(first, "m/y"), date_format(first, "YEAR_MONTH_FORMAT"))


def as_csv(header: list[str], rows: Iterable[list[object]]) -> HttpResponse:
    return HttpResponse("".join(spreadsheets.csv_lines(header, rows)), content_type=spreadsheets.CSV_TYPE)


def as_xlsx(header: list[str], rows: Iterable[list[object]]) -> HttpResponse:
    content = BytesIO()
    spreadsheets.write_xlsx(content, _("Downloads"), header, rows)
    return HttpResponse(content.getvalue(), content_type=spreadsheets.XLSX_TYPE)
