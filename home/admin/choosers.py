"""Limits the choosers of the admin to pages and files that the user may read on the site or may edit.

Wagtail's own choosers list all pages, and all files of the collections that a user may choose from, even if a collection is
private.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Model, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext as _
from taggit.models import Tag, TaggedItem
from wagtail import hooks
from wagtail.admin import filters
from wagtail.admin.auth import require_admin_access
from wagtail.admin.forms.pages import ParentChooserForm
from wagtail.admin.views import chooser as page_chooser
from wagtail.admin.views import workflows
from wagtail.admin.views.pages import choose_parent, workflow
from wagtail.admin.widgets import BaseChooser
from wagtail.documents import get_document_model
from wagtail.documents.views import chooser as document_chooser
from wagtail.images import get_image_model
from wagtail.images.views import chooser as image_chooser
from wagtail.models import Page
from wagtail.permission_policies.pages import PagePermissionPolicy
from wagtail.permissions import workflow_permission_policy

from home.http.current_request import current_request
from home.translations.editor_names import is_readable
from home.view_permissions import readable_documents, readable_images, readable_pages, request_of

# The same number as in Wagtail.
MOST_TAGS = 10

# Views that return the title of a row by its key

# The number of digits in the largest key of a table.
KEY_DIGITS = 18


def _only_readable(
    view: Callable[..., HttpResponse], model: type[Model], readable: Callable[[QuerySet, HttpRequest], QuerySet]
) -> Callable[..., HttpResponse]:
    """Wrap a view of a chooser so that it refuses keys that the chooser does not list."""

    @require_admin_access
    @wraps(view)
    def wrapped(request: HttpRequest, **kwargs: object) -> HttpResponse:
        keys = {str(key) for key in kwargs.values()} | set(request.GET.getlist("id"))
        if any(len(key) > KEY_DIGITS for key in keys):
            raise Http404("no such key")
        wanted = {int(key) for key in keys if key.isdecimal()}
        found = readable(model._default_manager.filter(pk__in=wanted), request)
        if found.count() < len(wanted):
            raise PermissionDenied
        return view(request, **kwargs)

    return wrapped


def _pages(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    return _only_readable(view, Page, readable_pages)


def _documents(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    return _only_readable(view, get_document_model(), readable_documents)


def _images(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    return _only_readable(view, get_image_model(), readable_images)


def _for_those_who_may_edit(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Wrap a view of a page to refuse users who may not edit or publish the page. Wagtail's view checks no permission."""

    @require_admin_access
    @wraps(view)
    def wrapped(request: HttpRequest, page_id: int) -> HttpResponse:
        page = get_object_or_404(Page, pk=page_id)
        permissions = page.permissions_for_user(request.user)
        if not (permissions.can_edit() or permissions.can_publish()):
            raise PermissionDenied
        return view(request, page_id=page_id)

    return wrapped


def _for_those_who_set_up_workflows(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Wrap a task chooser view to refuse users who may not set up workflows. Wagtail's view checks no permission."""

    @require_admin_access
    @wraps(view)
    def wrapped(request: HttpRequest, **kwargs: object) -> HttpResponse:
        if not workflow_permission_policy.user_has_any_permission(request.user, ("add", "change")):
            raise PermissionDenied
        return view(request, **kwargs)

    return wrapped


def _of_readable(model: type[Model], request: HttpRequest) -> Q:
    """Return a condition that selects the tagged items whose image or document the user may read."""
    readable = readable_images if model is get_image_model() else readable_documents
    keys = readable(model._default_manager.order_by(), request).values("pk")
    return Q(content_type=ContentType.objects.get_for_model(model), object_id__in=keys)


def popular_tags(model: type[Model], count: int = MOST_TAGS) -> QuerySet[Tag]:
    """Return up to `count` tags to filter images or documents by, the most used first. Replaces Wagtail's function."""
    used = TaggedItem.objects.filter(_of_readable(model, current_request() or request_of(None)))
    tags = Tag.objects.filter(taggit_taggeditem_items__in=used).annotate(uses=Count("taggit_taggeditem_items"))
    return tags.order_by("-uses", "name")[:count]


@require_admin_access
def tags(request: HttpRequest, app_name: str = "taggit", model_name: str = "tag") -> JsonResponse:
    """Return the tags that begin with `term` and belong to images or documents that the user may read."""
    if (app_name, model_name) != ("taggit", "tag"):
        raise Http404("no tags")
    term = request.GET.get("term", "")
    used = Q(pk__in=[])
    for model in (get_image_model(), get_document_model()):
        used |= _of_readable(model, request)
    found = Tag.objects.filter(name__istartswith=term, pk__in=TaggedItem.objects.filter(used).values("tag"))
    return JsonResponse(
        list(found.order_by("name").values_list("name", flat=True)[:MOST_TAGS]) if term else [], safe=False
    )


# What a form shows of a chosen value


def value_data(chooser: BaseChooser, value: object) -> dict[str, Any] | None:
    """Return the data with which a chooser shows a chosen object, or None if there is no object.

    If the user may not read the object, the data has its key but not its title and picture: whoever chose it may have
    been permitted to, and a form that is shown again with errors would reveal the title of any key.
    """
    instance = chooser.get_instance(value)
    if instance is None:
        return None
    request = current_request()
    if request is None or is_readable(getattr(request, "user", None), instance):
        return chooser.get_value_data_from_instance(instance)
    hidden = {"id": instance.pk, "edit_url": None, "preview": {}, "parent_id": None}
    return hidden | {chooser.display_title_key: _("You have no permission to see this.")}


class EditableParentForm(ParentChooserForm):
    """Wagtail's form to choose a parent page, limited to pages below which the user may add pages.

    Wagtail's error messages contain the title of the page, so they would reveal the titles of other pages.
    """

    def __init__(self, child_page_type: type[Page], user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(child_page_type, user, *args, **kwargs)
        field = self.fields["parent_page"]
        field.queryset = PagePermissionPolicy().instances_user_has_permission_for(user, "add")


def register() -> None:
    """Make Wagtail's choosers use the functions of this module: by hooks, or else by replacing Wagtail's functions."""
    hooks.register("construct_page_chooser_queryset", readable_pages)
    hooks.register("construct_document_chooser_queryset", readable_documents)
    hooks.register("construct_image_chooser_queryset", readable_images)
    BaseChooser.get_value_data = value_data
    choose_parent.ParentChooserForm = EditableParentForm
    filters.popular_tags_for_model = image_chooser.popular_tags_for_model = popular_tags


# These addresses are those of Wagtail's own views, for which there is no hook. They come first in the URLs of the site.
urlpatterns = [
    path("choose-page/<int:parent_page_id>/", _pages(page_chooser.BrowseView.as_view())),
    path("choose-page/chosen-multiple/", _pages(page_chooser.ChosenMultipleView.as_view())),
    path("documents/chooser/chosen/<str:pk>/", _documents(document_chooser.viewset.chosen_view)),
    path("documents/chooser/chosen-multiple/", _documents(document_chooser.viewset.chosen_multiple_view)),
    path("images/chooser/chosen/<str:pk>/", _images(image_chooser.viewset.chosen_view)),
    path("images/chooser/chosen-multiple/", _images(image_chooser.viewset.chosen_multiple_view)),
    path(
        "pages/workflow/confirm_cancellation/<int:page_id>/",
        _for_those_who_may_edit(workflow.ConfirmWorkflowCancellation.as_view()),
    ),
    path("tag-autocomplete/", tags),
    path("tag-autocomplete/<slug:app_name>/<slug:model_name>/", tags),
    path("workflows/task_chooser/", _for_those_who_set_up_workflows(workflows.TaskChooserView.as_view())),
    path(
        "workflows/task_chooser/results/", _for_those_who_set_up_workflows(workflows.TaskChooserResultsView.as_view())
    ),
    path("workflows/task_chooser/<int:task_id>/", _for_those_who_set_up_workflows(workflows.task_chosen)),
]
