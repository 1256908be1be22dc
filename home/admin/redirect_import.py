"""The second step of Wagtail's import of redirects. The address takes precedence over Wagtail's (`config/urls.py`)."""

from __future__ import annotations

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from wagtail.admin.auth import require_admin_access
from wagtail.contrib.redirects import views
from wagtail.contrib.redirects.forms import ConfirmImportManagementForm


@require_admin_access
@views.permission_checker.require_any("add")
def process_import(request: HttpRequest) -> HttpResponse:
    """Return the response of Wagtail's view, but no server error if the data or the uploaded file is missing."""
    if request.method == "POST" and not _is_signed(request):
        raise SuspiciousOperation("the name of the uploaded file is missing or was changed")
    try:
        return views.process_import(request)
    except FileNotFoundError:
        # The form was sent twice, and the first request deleted the file.
        return redirect("wagtailredirects:start_import")


def _is_signed(request: HttpRequest) -> bool:
    try:
        return ConfirmImportManagementForm(request.POST).is_valid()
    except (AttributeError, KeyError):
        # Wagtail's form raises these for a wrong signature and for a missing value.
        return False


urlpatterns = [path("redirects/import/process/", process_import)]
