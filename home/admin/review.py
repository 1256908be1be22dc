"""The message of a reviewer to the author of a page or snippet."""

from django.utils.translation import gettext as _
from wagtail.models import TaskState, WorkflowMixin, WorkflowState


def requested_changes(page: WorkflowMixin) -> str:
    """Return who requested which changes, if the workflow of the page or snippet waits for changes, else an empty string."""
    state = page.current_workflow_state
    if state is None or state.status != WorkflowState.STATUS_NEEDS_CHANGES:
        return ""
    answer = state.current_task_state
    if answer is None or answer.status != TaskState.STATUS_REJECTED:
        return ""
    name = (answer.finished_by.get_full_name() or answer.finished_by.get_username()) if answer.finished_by else ""
    comment = answer.comment
    if name and comment:
        return _("%(name)s asks for changes: “%(comment)s” Change it and submit it again.") % {
            "name": name,
            "comment": comment,
        }
    if comment:
        return _("Changes are needed: “%(comment)s” Change it and submit it again.") % {"comment": comment}
    return _("Changes are needed before this is published. Change it and submit it again.")
