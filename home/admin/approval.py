"""Approval of pages and snippets: plain words in menus and messages, what a reviewer asked for, one email each."""

from __future__ import annotations

from typing import Any

from django.contrib.messages import add_message, get_messages
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin import action_menu as page_menu
from wagtail.admin import messages
from wagtail.models import WorkflowMixin, WorkflowState
from wagtail.signals import workflow_approved, workflow_rejected, workflow_submitted
from wagtail.snippets import action_menu as snippet_menu

from home.admin.review import requested_changes
from home.http.current_request import current_request

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


@receiver(workflow_approved, sender=WorkflowState)
def say_what_approval_did(instance: WorkflowState, **kwargs: Any) -> None:
    if request := current_request():
        target = instance.content_object
        target.refresh_from_db()
        messages.success(request, _after_approval(target) % {"name": target})


def _after_approval(target: Any) -> str:
    if target.live and not target.has_unpublished_changes:
        return _("“%(name)s” was approved and is published.")
    start = target.get_latest_revision_as_object().go_live_at
    if start and start > timezone.now():
        return _("“%(name)s” was approved. It is published at the scheduled time.")
    return _("“%(name)s” was approved. It is published together with its source.")


@receiver(workflow_rejected, sender=WorkflowState)
def say_who_changes_it_now(instance: WorkflowState, **kwargs: Any) -> None:
    if request := current_request():
        text = _("You asked for changes to “%(name)s”. Its author gets an email.")
        messages.success(request, text % {"name": instance.content_object})


@hooks.register("after_edit_page")
@hooks.register("after_edit_snippet")
def leave_out_that_it_was_updated(request: HttpRequest, instance: Any) -> None:
    """Remove Wagtail's message after an action of the approval, which says of all of them that something was updated."""
    if "action-workflow-action" in request.POST:
        *others, _updated = list(get_messages(request))
        for message in others:
            add_message(request, message.level, message.message, message.extra_tags)
