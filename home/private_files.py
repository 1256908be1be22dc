"""Storage for files that only views serve, after a permission check."""

from django.core.files.storage import FileSystemStorage, Storage, storages


class PrivateFileSystemStorage(FileSystemStorage):
    """A folder outside the media folder. Its files have no URL."""

    def url(self, name: str | None) -> str:
        raise ValueError("Private files have no URL. Serve them from a view.")


def private_storage() -> Storage:
    """Return the storage `private` of the settings. A callable, so that migrations do not contain its location."""
    return storages["private"]
