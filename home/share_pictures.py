"""Creates the picture of each page for social media and search engines: its title in its language, beside a drawing.

A task creates the pictures when the page is published, and the view creates missing ones. The address contains a digest of
what the picture shows (`Layout.picture_digest`), so a picture at an address never changes, and nobody can request a picture
with another text.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import partial

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import translation
from django.utils.translation import override
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django_tasks import task
from wagtail.models import Page

from home.layout import PICTURE_SHAPES, Layout
from home.models import BasePage
from home.page_tree import HOME_DEPTH
from home.pdf import FOLDER, picture
from home.private_files import private_storage

logger = logging.getLogger(__name__)

TEMPLATE = FOLDER / "share.typ"
# The folder in the private storage. A view serves the pictures only while their pages are public.
STORED_IN = "share-pictures"
YEAR = 365 * 24 * 3600


@require_safe
@cache_control(public=True, max_age=YEAR, immutable=True)
def share_picture(request: HttpRequest, pk: int, digest: str, shape: str) -> HttpResponse:
    """Return a picture of a public page. Raises Http404 for other pages, and for outdated digests."""
    page = Page.objects.live().filter(pk=pk).first()
    specific = page.specific if page else None
    if not isinstance(specific, BasePage) or shape not in PICTURE_SHAPES:
        raise Http404("no such page or shape")
    # The address has no language, but the picture contains texts in the language of the page.
    with translation.override(specific.locale.language_code):
        layout = Layout(request, specific)
        if layout.noindex or layout.picture_digest != digest:
            raise Http404("the page is not public or has changed")
        return HttpResponse(_stored(layout, shape), content_type="image/png")


def make_after_publishing(page: BasePage) -> None:
    transaction.on_commit(partial(make_share_pictures.enqueue, page.pk))


@task()
def make_share_pictures(page_pk: int) -> None:
    """Create the pictures of a page without an image of its own, and delete older ones. The task can run twice."""
    page = Page.objects.live().filter(pk=page_pk).first()
    specific = page.specific if page else None
    if not isinstance(specific, BasePage) or specific.social_image:
        return
    site = specific.get_site()
    if site is None:
        return
    with translation.override(specific.locale.language_code):
        layout = Layout(RequestFactory().get("/", SERVER_NAME=site.hostname, SERVER_PORT=str(site.port)), specific)
        if layout.noindex:
            return
        _delete_others(layout)
        for shape in PICTURE_SHAPES:
            _stored(layout, shape)


def _stored(layout: Layout, shape: str) -> bytes:
    storage, name = private_storage(), _name(layout, shape)
    try:
        with storage.open(name) as file:
            return bytes(file.read())
    except FileNotFoundError:
        made = _draw(layout, shape)
        storage.save(name, ContentFile(made))
        return made


def _draw(layout: Layout, shape: str) -> bytes:
    page = layout.page
    if page is None:
        raise ValueError("a view without a page has no picture")
    width, height = PICTURE_SHAPES[shape]
    with override(layout.language_code):
        kind = str(page.kind)
    return picture(
        TEMPLATE,
        {
            "title": page.share_title,
            "language": layout.language_code,
            "acronym": layout.site_name,
            "kind": "" if kind == page.title or page.depth == HOME_DEPTH else kind,
            "width": width,
            "height": height,
            "cover": _cover(page),
        },
        pixels_per_inch=72,
    )


def _cover(page: BasePage) -> list[int] | None:
    """Return the bytes of the page's own cover as a list of numbers, or None. It replaces the drawn picture."""
    name = page.share_cover
    if not name:
        return None
    try:
        with private_storage().open(name) as file:
            return list(file.read())
    except OSError:
        logger.warning("the cover %s of page %s cannot be read", name, page.pk)
        return None


def _name(layout: Layout, shape: str) -> str:
    return f"{STORED_IN}/{layout.page.pk if layout.page else 0}/{layout.picture_digest}-{shape}.png"


def _delete_others(layout: Layout) -> None:
    storage = private_storage()
    folder, _slash, _file = _name(layout, "").rpartition("/")
    for file in _files(storage, folder):
        if not file.startswith(layout.picture_digest):
            storage.delete(f"{folder}/{file}")


def _files(storage: Storage, folder: str) -> Iterable[str]:
    try:
        return storage.listdir(folder)[1]
    except FileNotFoundError:
        return []
