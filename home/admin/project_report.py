"""The report about the project in a period: its events, publications, news and languages, for the funder.

Apps add their part with the hook `register_report_part`: a function of the period that returns a `ReportPart`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.models import Page

from home import reports, spreadsheets
from home.admin.period import Period, PeriodForm
from home.languages import language_name
from home.layout import Layout
from home.models import BasePage
from home.reports import Report, Section, Table
from home.roles import VIEW_REPORTS
from home.site_context import public


@dataclass(frozen=True)
class Activity:
    """A row of the list of communication and dissemination activities, with the fields of the EU funding portal."""

    name: str
    channel: str
    day: date
    status: str
    description: str = ""
    audience: str = ""
    place: str = ""
    # The number of people reached, or a text with the number and what was counted, such as downloads.
    reached: int | str = ""
    outcome: str = ""
    languages: Sequence[str] = ()
    url: str = ""


@dataclass(frozen=True)
class ReportPart:
    sections: list[Section]
    activities: list[Activity] = field(default_factory=list)


def project_report(period: Period, title: str) -> Report:
    parts = [part(period) for part in hooks.get_hooks("register_report_part")]
    activities = sorted((item for part in parts for item in part.activities), key=lambda item: (item.day, item.name))
    return Report(
        title=_("Report: %(title)s") % {"title": title},
        summary=[
            _("%(first)s to %(last)s") % {"first": date_format(period.start), "last": date_format(period.end)},
        ],
        made_at=timezone.now(),
        is_wide=True,
        sections=[
            *(section for part in parts for section in part.sections),
            Section(_("Languages"), [_languages()]),
            Section(_("Communication and dissemination activities"), [activities_table(activities)]),
        ],
        remarks=[
            _(
                "Small numbers of participants are combined with others or left out in each event, so sums by country and "
                "profession can be lower than the number of participants."
            )
        ],
    )


def activities_table(activities: Sequence[Activity]) -> Table:
    return Table(
        _("Communication and dissemination activities"),
        [
            _("No."),
            _("Activity"),
            _("Description"),
            _("Target audience"),
            _("Channel"),
            _("Date"),
            _("Place"),
            _("People reached"),
            _("Outcome"),
            _("Status"),
            _("Languages"),
            _("Link"),
        ],
        [
            [
                number,
                item.name,
                item.description,
                item.audience,
                item.channel,
                item.day,
                item.place,
                item.reached,
                item.outcome,
                item.status,
                ", ".join(language_name(code) for code in item.languages),
                item.url,
            ]
            for number, item in enumerate(activities, 1)
        ],
        empty=_("There are no activities in this period."),
    )


def _languages() -> Table:
    """Return a table with the number of public pages of each type in each language, as of now. Runs three queries."""
    codes = [code for code, _name in settings.LANGUAGES]
    counts: Counter[tuple[str, str]] = Counter()
    pages = public(Page.objects.live().filter(depth__gt=1)).order_by()
    for model, code in pages.values_list("content_type__model", "locale__language_code"):
        counts[model, code] += 1
    kinds = {model._meta.model_name: model for model in _page_types()}
    rows = [
        [str(model.kind or model._meta.verbose_name), *(counts[name, code] for code in codes)]
        for name, model in kinds.items()
        if any(counts[name, code] for code in codes)
    ]
    return Table(
        _("Public pages by type and language"),
        [_("Type"), *(language_name(code) for code in codes)],
        sorted(rows, key=lambda row: str(row[0])),
        note=_("As of today, not of the period."),
        empty=_("No page is public."),
    )


def _page_types() -> list[Any]:
    def below(model: Any) -> list[Any]:
        return [item for sub in model.__subclasses__() for item in (sub, *below(sub))]

    return [model for model in below(BasePage) if not model._meta.abstract]


@method_decorator(never_cache, name="dispatch")
class ProjectReportView(WagtailAdminTemplateMixin, TemplateView):
    """Shows the report, or exports it as a file with `?export=`. The report contains no personal data."""

    template_name = "wagtailadmin/reports/project.html"
    page_title = gettext_lazy("Report about the project")
    header_icon = "doc-full"

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not request.user.has_perm(VIEW_REPORTS):
            raise PermissionDenied
        self.layout = Layout(request)
        project = self.layout.settings
        self.form = PeriodForm(request.GET if {"start", "end"} & set(request.GET) else None)
        self.period = Period.from_form(self.form, project.starts_on if project else None)
        self.report = project_report(self.period, project.acronym if project else self.layout.site_name)
        file_format = request.GET.get("export")
        if file_format in {"pdf", "xlsx", "csv"} and not self.form.errors:
            return self._file(file_format)
        return super().dispatch(request, *args, **kwargs)

    def _file(self, file_format: str) -> HttpResponse:
        if file_format == "pdf":
            response = HttpResponse(reports.pdf(self.report, self.layout), content_type="application/pdf")
        elif file_format == "xlsx":
            content = BytesIO()
            reports.write_xlsx(self.report, content)
            response = HttpResponse(content.getvalue(), content_type=spreadsheets.XLSX_TYPE)
        else:
            table = self.report.tables[-1]
            lines = "".join(spreadsheets.csv_lines(table.columns, table.rows))
            response = HttpResponse(lines, content_type=spreadsheets.CSV_TYPE)
        name = f"report-{self.period.start}-{self.period.end}.{file_format}"
        response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
        return response

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        query = self.request.GET.copy()
        query.pop("export", None)
        return super().get_context_data(**kwargs) | {
            "form": self.form if self.form.is_bound else PeriodForm(initial=vars(self.period)),
            "report": self.report,
            "query": f"{query.urlencode()}&" if query else "",
        }


class ProjectReportMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(VIEW_REPORTS))


def menu_item() -> MenuItem:
    return ProjectReportMenuItem(
        gettext_lazy("Report about the project"), reverse("project_report"), icon_name="doc-full", order=100
    )


urlpatterns = [path("reports/project/", ProjectReportView.as_view(), name="project_report")]
