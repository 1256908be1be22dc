"""The history of a page. The addresses take precedence over Wagtail's (`config/urls.py`)."""

from __future__ import annotations

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.urls import path
from wagtail.admin.auth import require_admin_access
from wagtail.admin.views.pages import history
from wagtail.models import PageLogEntry


class PageHistoryView(history.PageHistoryView):
    """Wagtail's view, but the entries of one request are grouped for each page separately.

    Wagtail groups the entries of all pages together, so that "Published" is missing where a request published several pages,
    such as a page and its translations.
    """

    def get_base_queryset(self) -> QuerySet[PageLogEntry]:
        entries = PageLogEntry.objects.filter(page=self.object)
        same = entries.filter(uuid=OuterRef("uuid"), action=OuterRef("action")).order_by("-timestamp", "-pk")
        return self._annotate_queryset(entries.filter(Q(uuid=None) | Q(pk=Subquery(same.values("pk")[:1]))))


urlpatterns = [
    path("pages/<int:page_id>/history/", require_admin_access(PageHistoryView.as_view()), name="page_history"),
    path(
        "pages/<int:page_id>/history/results/",
        require_admin_access(PageHistoryView.as_view(results_only=True)),
        name="page_history_results",
    ),
]
