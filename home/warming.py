"""Renders pages before visitors request them: after a publication, which invalidates all responses, and at the start.

The task requests the addresses as a visitor does, and the page cache stores the responses.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import partial
from io import BytesIO
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.db import DatabaseError, transaction
from django.utils import translation
from django_tasks import task
from wagtail.models import Page

from home.http.release import release
from home.http.request_counts import Address, most_asked
from home.site_context import public

logger = logging.getLogger(__name__)

# How many of the most requested addresses are rendered, besides home pages and lists.
MOST_ASKED = 40
# Seconds in which only the first starting process enqueues the task.
START = 60
# The depth of the home pages' children.
CHILDREN = 3


@task()
def warm(translation_key: str = "") -> None:
    """Request the translations of a page, all home pages and their children, and the most requested addresses."""
    pages = public(Page.objects.filter(live=True))
    changed = pages.filter(translation_key=translation_key).order_by("path") if translation_key else []
    tops = pages.filter(depth__gt=1, depth__lte=CHILDREN).order_by("depth", "path")
    ask(dict.fromkeys([*_addresses(tops), *_addresses(changed), *most_asked(MOST_ASKED)]))


def _addresses(pages: Iterable[Page]) -> list[Address]:
    urls = [urlsplit(url) for page in pages if (url := page.full_url)]
    return [Address(url.scheme, url.netloc, url.path) for url in urls]


def ask(addresses: Iterable[Address]) -> None:
    # Not the application of `WSGI_APPLICATION`, which is any callable and need not return Django's responses.
    application = WSGIHandler()
    with translation.override(settings.LANGUAGE_CODE):
        for address in addresses:
            response = application.get_response(WSGIRequest(_environ(address)))
            if response.status_code >= 500:
                logger.warning("%s could not be rendered in advance: status %d", address.path, response.status_code)


def _environ(address: Address) -> dict[str, object]:
    path, _separator, query = address.path.partition("?")
    environ: dict[str, object] = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": address.host.partition(":")[0],
        "SERVER_PORT": "443" if address.scheme == "https" else "80",
        "HTTP_HOST": address.host,
        "wsgi.url_scheme": address.scheme,
        "wsgi.input": BytesIO(),
    }
    if settings.SECURE_PROXY_SSL_HEADER and address.scheme == "https":
        name, value = settings.SECURE_PROXY_SSL_HEADER
        environ[name] = value
    return environ


def warm_after_publishing(page: Page) -> None:
    """Enqueue the task after the commit, if there is a page cache."""
    if settings.PAGE_CACHE_SECONDS:
        transaction.on_commit(partial(warm.enqueue, str(page.translation_key)))


def warm_after_start() -> None:
    """Enqueue the task, unless another process of the same release has just done so. `gunicorn.conf.py` calls it."""
    if settings.PAGE_CACHE_SECONDS and cache.add(f"warmed-{release()}", 1, START):
        try:
            warm.enqueue()
        except DatabaseError:
            logger.warning("No page is rendered in advance: the database does not respond.")
