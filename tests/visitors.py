"""Test clients that behave like browsers on the registration form and personal pages, and what they compare."""

from __future__ import annotations

import time

from bs4 import BeautifulSoup
from django.core import signing
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from events.models import Registration
from events.registration import form_tokens
from events.registration.tokens import token_for
from home import rate_limits
from tests.html import hidden_fields, soup

# In seconds: older than the minimum age of a form token.
MINUTE_AGO = 60


class Visitor(Client):
    """A test client that checks CSRF tokens and sends the hidden fields of a form, as a browser does."""

    def __init__(self, **defaults: object) -> None:
        super().__init__(enforce_csrf_checks=True, **defaults)

    def send(self, url: str, *, read: BeautifulSoup | None = None, **fields: object):
        """Post `fields` and the hidden fields of the page at `url`."""
        page = read or soup(self.get(url))
        return self.post(url, hidden_fields(page) | fields)


def headers_of(response: HttpResponse) -> dict[str, str]:
    """Return the headers without the id, which each response has for itself."""
    return {name: value for name, value in response.items() if name != "X-Request-ID"}


def old_form_token(event_id: int, seconds: float = MINUTE_AGO) -> str:
    """Return the token of a form that was opened `seconds` ago."""
    found = signing.loads(form_tokens.new_form_token(event_id), salt=form_tokens.SALT)
    return signing.dumps(found | {"t": time.time() - seconds}, salt=form_tokens.SALT)


def freeze_rate_limit_period(monkeypatch) -> None:
    """Keep the period of every rate limit from ending while a test runs."""
    start = timezone.now()
    monkeypatch.setattr(rate_limits.RateLimit, "period_start", lambda limit, now: start)


def link_of(registration: Registration, name: str = "registration", language: str = "") -> str:
    with override(language or registration.language):
        return reverse(name, kwargs={"token": token_for(registration)})
