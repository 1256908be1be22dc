"""The image on Wagtail's screen that generates image addresses. The address takes precedence (`config/urls.py`)."""

from __future__ import annotations

from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import path
from wagtail.admin.auth import require_admin_access
from wagtail.images.models import SourceImageIOError
from wagtail.images.views.images import preview

from home.models.images import PLACEHOLDER


@require_admin_access
def preview_or_placeholder(request: HttpRequest, image_id: int, filter_spec: str) -> HttpResponseBase:
    """Return the response of Wagtail's view, or the placeholder if the image cannot be shown."""
    try:
        return preview(request, image_id, filter_spec)
    except SourceImageIOError:
        return redirect(staticfiles_storage.url(PLACEHOLDER))


urlpatterns = [path("images/<int:image_id>/preview/<str:filter_spec>/", preview_or_placeholder)]
