"""Middleware about the accounts of staff. It comes after Django's own for sessions and authentication."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts import devices
from accounts.current_request import set_current_request

Handler = Callable[[HttpRequest], HttpResponse]
RETRY_AFTER = 900


class CurrentRequestMiddleware:
    """Makes the request known to the record of access while it is answered."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        set_current_request(request)
        try:
            return self.get_response(request)
        finally:
            set_current_request(None)


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


def too_many_attempts(request: HttpRequest, template: str = "accounts/sign_in_locked.html") -> HttpResponse:
    response = render(request, template, status=429)
    response["Retry-After"] = str(RETRY_AFTER)
    return response
