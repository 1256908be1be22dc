"""Middleware that activates the language of the account for every screen of the admin, also for its errors.

Wagtail activates it for a view alone: messages about refused actions, pages of errors and expired forms would be in the
language of the browser.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation

from home.http.security_headers import is_admin_path


class AccountLanguageMiddleware:
    """Activates the language of the account before the view of an admin screen is called.

    It must stand before the middleware that checks CSRF tokens. `process_view` runs after all middleware has seen the
    request, so `request.user` is set.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_arguments: object) -> None:
        if not is_admin_path(request.path) or not request.user.is_authenticated:
            return
        profile = getattr(request.user, "wagtail_userprofile", None)
        if profile is not None:
            language = profile.get_preferred_language()
            translation.activate(language)
            # For pages of errors, which must not read the database.
            request.account_language = language  # type: ignore[attr-defined]  # an attribute of ours
