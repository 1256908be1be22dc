"""The screens of snippets in several languages, such as organisations and categories."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import StatusTagColumn
from wagtail.models import Locale, TranslatableMixin
from wagtail.snippets.views.chooser import (
    ChooseResultsView,
    ChooseView,
    SnippetChooserViewSet,
    SnippetChosenMultipleView,
    SnippetChosenView,
)
from wagtail.snippets.views.snippets import CreateView, EditView, IndexView, SnippetViewSet

from home.admin.approval_steps import check_step
from home.admin.choosers import KEY_DIGITS
from home.admin.deletion import DeleteSnippetView
from home.models.snippets import ReviewedSnippet
from home.translations import permissions

# These views of a snippet show or change drafts. Wagtail checks only the permission for the whole model. The views that edit
# and delete have hooks instead (`snippet_rules.py`).
EDITORS_VIEWS = {
    "history",
    "history_results",
    "usage",
    "revisions_compare",
    "revisions_revert",
    "lock",
    "unlock",
    "workflow_action",
    "collect_workflow_action_data",
    "confirm_workflow_cancellation",
    "workflow_history",
    "workflow_history_detail",
}
# They are for editors, too, and only where a public page shows the snippet.
PREVIEWS = {"preview_on_edit", "revisions_view", "workflow_preview"}
PUBLISHERS_VIEWS = {"unpublish", "revisions_unschedule"}


def state_of(snippet: ReviewedSnippet) -> str:
    """Return as text whether the snippet is published and has a draft. Unlike Wagtail's status, it needs no query."""
    if not snippet.live:
        return gettext("Draft")
    return gettext("Published, with a draft") if snippet.has_unpublished_changes else gettext("Published")


def hidden_drafts(user: User | AnonymousUser, model: type[ReviewedSnippet]) -> list[int]:
    """Return the primary keys of unpublished snippets that the user may not edit."""
    is_editable = permissions.editable(user, model)
    return [row.pk for row in model.objects.filter(live=False) if not is_editable(row)]


class StateColumn(StatusTagColumn):
    """A column with the text of `state_of` for each snippet."""

    def __init__(self) -> None:
        super().__init__(
            "state", label=_("Status"), accessor=state_of, primary=lambda snippet: snippet.live, sort_key="live"
        )


class SnippetListView(IndexView):
    """Wagtail's list, limited to snippets that are published or that the user may edit. Only the latter have links."""

    @cached_property
    def _is_editable(self):
        return permissions.editable(self.request.user, self.model)

    def get_base_queryset(self):
        rows = super().get_base_queryset()
        return rows.exclude(pk__in=hidden_drafts(self.request.user, self.model))

    def get_edit_url(self, instance):
        return super().get_edit_url(instance) if self._is_editable(instance) else None

    def get_add_url(self):
        locale = self.locale or Locale.objects.get(language_code=settings.LANGUAGE_CODE)
        return super().get_add_url() if permissions.may_add(self.request.user, self.model, locale) else None


class PublishingMixin:
    """Lets users publish only in the languages in which they have the permission."""

    def get_available_actions(self):
        actions = super().get_available_actions()
        locale = self.locale or Locale.objects.get(language_code=settings.LANGUAGE_CODE)
        if permissions.may_publish_in(self.request.user, self.model, locale.pk):
            return actions
        return [action for action in actions if action != "publish"]


class SnippetCreateView(PublishingMixin, CreateView):
    pass


class SnippetEditView(PublishingMixin, EditView):
    def save_instance(self):
        """Save many-to-many relations as well, such as the accounts of an organisation: drafts do not contain them."""
        instance = super().save_instance()
        if instance.live and not self.expects_json_response:
            self.form.save_m2m()
        return instance


class PublishedOnly:
    def get_object_list(self):
        return super().get_object_list().filter(live=True)


class ChoosePublishedView(PublishedOnly, ChooseView):
    pass


class ChoosePublishedResultsView(PublishedOnly, ChooseResultsView):
    pass


class PublishedChosenView(SnippetChosenView):
    def get_object(self, pk):
        return self.model_class.objects.get(pk=pk, live=True)


class PublishedChosenMultipleView(SnippetChosenMultipleView):
    def get_objects(self, pks):
        return super().get_objects(pks).filter(live=True)


class PublishedChooserViewSet(SnippetChooserViewSet):
    """A chooser of published snippets only: pages could not show the others."""

    choose_view_class = ChoosePublishedView
    choose_results_view_class = ChoosePublishedResultsView
    chosen_view_class = PublishedChosenView
    chosen_multiple_view_class = PublishedChosenMultipleView


class TranslatedSnippetViewSet(SnippetViewSet):
    index_view_class = SnippetListView
    add_view_class = SnippetCreateView
    edit_view_class = SnippetEditView
    delete_view_class = DeleteSnippetView
    delete_template_name = DeleteSnippetView.template_name
    chooser_viewset_class = PublishedChooserViewSet
    copy_view_enabled = False

    def get_urlpatterns(self):
        patterns = super().get_urlpatterns()
        for pattern in patterns:
            if pattern.name in EDITORS_VIEWS | PREVIEWS:
                self._restrict(pattern, permissions.may_edit)
            elif pattern.name in PUBLISHERS_VIEWS:
                self._restrict(pattern, permissions.may_publish)
        return patterns

    def _restrict(self, pattern: URLPattern, is_allowed: Callable[[Any, TranslatableMixin], bool]) -> None:
        view: Callable[..., HttpResponse] = pattern.callback

        @wraps(view)
        def restricted(request: HttpRequest, pk: Any, **kwargs: Any) -> HttpResponse:
            if not str(pk).isdecimal() or len(str(pk)) > KEY_DIGITS:
                raise Http404("no such key")
            row = get_object_or_404(self.model, pk=pk)
            if not is_allowed(request.user, row):
                raise PermissionDenied
            check_step(row, kwargs.get("task_state_id"))
            if pattern.name in PREVIEWS and not row.is_previewable():
                raise Http404("no page shows it")
            return view(request, pk=pk, **kwargs)

        pattern.callback = restricted
