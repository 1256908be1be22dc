"""Requests with a personal link, and the response to a link that does not work."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from http import HTTPMethod

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from events.models import Registration
from events.registration import errors, rate_limits, tokens
from events.views.layouts import PersonalLayout, too_many_requests
from home.http.client_address import client_network
from home.http.private_responses import mark_private

read_or_post = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class PersonalRequest:
    """A request with a participant's personal link."""

    request: HttpRequest
    token: str
    registration: Registration
    now: datetime.datetime

    @property
    def is_post(self) -> bool:
        return self.request.method == HTTPMethod.POST

    @property
    def language(self) -> str:
        return str(self.registration.language)

    def url(self, name: str = "registration") -> str:
        with override(self.language):
            return reverse(name, kwargs={"token": self.token})

    def redirect_to_overview(self, done: str) -> HttpResponseRedirect:
        """Redirect to the overview, which shows the message for `done` (`detail.DONE_MESSAGES`)."""
        return HttpResponseRedirect(f"{self.url()}?done={done}", status=303)


PersonalPageView = Callable[[PersonalRequest], HttpResponse]


def personal_page(view: PersonalPageView) -> Callable[..., HttpResponse]:
    """Wrap a view: find the registration of the token, and redirect a GET to the participant's language.

    The response is the same for every token without a registration, and the attempts of a client are counted.
    """

    @wraps(view)
    @sensitive_variables("token")
    @sensitive_post_parameters()
    def serve(request: HttpRequest, token: str) -> HttpResponse:
        registration = tokens.find(token)
        if registration is None:
            return mark_private(invalid_link(request))
        personal = PersonalRequest(request, token, registration, timezone.now())
        is_known_language = personal.language in dict(settings.LANGUAGES)
        if not personal.is_post and is_known_language and get_language() not in (personal.language, None):
            match = request.resolver_match
            name = match.url_name if match and match.url_name else "registration"
            return mark_private(HttpResponseRedirect(personal.url(name)))
        return mark_private(view(personal))

    return serve


def personal_form(view: PersonalPageView) -> Callable[..., HttpResponse]:
    """Wrap a view with a form as `personal_page` does. The view shows the form on GET and changes data only on POST."""
    return read_or_post(personal_page(view))


def invalid_link(request: HttpRequest) -> HttpResponse:
    """Return the response to a link that does not work, and count the attempt for the client."""
    layout = PersonalLayout(request, title=_("This link does not work"))
    return count_wrong_token(
        request, render(request, "events/registration/invalid_link.html", {"layout": layout}, status=404)
    )


def count_wrong_token(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Count that a client has tried a wrong token. After too many attempts the response becomes 429."""
    client = client_network(request)
    try:
        if rate_limits.count({"token": client}):
            return too_many_requests(response, rate_limits.seconds_left("token"))
    except errors.BusyError:
        return too_many_requests(response)
    return response
