"""Middleware for the development settings."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin

from home.views import page_not_found


class NotFoundPageMiddleware(MiddlewareMixin):
    """Shows the site's page "Page not found" instead of Django's list of URL patterns, which DEBUG shows."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return page_not_found(request, exception) if isinstance(exception, Http404) else None
