"""Middleware for the accounts of staff. It must stand after Django's middleware for sessions and authentication."""

from __future__ import annotations

import time
from collections.abc import Callable

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import ResolverMatch, reverse
from django.utils.translation import gettext as _

from accounts import devices, limits, second_factor, sessions
from accounts.refused_forms import refuse_form
from home.http.current_request import set_current_request
from home.models import ResultsPage

Handler = Callable[[HttpRequest], HttpResponse]
RETRY_AFTER = 900


class CurrentRequestMiddleware:
    """Makes the current request available to the record of access, and ends the request's running sign-in attempts."""

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
    """Returns 429 if an attempt to sign in was refused, and sets the cookie of a known browser after a sign-in."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if getattr(request, "is_sign_in_locked", False):
            return too_many_attempts(request)
        devices.set_cookie(request, response)
        return response


class IdleMiddleware:
    """Signs users out who have not used the admin for some time."""

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
        # Browsers ask for HTML by name when they send a form; scripts accept anything.
        if request.method == "POST" and "text/html" in request.headers.get("Accept", "") and not _is_open(request):
            return refuse_form(request, redirect_to_login(reverse("accounts:confirmed")).url)
        return redirect_to_login(request.get_full_path() if request.method == "GET" else "")


# Names of URLs that users without a required second factor may open: to set it up, and to sign out.
OPEN_NAMES = {"account_login", "account_reauthenticate", "wagtailadmin_logout", "wagtailadmin_sprite"}
OPEN_PREFIXES = ("mfa_", "wagtailadmin_javascript", "wagtailadmin_password_reset")
HAS_FACTOR = "has_second_factor"


class SecondFactorMiddleware:
    """Redirects users without a required second factor to its set-up from all other screens of the admin."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *args: object) -> HttpResponse | None:
        if settings.SECOND_FACTOR == "off" or not request.path.startswith(reverse("wagtailadmin_home")):
            return None
        if _is_open(request) or not request.user.is_authenticated:
            return None
        # Removing a factor ends the user's sessions (`site/accounts/receivers.py`), so the session can store the result.
        if request.session.get(HAS_FACTOR) or not second_factor.is_required(request.user):
            return None
        if second_factor.has_factor(request.user):
            request.session[HAS_FACTOR] = True
            return None
        return redirect("mfa_index")


def _is_open(request: HttpRequest) -> bool:
    name = (request.resolver_match and request.resolver_match.url_name) or ""
    return name in OPEN_NAMES or name.startswith(OPEN_PREFIXES)


# Views with which users give rights to others or remove them.
GIVING_RIGHTS = {
    *(f"wagtailusers_users:{action}" for action in ("add", "copy", "edit", "delete")),
    *(f"wagtailusers_groups:{action}" for action in ("add", "edit", "delete")),
    *(f"accounts:{name}" for name in ("invite", "change_invitation", "reset_second_factor", "leaving")),
    "events:registration_access",
}
# The forms of an organisation. For users who may choose its accounts, they are forms that give rights.
NAMING_EDITORS = {f"wagtailsnippets_home_organisation:{action}" for action in ("add", "edit", "revisions_revert")}
# The forms of a page. For such users, the form of the results page gives rights: to edit deliverables.
PAGE_FORMS = {f"wagtailadmin_pages:{action}" for action in ("add", "edit", "revisions_revert")}
# Seconds after the last sign-in or confirmation in which such a form can be opened, and in which it can be sent.
OPEN_SECONDS, SEND_SECONDS = 30 * 60, 60 * 60


class RecentSignInMiddleware:
    """Asks users to confirm who they are before they change rights, because they may have left a session open."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *args: object) -> HttpResponse | None:
        if settings.SECOND_FACTOR == "off" or not _gives_rights(request):
            return None
        is_read = request.method in {"GET", "HEAD"}
        if time.time() - _confirmed_at(request) < (OPEN_SECONDS if is_read else SEND_SECONDS):
            return None
        ways = get_adapter().get_reauthentication_methods(request.user)
        if not ways:
            raise PermissionDenied
        if is_read:
            return redirect_to_login(request.get_full_path(), ways[0]["url"])
        return refuse_form(request, redirect_to_login(reverse("accounts:confirmed"), ways[0]["url"]).url)


def _gives_rights(request: HttpRequest) -> bool:
    match = request.resolver_match
    if match is None:
        return False
    is_bulk_action = match.view_name == "wagtail_bulk_action" and match.kwargs["app_label"] == "auth"
    # The user comes last in the condition: reading `request.user` would keep pages out of the page cache.
    if match.view_name in GIVING_RIGHTS or is_bulk_action:
        return request.user.is_authenticated
    if match.view_name in NAMING_EDITORS or _is_results_page(match):
        return request.user.has_perm("home.name_editors")
    return False


def _is_results_page(match: ResolverMatch) -> bool:
    """Return whether the view is the form of a results page, existing or new."""
    if match.view_name not in PAGE_FORMS:
        return False
    if "page_id" in match.kwargs:
        return ResultsPage.objects.filter(pk=match.kwargs["page_id"]).exists()
    return str(match.kwargs["content_type_model_name"]) == ResultsPage._meta.model_name


def _confirmed_at(request: HttpRequest) -> float:
    """Return the time (seconds since 1970) of the last password, code or single sign-on of the user."""
    return max((record["at"] for record in get_authentication_records(request, request.user)), default=0.0)


def too_many_attempts(request: HttpRequest, template: str = "accounts/sign_in_locked.html") -> HttpResponse:
    response = render(request, template, status=429)
    response["Retry-After"] = str(RETRY_AFTER)
    return response
