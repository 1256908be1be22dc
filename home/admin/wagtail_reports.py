"""Wagtail's reports, limited to what the user may edit, because the reports contain the titles of drafts."""

from __future__ import annotations

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import path
from wagtail.admin.auth import require_admin_access
from wagtail.admin.views.reports import ReportView
from wagtail.admin.views.reports.audit_logging import LogEntriesView
from wagtail.admin.views.reports.page_types_usage import PageTypesUsageReportView
from wagtail.admin.views.reports.workflows import WorkflowTasksView, WorkflowView
from wagtail.models import Page, PageLogEntry

from home.translations import permissions
from home.translations.overview import translated_models
from home.view_permissions import editable_pages


class EditablePageTypesView(PageTypesUsageReportView):
    """Shows, for each page type, the last edited page among those that the user may edit."""

    def get_queryset(self) -> QuerySet:
        pages = editable_pages(Page.objects.filter(content_type=OuterRef("pk")), self.request.user)
        # Wagtail's method validates the form of the filters, so it must run first.
        types = super().get_queryset()
        return types.annotate(last_edited_page_id=_newest(pages, self.filters.form.cleaned_data))


def _newest(pages: QuerySet, chosen: dict[str, str]) -> Subquery:
    if language := chosen.get("page_locale"):
        pages = pages.filter(locale__language_code=language)
    if root := chosen.get("site"):
        pages = pages.filter(path__startswith=root)
    newest = pages.order_by(F("latest_revision_created_at").desc(nulls_last=True), "title", "-pk")
    return Subquery(newest.values("pk")[:1])


class EditableHistoryView(LogEntriesView):
    """Lists the actions on pages and snippets that the user may edit, and, as Wagtail does, on deleted ones."""

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        if queryset.model is PageLogEntry:
            pages = Page.objects.order_by()
            of_deleted = ~Exists(pages.filter(pk=OuterRef("page_id")))
            queryset = queryset.filter(Q(page__in=editable_pages(pages, self.request.user).values("pk")) | of_deleted)
        else:
            queryset = queryset.exclude(_not_editable(self.request, "content_type_id", "object_id"))
        return super().filter_queryset(queryset)


class EditableWorkflowsView(WorkflowView):
    """Leaves out the workflows of snippets that the user may not edit. Wagtail checks only the model's permission."""

    def get_queryset(self) -> QuerySet:
        return super().get_queryset().exclude(_not_editable(self.request, "content_type_id", "object_id"))


class EditableWorkflowTasksView(WorkflowTasksView):
    def get_queryset(self) -> QuerySet:
        names = ("workflow_state__content_type_id", "workflow_state__object_id")
        return super().get_queryset().exclude(_not_editable(self.request, *names))


def _not_editable(request: HttpRequest, type_name: str, key_name: str) -> Q:
    """Return a condition that selects the snippets that the user may not edit: their drafts are hidden from the user."""
    condition = Q(pk__in=[])
    for model in translated_models():
        may_edit = permissions.editable(request.user, model)
        keys = [str(row.pk) for row in model._default_manager.all() if not may_edit(row)]
        if keys:
            kind = ContentType.objects.get_for_model(model).pk
            condition |= Q(**{type_name: kind, f"{key_name}__in": keys})
    return condition


VIEWS: dict[str, type[ReportView]] = {
    "page-types-usage": EditablePageTypesView,
    "site-history": EditableHistoryView,
    "workflow": EditableWorkflowsView,
    "workflow_tasks": EditableWorkflowTasksView,
}
# These addresses are those of Wagtail's own views, for which there is no hook. They come first in the URLs of the site.
urlpatterns = [
    path(f"reports/{name}/{rest}", require_admin_access(view.as_view(results_only=bool(rest))), name=f"report-{name}")
    for name, view in VIEWS.items()
    for rest in ("", "results/")
]
