"""Serves the admin on its own host name, so that nothing on a public page can use an editor's session."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.request import split_domain_port
from django.http.response import HttpResponseBase
from django.urls import reverse

from home.http.security_headers import is_admin_path


class AdminHostMiddleware:
    """Separates the admin from the public site if `ADMIN_HOST` is set.

    The admin host serves only the admin and the files that it shows; it redirects public pages to the public host. Other
    hosts have no admin. A session cookie belongs to one host, so an editor is not signed in on the public site.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        is_health_check = request.path in {reverse("health"), reverse("readiness")}
        # A dummy request is that of a preview: a public page inside the admin.
        if not settings.ADMIN_HOST or getattr(request, "is_dummy", False) or is_health_check:
            return self.get_response(request)
        domain, _port = split_domain_port(request.get_host())
        is_admin_host = domain == settings.ADMIN_HOST.lower()
        if is_admin_path(request.path):
            if not is_admin_host:
                raise Http404("the admin has a host of its own")
        elif is_admin_host and not request.path.startswith(self._files()):
            if request.path == "/":
                return HttpResponseRedirect(reverse("wagtailadmin_home"))
            return HttpResponseRedirect(f"{settings.PUBLIC_BASE_URL}{request.get_full_path()}")
        return self.get_response(request)

    @staticmethod
    def _files() -> tuple[str, ...]:
        """Return the beginnings of the paths of files that the admin shows."""
        return (
            settings.MEDIA_URL,
            settings.STATIC_URL,
            reverse("wagtaildocs_serve", args=[0, "x"]).removesuffix("0/x"),
        )
