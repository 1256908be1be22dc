"""What the choosers of the admin list: nothing that the user may neither read on the site nor edit.

Wagtail lists every page, and every file of the collections that a user may choose from, also where a collection is private.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from wagtail.admin.auth import require_admin_access
from wagtail.admin.views import chooser as page_chooser
from wagtail.documents import get_document_model
from wagtail.documents.views import chooser as document_chooser
from wagtail.images import get_image_model
from wagtail.images.views import chooser as image_chooser
from wagtail.models import Page

from home.view_permissions import readable_documents, readable_images, readable_pages

# Views that return the title of a row by its key

# Digits of the largest key of a table.
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


# At the addresses of Wagtail's own views, which the URLs of the site list after these: a hook cannot replace them.
urlpatterns = [
    path("choose-page/<int:parent_page_id>/", _pages(page_chooser.BrowseView.as_view())),
    path("choose-page/chosen-multiple/", _pages(page_chooser.ChosenMultipleView.as_view())),
    path("documents/chooser/chosen/<str:pk>/", _documents(document_chooser.viewset.chosen_view)),
    path("documents/chooser/chosen-multiple/", _documents(document_chooser.viewset.chosen_multiple_view)),
    path("images/chooser/chosen/<str:pk>/", _images(image_chooser.viewset.chosen_view)),
    path("images/chooser/chosen-multiple/", _images(image_chooser.viewset.chosen_multiple_view)),
]
