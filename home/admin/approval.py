"""Approval of pages and snippets: plain words in the menus, what a reviewer asked for, one email for each submission."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin import action_menu as page_menu
from wagtail.admin import messages
from wagtail.models import WorkflowMixin, WorkflowState
from wagtail.signals import workflow_submitted
from wagtail.snippets import action_menu as snippet_menu

from home.admin.review import requested_changes

# Wagtail connects it when it starts. Reviewers get the email of the task; this one tells administrators the same once more.
SECOND_EMAIL = "workflow_state_submitted_email_notification"
workflow_submitted.disconnect(sender=WorkflowState, dispatch_uid=SECOND_EMAIL)


class _SubmitLabel:
    """Wagtail puts the name of the workflow into a sentence."""

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(parent_context)  # type: ignore[misc]  # a mixin
        instance = context.get("page") or context.get("instance")
        sent_back = instance is not None and requested_changes(instance)
        return {**context, "label": _("Submit again") if sent_back else _("Submit for approval")}


class SubmitPage(_SubmitLabel, page_menu.SubmitForModerationMenuItem):
    pass


class SubmitSnippet(_SubmitLabel, snippet_menu.SubmitForModerationMenuItem):
    pass


class WithdrawPage(page_menu.CancelWorkflowMenuItem):
    label = gettext_lazy("Withdraw from approval")


class WithdrawSnippet(snippet_menu.CancelWorkflowMenuItem):
    label = gettext_lazy("Withdraw from approval")


OURS = {
    page_menu.SubmitForModerationMenuItem: SubmitPage,
    page_menu.CancelWorkflowMenuItem: WithdrawPage,
    snippet_menu.SubmitForModerationMenuItem: SubmitSnippet,
    snippet_menu.CancelWorkflowMenuItem: WithdrawSnippet,
}
# The approval has one step: to start it again is to submit again.
LEFT_OUT = (page_menu.RestartWorkflowMenuItem, snippet_menu.RestartWorkflowMenuItem)


@hooks.register("construct_page_action_menu")
@hooks.register("construct_snippet_action_menu")
def use_plain_words(menu_items: list[Any], request: Any, context: Any) -> None:
    kept = [item for item in menu_items if not isinstance(item, LEFT_OUT)]
    menu_items[:] = [OURS[type(item)](order=item.order) if type(item) in OURS else item for item in kept]


@hooks.register("before_edit_page", order=-30)
@hooks.register("before_edit_snippet", order=-30)
def show_requested_changes(request: Any, instance: Any) -> None:
    """Show the changes that a reviewer requested. Wagtail shows them only in the history of the workflow."""
    if request.method == "GET" and isinstance(instance, WorkflowMixin) and (text := requested_changes(instance)):
        messages.warning(request, text)
