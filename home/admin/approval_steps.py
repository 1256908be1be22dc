"""Wagtail's views for the steps of an approval, for those who may edit or approve what the step is about.

Wagtail checks only whether the user may act in the step. Its messages contain the title of the draft, also for those who may
not, and it accepts the step of another page. The views of snippets are in `snippet_list.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from wagtail.admin.auth import require_admin_access
from wagtail.admin.views.pages import workflow
from wagtail.models import Page, TaskState, WorkflowMixin

from home.translations import permissions

ACTION = "<int:page_id>/<slug:action_name>/<int:task_state_id>/"
VIEWS: dict[str, tuple[str, Callable[..., HttpResponse]]] = {
    "action": (ACTION, workflow.WorkflowAction.as_view()),
    "collect_action_data": (ACTION, workflow.CollectWorkflowActionData.as_view()),
    "confirm_cancellation": ("<int:page_id>/", workflow.ConfirmWorkflowCancellation.as_view()),
    "preview": ("<int:page_id>/<int:task_id>/", workflow.PreviewRevisionForTask.as_view()),
}


def check_step(target: WorkflowMixin, task_state_pk: int | None) -> None:
    """Raise Http404 if the step belongs to the approval of something else."""
    if task_state_pk is None:
        return
    steps = TaskState.objects.filter(
        workflow_state__base_content_type=target.get_base_content_type(), workflow_state__object_id=str(target.pk)
    )
    if not steps.filter(pk=task_state_pk).exists():
        raise Http404("no such step")


def _for_editors(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def restricted(request: HttpRequest, page_id: int, **kwargs: Any) -> HttpResponse:
        page = get_object_or_404(Page, pk=page_id)
        if not permissions.may_edit(request.user, page):
            raise PermissionDenied
        check_step(page, kwargs.get("task_state_id"))
        return view(request, page_id=page_id, **kwargs)

    return restricted


# They come before Wagtail's own, at the same addresses (`config/urls.py`).
urlpatterns = [
    path(f"pages/workflow/{name}/{rest}", require_admin_access(_for_editors(view)), name=f"page_workflow_{name}")
    for name, (rest, view) in VIEWS.items()
]
