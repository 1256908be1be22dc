"""Visitors of the form and of personal pages, as a browser would be one."""

from __future__ import annotations

import time

from bs4 import BeautifulSoup
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from events.models import Registration
from events.registration import form_tokens, rate_limits
from events.registration.tokens import token_for
from tests.html import hidden_fields, soup

# Long enough for the form to be believed.
MINUTE_AGO = 60


class Visitor(Client):
    """A browser of somebody: it keeps its cookies, and CSRF protection is as strict with it as in real life."""

    def __init__(self, **defaults: object) -> None:
        super().__init__(enforce_csrf_checks=True, **defaults)

    def send(self, url: str, *, read: BeautifulSoup | None = None, **fields: object):
        """Post the hidden fields of the page at `url` with these on top."""
        page = read or soup(self.get(url))
        return self.post(url, hidden_fields(page) | fields)


def old_form_token(event_id: int, seconds: float = MINUTE_AGO) -> str:
    """Return the stamp of a form that was opened some time ago."""
    found = signing.loads(form_tokens.new_form_token(event_id), salt=form_tokens.SALT)
    return signing.dumps(found | {"t": time.time() - seconds}, salt=form_tokens.SALT)


def stop_spans(monkeypatch) -> None:
    """Let no span of the counters against floods end while a test runs."""
    start = timezone.now()
    monkeypatch.setattr(rate_limits.RateLimit, "period_start", lambda limit, now: start)


def link_of(registration: Registration, name: str = "registration", language: str = "") -> str:
    with override(language or registration.language):
        return reverse(name, kwargs={"token": token_for(registration)})
