"""Sets the language of a request: from the address, or from the browser's preferences if the address has no language."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.cache import patch_vary_headers


class LanguagePrefixMiddleware(LocaleMiddleware):
    """Django's LocaleMiddleware, which does not redirect unknown addresses to addresses with a language prefix.

    Wagtail's URL pattern matches every address, so Django would redirect each unknown address to another one that does not
    exist.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        in_address = translation.get_language_from_path(request.path_info)
        # Files such as `robots.txt` have no language.
        if not in_address and not response.get("Content-Type", "").startswith("text/html"):
            return response
        if not in_address:
            patch_vary_headers(response, ["Accept-Language"])
        response.headers.setdefault("Content-Language", translation.get_language() or "")
        return response
