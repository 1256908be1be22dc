"""Storages outside the folder that the web server serves: their files are served by views, after a permission check."""

from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.utils._os import safe_join


class PrivateFileSystemStorage(FileSystemStorage):
    """A folder outside the media folder. Its files have no URL."""

    def url(self, name: str | None) -> str:
        # Wagtail takes this class for a storage without URLs, and serves the file by a view.
        raise NotImplementedError("Private files have no URL. Serve them from a view.")


class UploadStorage(PrivateFileSystemStorage):
    """Keeps uploads private, except in the folders of files that are made to be shown (decision 0081).

    Documents and original images are private, whatever the web server does with the media folder. Scaled images and
    avatars are in `MEDIA_ROOT`.
    """

    PUBLIC_FOLDERS = frozenset({"images", "avatar_images"})

    def is_public(self, name: str) -> bool:
        parts = Path(name).parts
        return len(parts) > 1 and parts[0] in self.PUBLIC_FOLDERS and ".." not in parts

    def save(self, name: str | None, content: IO[Any], max_length: int | None = None) -> str:
        # Django stores a name relative to `location`, which the media folder is not in.
        shown = bool(name and self.is_public(name))
        return FileSystemStorage().save(name, content, max_length) if shown else super().save(name, content, max_length)

    def path(self, name: str) -> str:
        return safe_join(settings.MEDIA_ROOT if self.is_public(name) else self.location, name)

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        # The folders of shown files themselves are there as well.
        shown = Path(path).parts[:1] and Path(path).parts[0] in self.PUBLIC_FOLDERS
        return FileSystemStorage().listdir(path) if shown else super().listdir(path)

    def url(self, name: str | None) -> str:
        if name is None or not self.is_public(name):
            return super().url(name)
        return FileSystemStorage.url(self, name)


def private_storage() -> Storage:
    """Return the storage `private` of the settings. A callable, so that migrations do not contain its location."""
    return storages["private"]
