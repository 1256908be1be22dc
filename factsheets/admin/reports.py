"""The editor's reports: how often the files were downloaded, and which publications need care."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO

from django.db.models import Prefetch, Sum
from django.db.models.functions import ExtractMonth, ExtractYear
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic import PermissionCheckedMixin, WagtailAdminTemplateMixin
from wagtail.permissions import page_permission_policy

from factsheets.admin.forms import PeriodForm
from factsheets.licences import Licence
from factsheets.models import DownloadCount, FactSheetPage, FileVersion, Publication, PublicationFile
from factsheets.validation.results import explain
from home import spreadsheets
from home.admin.charts import Chart, Slot, stacked
from home.languages import language_name

PAGE_ACTIONS = {"add", "change", "publish"}
DEFAULT_DAYS = 365
LONGEST_YEARS = 10


def visible_publications(user):
    """Return the publications with a page in a part of the tree that the user works in."""
    pages = FactSheetPage.objects.filter(
        pk__in=page_permission_policy.explorable_instances(user).values_list("pk", flat=True)
    )
    return Publication.objects.filter(pk__in=pages.values("publication"))


class ReportMixin(PermissionCheckedMixin, WagtailAdminTemplateMixin):
    permission_policy = page_permission_policy
    any_permission_required = PAGE_ACTIONS

    def get_breadcrumbs_items(self):
        items = [*self.breadcrumbs_items, {"url": reverse("fact_sheets:index"), "label": _("Fact sheets")}]
        return [*items, {"url": "", "label": self.get_page_title()}]


@dataclass(frozen=True)
class Period:
    start: datetime.date
    end: datetime.date

    @classmethod
    def of(cls, form: PeriodForm) -> Period:
        today = timezone.localdate()
        chosen = form.cleaned_data if form.is_valid() else {}
        end = chosen.get("end") or today
        start = chosen.get("start") or end - datetime.timedelta(days=DEFAULT_DAYS)
        return cls(max(start, end - datetime.timedelta(days=LONGEST_YEARS * 366)), end)


class DownloadsView(ReportMixin, TemplateView):
    template_name = "factsheets/admin/downloads.html"
    page_title = gettext_lazy("Downloads")
    header_icon = "download"

    def get(self, request, *args, **kwargs):
        self.form = PeriodForm(request.GET or None)
        self.period = Period.of(self.form)
        self.counts = DownloadCount.objects.filter(
            publication__in=visible_publications(request.user), day__range=(self.period.start, self.period.end)
        )
        wanted = request.GET.get("export")
        if wanted in {"csv", "xlsx"} and not self.form.errors:
            return self._export(wanted)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        rows, languages = self._table()
        query = self.request.GET.copy()
        query.pop("export", None)
        context |= {
            "form": self.form if self.form.is_bound else PeriodForm(initial=vars(self.period)),
            "period": self.period,
            "rows": rows,
            "languages": languages,
            "totals": [sum(row["counts"][place] for row in rows) for place in range(len(languages))],
            "total": sum(row["total"] for row in rows),
            "chart": self._chart(languages),
            "export_query": f"{query.urlencode()}&" if query else "",
        }
        return context

    def _table(self):
        """Return a row for each publication, with a count for each language, the most downloaded first."""
        found: dict[int, dict] = {}
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

    def _chart(self, languages) -> Chart:
        grouped = self.counts.order_by().annotate(year=ExtractYear("day"), month=ExtractMonth("day"))
        counts = {
            ((item["year"], item["month"]), item["language"]): item["total"]
            for item in grouped.values("year", "month", "language").annotate(total=Sum("count"))
        }
        slots = [_slot(month) for month in months_between(self.period.start, self.period.end)]
        return stacked(counts, slots, languages)

    def _export(self, wanted: str) -> HttpResponse:
        header = [_("Day"), _("Publication"), "DOI", _("Language"), _("Downloads")]
        rows = self.counts.select_related("publication").order_by("day", "publication__name", "language")
        lines = [
            [count.day, count.publication.name, count.publication.doi, language_name(count.language), count.count]
            for count in rows
        ]
        name = f"downloads-{self.period.start}-{self.period.end}.{wanted}"
        response = as_csv(header, lines) if wanted == "csv" else as_xlsx(header, lines)
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
    return Slot(month, date_format(first, "m/y"), date_format(first, "F Y"))


def as_csv(header: list[str], rows: Iterable[list[object]]) -> HttpResponse:
    return HttpResponse("".join(spreadsheets.csv_lines(header, rows)), content_type=spreadsheets.CSV_TYPE)


def as_xlsx(header: list[str], rows: Iterable[list[object]]) -> HttpResponse:
    content = BytesIO()
    spreadsheets.write_xlsx(content, _("Downloads"), header, rows)
    return HttpResponse(content.getvalue(), content_type=spreadsheets.XLSX_TYPE)


@dataclass
class Care:
    """A publication with the reasons why somebody should look after it."""

    publication: Publication
    reasons: list[str] = field(default_factory=list)
    is_urgent: bool = False


class CareView(ReportMixin, TemplateView):
    template_name = "factsheets/admin/care.html"
    page_title = gettext_lazy("Publications that need care")
    header_icon = "warning"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        publications = with_files(visible_publications(self.request.user))
        found = [care for publication in publications if (care := care_for(publication)).reasons]
        context["cares"] = sorted(found, key=lambda care: (not care.is_urgent, care.publication.name.casefold()))
        return context


def with_files(publications):
    return publications.prefetch_related(
        "contributors",
        Prefetch("files", queryset=PublicationFile.objects.select_related("current")),
        Prefetch("files__versions", queryset=FileVersion.objects.defer("covers")),
        Prefetch("pages", queryset=FactSheetPage.objects.only("live", "publication", "locale", "title")),
    )


# A check takes seconds. What waits longer was lost with its worker.
LONGEST_WAIT = datetime.timedelta(minutes=5)


def care_for(publication: Publication) -> Care:
    care = Care(publication)
    files = list(publication.files.all())
    for file in files:
        for reason, is_urgent in _reasons_of_file(file):
            care.reasons.append(f"{file}: {reason}")
            care.is_urgent = care.is_urgent or is_urgent
    care.reasons.extend(_reasons_of_publication(publication, files))
    is_live = any(page.live for page in publication.pages.all())
    care.is_urgent = care.is_urgent or (is_live and not any(file.current_id for file in files))
    return care


def _reasons_of_file(file: PublicationFile) -> Iterator[tuple[str, bool]]:
    newest = next(iter(file.versions.all()), None)
    if newest is None:
        return
    if newest.state == FileVersion.State.WAITING and timezone.now() - newest.uploaded_at > LONGEST_WAIT:
        yield _("its check has not ended; start it again."), True
    for finding in explain(newest.findings):
        yield f"{finding.title}.", finding.is_error


def _reasons_of_publication(publication: Publication, files: list[PublicationFile]) -> Iterator[str]:
    current = [file for file in files if file.current_id]
    original = next((file for file in current if file.language == publication.original_language), None)
    if not current:
        yield _("There is no file that visitors could download.")
    elif original is None:
        yield _("There is no file in the original language.")
    else:
        for file in current:
            if file.kind == original.kind and file.current.dated_on < original.current.dated_on:
                yield _("%(language)s is older than the original: it may need to be translated anew.") % {
                    "language": file.language_name
                }
    if publication.licence == Licence.NONE:
        yield _("There is no licence: nobody may pass it on.")
    if not publication.contributors.all():
        yield _("No author is named.")
