"""Middleware that activates the account's language for all responses of the admin, including errors.

Wagtail activates this language only inside its views. Messages about refused actions, error pages and expired forms would
otherwise be in the browser's language.
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
            # Error pages use this attribute, because they must not read the database.
            request.account_language = language  # type: ignore[attr-defined]  # an attribute of ours
