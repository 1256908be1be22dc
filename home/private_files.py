"""Storages outside the folder that the web server serves. Views serve their files after a permission check."""

import logging
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.utils._os import safe_join

logger = logging.getLogger(__name__)

# The name of a file begins with this while the file is being written.
PART = ".part-"
# The folder of files that are for one user and are deleted soon. Backups leave it out.
EXPORTS = "exports"
# A folder with less free space (bytes) counts as full.
FREE_BYTES = 128 * 1024


class StorageUnavailableError(OSError):
    """Raised when the server with the files does not respond. A page that needs one of them then has status 503."""


class WrittenFile(File):
    """A finished file that Django's storage moves to its final place."""

    def temporary_file_path(self) -> str:
        return str(self.name)


class WholeFileSystemStorage(FileSystemStorage):
    """Stores a file completely or not at all. If a folder becomes full, Django's own storage leaves an incomplete file."""

    def _save(self, name: str, content: Any) -> str:
        Path(self.location).mkdir(self.directory_permissions_mode or 0o777, parents=True, exist_ok=True)
        # In the same file system, so that the file can be moved instead of copied.
        with tempfile.NamedTemporaryFile(dir=self.location, prefix=PART, delete=False) as part:
            written = Path(part.name)
            try:
                for chunk in content.chunks():
                    part.write(chunk if isinstance(chunk, bytes) else chunk.encode())
                part.close()
                return str(super()._save(name, WrittenFile(None, str(written))))  # type: ignore[misc]  # the stubs lack it
            finally:
                written.unlink(missing_ok=True)


class PrivateFileSystemStorage(WholeFileSystemStorage):
    """A folder outside the media folder. Its files have no URL."""

    def url(self, name: str | None) -> str:
        # Because of this error, Wagtail serves the file through a view.
        raise NotImplementedError("Private files have no URL. Serve them from a view.")


# The folders of files that everyone may see: scaled images and avatars.
SHOWN_FOLDERS = frozenset({"images", "avatar_images"})


def is_shown(name: str) -> bool:
    """Return whether everyone may see a file of the default storage, judging by its folder."""
    parts = Path(name).parts
    return len(parts) > 1 and parts[0] in SHOWN_FOLDERS and ".." not in parts


class UploadStorage(PrivateFileSystemStorage):
    """Stores uploads as private files, except in the folders of files that everyone may see (decision 0081).

    Documents and original images are private, whatever the web server does with the media folder. Scaled images and avatars
    are in `MEDIA_ROOT`.
    """

    def save(self, name: str | None, content: IO[Any], max_length: int | None = None) -> str:
        # Django makes names relative to `location`, and the media folder is outside of it.
        shown = bool(name and is_shown(name))
        return (
            WholeFileSystemStorage().save(name, content, max_length)
            if shown
            else super().save(name, content, max_length)
        )

    def path(self, name: str) -> str:
        return safe_join(settings.MEDIA_ROOT if is_shown(name) else self.location, name)

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        # The public folders themselves are in the media folder as well.
        shown = Path(path).parts[:1] and Path(path).parts[0] in SHOWN_FOLDERS
        return FileSystemStorage().listdir(path) if shown else super().listdir(path)

    def url(self, name: str | None) -> str:
        if name is None or not is_shown(name):
            return super().url(name)
        return FileSystemStorage.url(self, name)


def private_storage() -> Storage:
    """Return the storage `private` of the settings. A function, so that migrations do not contain its location."""
    return storages["private"]


def delete_private_files(names: Iterable[str]) -> None:
    for name in names:
        private_storage().delete(name)


def folders_accept_files() -> bool:
    """Return whether files can be stored: False if a folder is full, read-only or owned by another user.

    Raises no errors. Storages that are not folders, such as buckets, are not checked.
    """
    stored = [storages["default"], storages["private"]]
    folders = {Path(storage.location) for storage in stored if isinstance(storage, FileSystemStorage)}
    if isinstance(stored[0], UploadStorage):
        folders.add(Path(settings.MEDIA_ROOT))
    try:
        for folder in folders:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=folder, prefix=PART) as part:
                part.write(b"0" * FREE_BYTES)
    except OSError as error:
        logger.error("files cannot be stored: %s", error)
        return False
    return True
