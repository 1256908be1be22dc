"""Submits a translation for approval: the editor of wagtail-localize can only publish, which partner editors may not."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.generic import View
from wagtail.admin import messages
from wagtail.models import Page, TranslatableMixin, WorkflowMixin, WorkflowState
from wagtail_localize.models import Translation

from home.translations import machine_translation, permissions, public_texts
from home.translations.links import edit_url, target_of


def needs_approval(user: Any, target: TranslatableMixin) -> bool:
    """Return whether the user may translate this but not publish it."""
    if not isinstance(target, WorkflowMixin) or not permissions.may_edit(user, target):
        return False
    if isinstance(target, Page):
        return not target.permissions_for_user(user).can_publish()
    return not permissions.may_publish(user, target)


def waits_for(user: Any, target: TranslatableMixin) -> bool:
    """Return whether the translation waits for an approval that the user may give."""
    if not isinstance(target, WorkflowMixin) or not target.workflow_in_progress:
        return False
    state = target.current_workflow_task_state
    return bool(state and state.task.specific.get_actions(target, user))


def may_submit(user: Any, target: TranslatableMixin) -> bool:
    """Return whether the user can submit the translation now: it is not locked and does not wait already."""
    if not needs_approval(user, target) or getattr(target, "locked", False):
        return False
    return not target.workflow_in_progress and target.get_workflow() is not None


class SubmitView(View):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        translation = get_object_or_404(Translation, pk=pk, enabled=True)
        target = target_of(translation)
        if not may_submit(request.user, target):
            raise PermissionDenied
        if number := len(machine_translation.unread_segments(translation)):
            messages.error(request, machine_translation.refusal(number))
            return redirect(edit_url(target))
        source = public_texts.source_of_draft(translation)
        try:
            source.create_or_update_translation(
                translation.target_locale, user=request.user, publish=False, fallback=True
            )
        except ValidationError:  # the library stores it beside the text
            messages.error(request, _("The translation was not submitted: correct the marked texts first."))
            return redirect(edit_url(target))
        with transaction.atomic():
            draft = target_of(translation).get_latest_revision_as_object()
            _start_workflow(draft, request.user)
        messages.success(request, _("“%(name)s” was submitted for approval.") % {"name": draft})
        return redirect(edit_url(target))


def _start_workflow(target: WorkflowMixin, user: Any) -> None:
    state = target.current_workflow_state
    if state is not None and state.status == WorkflowState.STATUS_NEEDS_CHANGES:
        state.resume(user)
    else:
        target.get_workflow().start(target, user)
