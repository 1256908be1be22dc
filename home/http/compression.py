"""Compresses text responses, so that the site does not depend on the web server for it."""

from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware

# Other files are usually compressed already. Without compression, they keep their length and support range requests.
TEXTS = ("text/", "application/atom+xml", "application/xml", "application/json", "image/svg+xml")


class TextCompressionMiddleware(GZipMiddleware):
    """Compresses text responses that are not streamed. Django adds random padding against BREACH."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.streaming or not response.get("Content-Type", "").startswith(TEXTS):
            return response
        return super().process_response(request, response)
