"""Middleware about the accounts of staff. It comes after Django's own for sessions and authentication."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import devices, limits, second_factor, sessions
from accounts.current_request import set_current_request

Handler = Callable[[HttpRequest], HttpResponse]
RETRY_AFTER = 900


class CurrentRequestMiddleware:
    """Makes the request known to the record of access while it is answered, and ends its attempts to sign in."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        set_current_request(request)
        try:
            return self.get_response(request)
        finally:
            set_current_request(None)
            limits.end_attempts(request)


class SignInMiddleware:
    """Answers 429 when an attempt to sign in was refused, and sets the cookie of a known browser after a sign-in."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if getattr(request, "is_sign_in_locked", False):
            return too_many_attempts(request)
        devices.set_cookie(request, response)
        return response


class IdleMiddleware:
    """Signs users out who did not use the admin for a while."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *args: object) -> HttpResponse | None:
        if not request.path.startswith(reverse("wagtailadmin_home")) or not request.user.is_authenticated:
            return None
        if not sessions.is_idle(request):
            sessions.note_activity(request)
            return None
        logout(request)
        messages.warning(request, _("You were signed out because you did nothing for a while."))
        return redirect_to_login(request.get_full_path() if request.method == "GET" else "")


# Names of addresses that a user without a required second factor may open: to set it up, and to sign out.
OPEN_NAMES = {"account_login", "account_reauthenticate", "wagtailadmin_logout", "wagtailadmin_sprite"}
OPEN_PREFIXES = ("mfa_", "wagtailadmin_javascript", "wagtailadmin_password_reset")
HAS_FACTOR = "has_second_factor"


class SecondFactorMiddleware:
    """Leads users who must have a second factor to its set-up, whatever they open in the admin."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *args: object) -> HttpResponse | None:
        match = request.resolver_match
        name = (match and match.url_name) or ""
        if settings.SECOND_FACTOR == "off" or not request.path.startswith(reverse("wagtailadmin_home")):
            return None
        if name in OPEN_NAMES or name.startswith(OPEN_PREFIXES) or not request.user.is_authenticated:
            return None
        # Removing a factor ends the sessions of the user (`site/accounts/receivers.py`), so the answer can be kept.
        if request.session.get(HAS_FACTOR) or not second_factor.is_required(request.user):
            return None
        if second_factor.has_factor(request.user):
            request.session[HAS_FACTOR] = True
            return None
        return redirect("mfa_index")


def too_many_attempts(request: HttpRequest, template: str = "accounts/sign_in_locked.html") -> HttpResponse:
    response = render(request, template, status=429)
    response["Retry-After"] = str(RETRY_AFTER)
    return response
