"""Wagtail's views for the password of a page or document, with a limit for wrong passwords."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from wagtail import views as page_views
from wagtail.documents.views import serve as document_views

from accounts import limits, records
from accounts.middleware import too_many_attempts
from accounts.models import Action


def page_password(request: HttpRequest, page_view_restriction_id: int, page_id: int) -> HttpResponse:
    key = limits.page_key("page", page_view_restriction_id)
    return _limited(
        request, key, lambda: page_views.authenticate_with_password(request, page_view_restriction_id, page_id)
    )


def document_password(request: HttpRequest, restriction_id: int) -> HttpResponse:
    key = limits.page_key("document", restriction_id)
    return _limited(request, key, lambda: document_views.authenticate_with_password(request, restriction_id))


def _limited(request: HttpRequest, key: str, view: Callable[[], HttpResponse]) -> HttpResponse:
    if request.method == "POST":
        limits.begin_attempt(request, Action.PAGE_PASSWORD_FAILED, key)
    if limits.is_page_locked(request, key):
        return too_many_attempts(request, "accounts/page_locked.html")
    response = view()
    # After a wrong password, Wagtail shows the form again; after the right one, it redirects.
    if request.method == "POST" and response.status_code == 200:
        records.add(Action.PAGE_PASSWORD_FAILED, request=request, subject_key=key)
    return response
