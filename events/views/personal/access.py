"""A request by somebody's personal link, and what answers a link that opens nothing."""

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
from events.views.layouts import PersonalLayout, client_of, keep_private, try_later

show_and_act = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class Visit:
    """A request by somebody's personal link."""

    request: HttpRequest
    token: str
    registration: Registration
    now: datetime.datetime

    @property
    def language(self) -> str:
        return str(self.registration.language)

    def url(self, name: str = "registration") -> str:
        with override(self.language):
            return reverse(name, kwargs={"token": self.token})

    def back(self, done: str) -> HttpResponseRedirect:
        """Return to the overview, which says what was done."""
        return HttpResponseRedirect(f"{self.url()}?done={done}", status=303)


View = Callable[[Visit], HttpResponse]


def by_link(view: View) -> Callable[..., HttpResponse]:
    """Find the registration of a link, in the language of the person whatever the address says.

    A token that opens nothing is answered in the same way whether it ever opened anything, and counted: who tries many
    is told to stop.
    """

    @wraps(view)
    @sensitive_variables("token")
    @sensitive_post_parameters()
    def answer(request: HttpRequest, token: str) -> HttpResponse:
        registration = tokens.find(token)
        if registration is None:
            return keep_private(_unknown(request))
        visit = Visit(request, token, registration, timezone.now())
        is_hers = registration.language in (get_language(), None) or registration.language not in dict(
            settings.LANGUAGES
        )
        if request.method != HTTPMethod.POST and not is_hers:
            match = request.resolver_match
            return keep_private(HttpResponseRedirect(visit.url(match.url_name if match else "registration")))
        return keep_private(view(visit))

    return answer


def form_by_link(view: View) -> Callable[..., HttpResponse]:
    """The same for a view with a form: it shows on GET and acts on POST alone."""
    return show_and_act(by_link(view))


def _unknown(request: HttpRequest) -> HttpResponse:
    layout = PersonalLayout(request, title=_("Unknown link"))
    response = render(request, "events/registration/unknown.html", {"layout": layout}, status=404)
    client = rate_limits.network_of(client_of(request))
    try:
        if rate_limits.count({"token": client}):
            return try_later(response, rate_limits.seconds_left("token"))
    except errors.BusyError:
        return try_later(response)
    return response
