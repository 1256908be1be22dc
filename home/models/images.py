"""The image model of the site. It shows a placeholder if a rendition cannot be made."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import Error as DatabaseError
from django.db import transaction
from wagtail.images.exceptions import InvalidFilterSpecError
from wagtail.images.models import Filter, Image, Rendition, SourceImageIOError

logger = logging.getLogger(__name__)

# Seconds after a failure before the rendition is tried again.
RETRY_SECONDS = 300
# The path of a static file.
PLACEHOLDER = "img/placeholder.svg"


class SiteImage(Image):
    """An image whose renditions never raise an error: pages, lists, feeds and screens show a placeholder instead.

    A rendition can fail long after the upload: the file is lost or damaged, the folder is full or read-only, or a new
    version of a library refuses what an old one read. A failure is logged, and tried again after `RETRY_SECONDS`.
    """

    class Meta(Image.Meta):
        proxy = True
        # The permissions of images are those of Wagtail's model.
        default_permissions = ()
        permissions = ()

    @property
    def default_alt_text(self) -> str:
        """The description of the image. Wagtail uses the title, which is the file name until someone changes it."""
        return self.description

    def get_rendition(self, filter: Filter | str) -> Rendition:  # noqa: A002  (Wagtail's name)
        try:
            return super().get_rendition(filter)
        except SourceImageIOError:
            return self.placeholder(filter)

    def get_renditions(self, *filters: Filter | str) -> dict[str, Rendition]:
        """Return the renditions by filter specification; only one placeholder if any of them cannot be made."""
        try:
            return super().get_renditions(*filters)
        except SourceImageIOError:
            found = self.placeholder(filters[0])
            return {found.filter_spec: found}

    def placeholder(self, filter: Filter | str) -> Rendition:  # noqa: A002
        """Return an unsaved rendition with the placeholder file, in the size that the rendition would have."""
        wanted = Filter(spec=filter) if isinstance(filter, str) else filter
        width, height = wanted.get_transform(self).size
        found = self.get_rendition_model()(image=self, filter_spec=wanted.spec)
        found.file.name, found.file.storage = PLACEHOLDER, staticfiles_storage
        found.width, found.height = max(1, round(width)), max(1, round(height))
        return found

    def create_rendition(self, filter: Filter) -> Rendition:  # noqa: A002
        with self._failures_remembered(filter):
            return super().create_rendition(filter)

    def create_renditions(self, *filters: Filter) -> dict[Filter, Rendition]:
        with self._failures_remembered(*filters):
            return super().create_renditions(*filters)

    @contextmanager
    def get_willow_image(self) -> Iterator[Any]:
        """Open the image. Errors while it is open become SourceImageIOError, which Wagtail's views expect."""
        try:
            with super().get_willow_image() as image:
                yield image
        except (SourceImageIOError, InvalidFilterSpecError, DatabaseError):
            raise
        except Exception as error:  # of the decoder
            raise SourceImageIOError(str(error)) from error

    @contextmanager
    def _failures_remembered(self, *filters: Filter) -> Iterator[None]:
        """Convert errors to SourceImageIOError. Raises it at once if the same renditions failed within `RETRY_SECONDS`."""
        if not filters:
            yield
            return
        specs = " ".join(item.spec for item in filters)
        digest = hashlib.sha256(f"{self.file.name} {specs}".encode()).hexdigest()
        cache, key = self.get_rendition_model().cache_backend, f"rendition-failure-{self.pk}-{digest[:32]}"
        if cache.get(key):
            raise SourceImageIOError("this rendition failed a moment ago")
        # An error while a file is stored would roll back the caller's transaction, so it gets a savepoint. Without a
        # transaction, none is started, because it could lock the database for the time.
        savepoint = transaction.atomic() if transaction.get_connection().in_atomic_block else nullcontext()
        try:
            with savepoint:
                yield
        except (InvalidFilterSpecError, DatabaseError):
            raise
        except Exception as error:  # Pillow raises many classes, and each storage its own.
            if cache.add(key, value=True, timeout=RETRY_SECONDS):
                logger.exception("image %s cannot be shown as %s", self.pk, specs)
            raise SourceImageIOError(str(error)) from error


def is_placeholder(rendition: Rendition) -> bool:
    """Return whether this is the placeholder of a rendition that could not be made. Placeholders are not saved."""
    return bool(rendition.file.name == PLACEHOLDER)
