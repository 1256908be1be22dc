"""Storage of static files on a live site: hashed names, compressed copies, and style sheets without comments and spaces."""

from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

# The folders of the site's own style sheets. Those of Wagtail are small already.
OWN_FOLDERS = ("css/", "events/", "factsheets/")

Paths = dict[str, tuple[Storage, str]]


def minified(css: str) -> str:
    """Return a style sheet with the same meaning in fewer characters."""
    import minify  # noqa: PLC0415  (loads a large library, which only `collectstatic` needs)

    return minify.string("text/css", css)


class MinifiedSource(Storage):
    """Opens the minified text of the style sheets of another storage."""

    def __init__(self, source: Storage) -> None:
        self.source = source

    def open(self, name: str, mode: str = "rb") -> ContentFile:
        with self.source.open(name, mode) as file:
            return ContentFile(minified(file.read().decode()).encode(), name)


class MinifiedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage, which reads each style sheet of the site minified before it hashes and compresses it."""

    def post_process(self, paths: Paths, *args: Any, **options: Any) -> Iterator:
        def source(name: str, storage: Storage) -> Storage:
            is_own = name.endswith(".css") and name.startswith(OWN_FOLDERS)
            return MinifiedSource(storage) if is_own else storage

        read = {name: (source(name, storage), path) for name, (storage, path) in paths.items()}
        yield from super().post_process(read, *args, **options)
