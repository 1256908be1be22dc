"""Shows the emails of the demo site in a browser. The addresses exist only with DEBUG (`config/urls.py`)."""

from __future__ import annotations

import base64
import email
import email.policy
from dataclasses import dataclass
from email.message import EmailMessage
from functools import cached_property
from pathlib import Path

from csp.decorators import csp, csp_update
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from events.registration.mail import folder_backend

# The separator that Django's file backend writes after each email.
SEPARATOR = b"-" * 79 + b"\n"
HEADERS = [
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "Content-Language",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
]


@dataclass(frozen=True)
class Email:
    """An email of the folder: the name of its file and its number in that file."""

    name: str
    number: int
    message: EmailMessage

    @cached_property
    def subject(self) -> str:
        return str(self.message["Subject"] or "")

    @property
    def recipient(self) -> str:
        return str(self.message["To"] or "")

    @property
    def date(self) -> str:
        return str(self.message["Date"] or "")

    @property
    def language(self) -> str:
        return str(self.message["Content-Language"] or "en")

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [(name, str(self.message[name])) for name in HEADERS if self.message[name]]

    def part(self, kind: str) -> str:
        """Return the content of the first part of a content type, or ""."""
        for found in self.message.walk():
            if found.get_content_type() == kind:
                return str(found.get_content())
        return ""

    @property
    def text(self) -> str:
        return self.part("text/plain")

    @property
    def html(self) -> str:
        """The HTML with its pictures embedded, because the frame that shows it loads no other files."""
        found = self.part("text/html")
        for part in self.message.walk():
            name = str(part["Content-ID"] or "").strip("<>")
            if name and part.get_content_maintype() == "image":
                content = base64.b64encode(part.get_content()).decode()
                found = found.replace(f'"cid:{name}"', f'"data:{part.get_content_type()};base64,{content}"')
        return found

    @property
    def calendar(self) -> str:
        return self.part("text/calendar").replace("\r\n", "\n")


@require_safe
@cache_control(private=True, no_store=True)
def mails(request: HttpRequest) -> HttpResponse:
    """List the emails, newest first."""
    return render(request, "events/demo/mails.html", {"mails": _all_emails()})


@require_safe
@cache_control(private=True, no_store=True)
@csp_update({"frame-src": ["'self'"]})
def mail(request: HttpRequest, name: str, number: int) -> HttpResponse:
    return render(request, "events/demo/mail.html", {"mail": _find(name, number)})


@require_safe
@cache_control(private=True, no_store=True)
@csp(
    {
        "default-src": ["'none'"],
        "style-src": ["'unsafe-inline'"],
        "img-src": ["data:"],
        "frame-ancestors": ["'self'"],
        "sandbox": ["allow-top-navigation-by-user-activation"],
    }
)
def html(request: HttpRequest, name: str, number: int) -> HttpResponse:
    """Return the HTML of an email for a frame without scripts and external resources. Links open outside the frame."""
    return HttpResponse(_find(name, number).html.replace("<head>", '<head><base target="_top">', 1))


def _files() -> list[Path]:
    folder = folder_backend.folder()
    # File names begin with the time, so the newest file is first.
    return sorted(folder.glob("*.log"), reverse=True) if folder is not None else []


def _all_emails() -> list[Email]:
    return [found for file in _files() for found in reversed(_emails_of(file))]


def _emails_of(file: Path) -> list[Email]:
    texts = [text for text in file.read_bytes().split(SEPARATOR) if text.strip()]
    messages = [email.message_from_bytes(text, policy=email.policy.default) for text in texts]
    return [Email(file.name, number, message) for number, message in enumerate(messages)]


def _find(name: str, number: int) -> Email:
    """Return an email of the folder. Raises Http404 if there is none."""
    for file in _files():
        if file.name == name:
            found = _emails_of(file)
            if number < len(found):
                return found[number]
    raise Http404("no such email")


urlpatterns = [
    path("", mails, name="demo_mails"),
    path("<str:name>/<int:number>/", mail, name="demo_mail"),
    path("<str:name>/<int:number>/html/", html, name="demo_mail_html"),
]
