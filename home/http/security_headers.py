"""Middleware that sets security headers."""

from __future__ import annotations

import re
from collections.abc import Callable

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.templatetags.static import static
from django.urls import reverse
from wagtail.admin.staticfiles import versioned_static

# The scripts of Wagtail's user bar. Other scripts of the admin act on attributes such as `data-controller="w-swap"`, with
# which injected markup could act as the signed-in user; these two do not.
USER_BAR_SCRIPTS = ("wagtailadmin/js/vendor.js", "wagtailadmin/js/userbar.js")

# What can contain scripts when a browser shows it by itself. With anything else, browsers ignore Permissions-Policy.
DOCUMENT_TYPE = re.compile(r"text/html|application/pdf|\S*\bxml\b")


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """Sends the policy of the admin for the admin, and the strict policy everywhere else (`settings/security.py`).

    Previews of public pages in the admin get the strict policy. For a preview, Wagtail runs the middleware twice: with a
    request like a visitor's, then with the editor's request. Browsers compare sources with the host of the latter.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if getattr(request, "is_dummy", False):
            response.is_preview = True  # type: ignore[attr-defined]  # read below
            response.shows_user_bar = _shows_user_bar(request)  # type: ignore[attr-defined]  # an attribute of our own
            return response
        return super().process_response(request, response)

    def get_policy_parts(self, request, response, report_only=False):  # noqa: FBT002  (as in the library)
        parts: PolicyParts = super().get_policy_parts(request, response, report_only)
        if report_only:
            return parts
        is_preview = getattr(response, "is_preview", False)
        if is_admin_path(request.path) and not is_preview:
            parts.config = settings.ADMIN_CONTENT_SECURITY_POLICY
        elif parts.config is None:
            has_bar = _shows_user_bar(request) or getattr(response, "shows_user_bar", False)
            scripts = script_sources(request, with_user_bar=has_bar)
            parts.config = {**settings.CONTENT_SECURITY_POLICY["DIRECTIVES"], "script-src": scripts}
        return parts


def is_admin_path(path: str) -> bool:
    return path.startswith(reverse("wagtailadmin_home"))


def script_sources(request: HttpRequest, *, with_user_bar: bool = False) -> list[str]:
    """Return the sources of scripts of a public page: the folders of its own scripts, and not those of the admin's scripts.

    Sources with a path must contain the host, so `'self'` cannot be used.
    """
    urls = [static(folder) for folder in settings.PUBLIC_SCRIPT_FOLDERS]
    if with_user_bar:
        urls += [versioned_static(path).partition("?")[0] for path in USER_BAR_SCRIPTS]
    try:
        host = request.get_host()
    except DisallowedHost:
        return ["'none'"]
    return [f"{host}{url}" if url.startswith("/") else url for url in urls]


def mark_user_bar(request: HttpRequest) -> None:
    """Record that the response contains Wagtail's user bar, which needs two scripts of the admin."""
    request.shows_user_bar = True  # type: ignore[attr-defined]  # an attribute of our own


def _shows_user_bar(request: HttpRequest) -> bool:
    return getattr(request, "shows_user_bar", False)


class FurtherHeadersMiddleware:
    """Disables browser features that the site does not use, and prevents other sites from embedding its files.

    Permissions-Policy is sent with documents only: it is a fourth of the headers of a style sheet, and a page loads up to
    nine other files.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if DOCUMENT_TYPE.match(response.headers.get("Content-Type", "")):
            response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response
