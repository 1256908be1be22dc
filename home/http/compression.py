"""Text leaves the site compressed, whatever stands in front of it: the visitor may be on a slow line."""

from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware

# Files from the documents folder are compressed already, and keep their length and ranges.
TEXTS = ("text/", "application/atom+xml", "application/xml", "application/json", "image/svg+xml")


class TextCompressionMiddleware(GZipMiddleware):
    """Compresses texts that are no streams; Django pads them at random, against guessing tokens by length (BREACH)."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.streaming or not response.get("Content-Type", "").startswith(TEXTS):
            return response
        return super().process_response(request, response)
