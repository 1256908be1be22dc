"""The language of a request: that of the address, or what the browser asks for where the address names none."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.cache import patch_vary_headers


class LanguagePrefixMiddleware(LocaleMiddleware):
    """Django's, without its guess that an unknown address is a known one that lacks its language.

    Wagtail's pattern matches any address, so that each of them would be sent on to one that does not exist either.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        in_address = translation.get_language_from_path(request.path_info)
        # Files for machines, such as `robots.txt`, are in no language.
        if not in_address and not response.get("Content-Type", "").startswith("text/html"):
            return response
        if not in_address:
            patch_vary_headers(response, ["Accept-Language"])
        response.headers.setdefault("Content-Language", translation.get_language() or "")
        return response
