"""Stores static files on a live site: with hashed names, compressed copies and minified style sheets."""

from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

# The folders of the site's own style sheets. Wagtail's are minified already.
OWN_FOLDERS = ("css/", "events/", "factsheets/")

Paths = dict[str, tuple[Storage, str]]


def minified(css: str) -> str:
    """Return a style sheet without comments and unnecessary spaces."""
    import minify  # noqa: PLC0415  (loads a large library, which only `collectstatic` needs)

    return minify.string("text/css", css)


class MinifiedSource(Storage):
    """Opens the style sheets of another storage in minified form."""

    def __init__(self, source: Storage) -> None:
        self.source = source

    def open(self, name: str, mode: str = "rb") -> ContentFile:
        with self.source.open(name, mode) as file:
            return ContentFile(minified(file.read().decode()).encode(), name)


class MinifiedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage, which minifies the site's style sheets before it hashes and compresses them."""

    def post_process(self, paths: Paths, *args: Any, **options: Any) -> Iterator:
        def source(name: str, storage: Storage) -> Storage:
            is_own = name.endswith(".css") and name.startswith(OWN_FOLDERS)
            return MinifiedSource(storage) if is_own else storage

        read = {name: (source(name, storage), path) for name, (storage, path) in paths.items()}
        yield from super().post_process(read, *args, **options)
